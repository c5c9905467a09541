// SPDX-License-Identifier: Apache-2.0
// Reductions of dense arrays over any set of axes. A reducer says what is done with the values:
//
//   struct Sum {
//     using Lane = float;      // type in which values are read (ops/common/lanes.h)
//     using Result = double;   // lane type of what is stored
//     using Acc = double;
//     static Acc init();
//     static void step(Acc &acc, Lane value, int64_t index);   // index: place among the reduced values
//     static void merge(Acc &acc, const Acc &other);           // `other` comes from later values
//     static Result finish(const Acc &acc, int64_t count);
//   };
//
// Values are added up in an order that depends on the shape alone: never on the number of threads.
#pragma once

#include <vector>

#include "ops/common/lanes.h"
#include "ops/common/walk.h"

namespace cermet {

// The axes sorted into kept and reduced ones, neighbours of one sort merged. The innermost has stride 1.
struct ReducePlan {
  ReducePlan(const Dims &shape, const std::vector<bool> &reduce);
  Dims kept, kept_strides, reduced, reduced_strides;
  int64_t outputs = 1, count = 1;  // number of results, and of values that go into each
  bool inner_kept = false;
};

namespace detail {

// Values of a contiguous run into one accumulator, through eight independent ones that vector units can hold.
template <class R>
void reduce_run(typename R::Acc &acc, const typename R::Lane *values, int64_t count, int64_t index) {
  constexpr int64_t kWays = 8;
  int64_t k = 0;
  if (count >= 4 * kWays) {
    typename R::Acc ways[kWays];
    for (auto &way : ways) way = R::init();
    for (; k + kWays <= count; k += kWays)
      for (int64_t way = 0; way < kWays; ++way) R::step(ways[way], values[k + way], index + k + way);
    for (const auto &way : ways) R::merge(acc, way);
  }
  for (; k < count; ++k) R::step(acc, values[k], index + k);
}

template <class R>
class Reduction {
  using Lane = typename R::Lane;
  using Acc = typename R::Acc;
  using Result = typename R::Result;

 public:
  Reduction(const ReducePlan &plan, const Tensor &in, const Tensor &out)
      : in_(in),
        out_(out),
        count_(plan.count),
        width_(plan.inner_kept ? plan.kept.back() : 1),
        inner_kept_(plan.inner_kept),
        kept_(outer_kept(plan, plan.kept), {outer_kept(plan, plan.kept_strides)}),
        reduced_(plan.reduced, {plan.reduced_strides}) {}

  void run() {
    if (out_.numel() == 0) return;
    int64_t block = inner_kept_ ? std::min(width_, kBlock) : 1;
    int64_t blocks_per_row = (width_ + block - 1) / block, blocks = kept_.total() * blocks_per_row;
    // Long reductions are cut into segments of a fixed size, which several threads may take.
    int64_t segment = std::max<int64_t>(1, kSegment / block),
            segments = std::max<int64_t>(1, (count_ + segment - 1) / segment);
    if (segments == 1) {
      parallel_for(blocks, std::max<int64_t>(1, kGrain / std::max<int64_t>(1, block * count_)),
                   [&](int64_t begin, int64_t end) {
                     Acc accs[kBlock];
                     for (int64_t k = begin; k < end; ++k) {
                       Place place = place_of(k, blocks_per_row, block);
                       accumulate(place, 0, count_, accs);
                       store(place, accs);
                     }
                   });
      return;
    }
    std::vector<Acc> partial(static_cast<size_t>(blocks * segments * block));
    parallel_for(blocks * segments, 1, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) {
        int64_t first = k % segments * segment;
        accumulate(place_of(k / segments, blocks_per_row, block), first, std::min(count_, first + segment),
                   partial.data() + k * block);
      }
    });
    for (int64_t k = 0; k < blocks; ++k) {
      Place place = place_of(k, blocks_per_row, block);
      Acc *accs = partial.data() + k * segments * block;
      for (int64_t s = 1; s < segments; ++s)
        for (int64_t column = 0; column < place.columns; ++column) R::merge(accs[column], accs[s * block + column]);
      store(place, accs);
    }
  }

 private:
  static constexpr int64_t kSegment = int64_t{1} << 16;

  struct Place {
    int64_t offset, result, columns;  // first value, first result, number of results side by side
  };

  static Dims outer_kept(const ReducePlan &plan, const Dims &dims) {
    return plan.inner_kept ? Dims(dims.begin(), dims.end() - 1) : dims;
  }

  Place place_of(int64_t k, int64_t blocks_per_row, int64_t block) const {
    int64_t row = k / blocks_per_row, column = k % blocks_per_row * block, offset = 0;
    auto take = [&](const Offsets<1> &at, int64_t) { offset = at[0]; };
    kept_.run_range(row, row + 1, take);
    return {offset + column, row * width_ + column, std::min(block, width_ - column)};
  }

  // Values [first, last) of the reduced ones.
  void accumulate(const Place &place, int64_t first, int64_t last, Acc *accs) const {
    for (int64_t column = 0; column < place.columns; ++column) accs[column] = R::init();
    if (first == last) return;
    Lane buffer[kBlock];
    bool direct = in_.dtype == dtype_of<Lane>;
    int64_t index = first;
    auto row = [&](const Offsets<1> &at, int64_t count) {
      if (inner_kept_) {
        for (int64_t k = 0; k < count; ++k, ++index) {
          const Lane *values = lanes(place.offset + at[0] + k * reduced_.step(0), place.columns, direct, buffer);
          for (int64_t column = 0; column < place.columns; ++column) R::step(accs[column], values[column], index);
        }
        return;
      }
      for (int64_t done = 0, length; done < count; done += length, index += length) {
        length = direct ? count : std::min(count - done, kBlock);
        reduce_run<R>(accs[0], lanes(place.offset + at[0] + done, length, direct, buffer), length, index);
      }
    };
    reduced_.run_range(first, last, row);
  }

  const Lane *lanes(int64_t offset, int64_t count, bool direct, Lane *buffer) const {
    if (direct) return in_.as<Lane>() + offset;
    load_lanes(in_.data, in_.dtype, offset, count, buffer);
    return buffer;
  }

  void store(const Place &place, const Acc *accs) const {
    Result results[kBlock];
    for (int64_t column = 0; column < place.columns; ++column) results[column] = R::finish(accs[column], count_);
    store_lanes(results, out_.data, out_.dtype, place.result, place.columns);
  }

  const Tensor &in_, &out_;
  int64_t count_, width_;
  bool inner_kept_;
  Walk<1> kept_, reduced_;
};

}  // namespace detail

template <class R>
void reduce(const ReducePlan &plan, const Tensor &in, const Tensor &out) {
  detail::Reduction<R>(plan, in, out).run();
}

// Sums of float in double, of double in double, of integers in int64.
template <class L>
struct SumReducer {
  using Lane = L;
  using Acc = std::conditional_t<std::is_same_v<L, float>, double, L>;
  using Result = Acc;
  static Acc init() { return 0; }
  static void step(Acc &acc, L value, int64_t) { add(acc, static_cast<Acc>(value)); }
  static void merge(Acc &acc, const Acc &other) { add(acc, other); }
  static Result finish(const Acc &acc, int64_t) { return acc; }

 private:
  // Integers wrap around.
  static void add(Acc &acc, Acc value) {
    if constexpr (std::is_integral_v<Acc>)
      acc = static_cast<Acc>(static_cast<uint64_t>(acc) + static_cast<uint64_t>(value));
    else
      acc += value;
  }
};

// Sums over the axes marked in `reduce`, of `in` seen in `shape`.
void sum_axes(const Tensor &in, const Dims &shape, const std::vector<bool> &reduce, const Tensor &out);
// Sums `in` over the axes along which `out`, whose shape broadcasts to that of `in`, was stretched.
void sum_to_shape(const Tensor &in, const Tensor &out);

}  // namespace cermet
