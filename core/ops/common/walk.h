// SPDX-License-Identifier: Apache-2.0
// Walks over several strided views of one shape, row by row. Axes that lie together in all views are merged first, so
// that most walks become one long row.
//
//   Walk<2> walk(out, {broadcast_strides(a, out), broadcast_strides(b, out)});
//   walk.run([&](const Offsets<2> &at, int64_t count) { ... });   // count elements, steps walk.step(0), walk.step(1)
#pragma once

#include <array>

#include "base/parallel.h"
#include "tensor/shape.h"

namespace cermet {

// Elements below which a loop is not worth a second thread.
constexpr int64_t kGrain = int64_t{1} << 15;

template <size_t N>
using Offsets = std::array<int64_t, N>;

// Strides (in elements) of a dense array of `shape` seen as `wide`, to which it broadcasts: 0 along stretched axes.
inline Dims broadcast_strides(const Shape &shape, const Shape &wide) {
  Dims strides(wide.size(), 0), dense = dense_strides(shape);
  size_t lead = wide.size() - shape.size();
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] != 1) strides[lead + axis] = dense[axis];
  return strides;
}

template <size_t N>
class Walk {
 public:
  Walk(const Dims &shape, const std::array<Dims, N> &strides) {
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      int64_t dim = shape[axis];
      total_ *= dim;
      if (dim == 1) continue;
      bool together = !shape_.empty();
      for (size_t k = 0; k < N; ++k) together = together && strides_[k].back() == strides[k][axis] * dim;
      if (together)
        shape_.back() *= dim;
      else
        shape_.push_back(dim);
      for (size_t k = 0; k < N; ++k) {
        if (together)
          strides_[k].back() = strides[k][axis];
        else
          strides_[k].push_back(strides[k][axis]);
      }
    }
    if (shape_.empty()) {
      shape_.push_back(1);
      for (size_t k = 0; k < N; ++k) strides_[k].push_back(0);
    }
  }

  int64_t total() const { return total_; }
  int64_t step(size_t view) const { return strides_[view].back(); }

  // row(offsets, count) for runs along the inner axis; several threads where there is enough to do.
  template <class Row>
  void run(Row &&row, int64_t grain = kGrain) const {
    if (total_ == 0) return;
    parallel_for(total_, grain, [&](int64_t begin, int64_t end) { run_range(begin, end, row); });
  }

  // The same for elements [begin, end) of the walk, on this thread.
  template <class Row>
  void run_range(int64_t begin, int64_t end, Row &row) const {
    size_t last = shape_.size() - 1;
    Dims index(shape_.size());
    Offsets<N> at{};
    int64_t rest = begin;
    for (size_t axis = shape_.size(); axis-- > 0;) {
      index[axis] = rest % shape_[axis];
      rest /= shape_[axis];
      for (size_t k = 0; k < N; ++k) at[k] += index[axis] * strides_[k][axis];
    }
    while (begin < end) {
      int64_t count = std::min(end - begin, shape_[last] - index[last]);
      row(static_cast<const Offsets<N> &>(at), count);
      begin += count;
      if (begin >= end) return;
      for (size_t k = 0; k < N; ++k) at[k] -= index[last] * strides_[k][last];
      index[last] = 0;
      for (size_t axis = last; axis-- > 0;) {
        for (size_t k = 0; k < N; ++k) at[k] += strides_[k][axis];
        if (++index[axis] < shape_[axis]) break;
        for (size_t k = 0; k < N; ++k) at[k] -= shape_[axis] * strides_[k][axis];
        index[axis] = 0;
      }
    }
  }

 private:
  Dims shape_;
  std::array<Dims, N> strides_;
  int64_t total_ = 1;
};

}  // namespace cermet
