// SPDX-License-Identifier: Apache-2.0
// Pooling goes through the output row by row, and for each row through the taps of the window: the innermost loop then
// runs along the row, over values that lie side by side.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/parallel.h"
#include "base/per_thread.h"
#include "ops/common/scattered_sums.h"
#include "ops/nn/pooling.h"

namespace cermet::nn {

int64_t window_positions(const Window &w, size_t axis, int64_t at, bool padded) {
  int64_t start = at * w.stride[axis] - w.pad[axis];
  int64_t stop = std::min(start + w.kernel[axis], w.in[axis] + (padded ? w.pad[axis] : 0));
  return std::max<int64_t>(0, stop - (padded ? start : std::max<int64_t>(start, 0)));
}

namespace {

bool include_pad(const PoolingAttrs &a) { return a.count_include_pad.value_or(true); }

int64_t divide_up(int64_t a, int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

// f(offset, first, last) for each tap of output row (z, y), in order: output x in [first, last) sees the value at
// offset + x * stride of the plane.
template <class F>
void for_taps_of_row(const Window &w, int64_t z, int64_t y, F &&f) {
  for (int64_t kz = 0; kz < w.kernel[0]; ++kz) {
    int64_t in_z = z * w.stride[0] - w.pad[0] + kz;
    if (in_z < 0 || in_z >= w.in[0]) continue;
    for (int64_t ky = 0; ky < w.kernel[1]; ++ky) {
      int64_t in_y = y * w.stride[1] - w.pad[1] + ky;
      if (in_y < 0 || in_y >= w.in[1]) continue;
      for (int64_t kx = 0; kx < w.kernel[2]; ++kx) {
        int64_t shift = kx - w.pad[2];
        int64_t first = std::max<int64_t>(0, divide_up(-shift, w.stride[2]));
        int64_t last = std::min(w.out[2], divide_up(w.in[2] - shift, w.stride[2]));
        if (first < last) f((in_z * w.in[1] + in_y) * w.in[2] + shift, first, last);
      }
    }
  }
}

// body(plane, z, y, offset of the row in the output) for all rows of all planes; planes are shared among threads.
template <class Body>
void for_rows(const Window &w, int64_t planes, Body &&body) {
  int64_t work = std::max<int64_t>(1, w.out_size() * w.kernel_size());
  parallel_for(planes, std::max<int64_t>(1, 16384 / work), [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane)
      for (int64_t z = 0; z < w.out[0]; ++z)
        for (int64_t y = 0; y < w.out[1]; ++y) body(plane, z, y, plane * w.out_size() + (z * w.out[1] + y) * w.out[2]);
  });
}

// Takes one tap of a row, whose number is `tap`, into the maxima. S: the stride where it is known beforehand, which
// lets the loop be vectorised. NaN counts as a maximum.
template <int S, class T>
void find_tap(const T *values, int64_t any_stride, int64_t first, int64_t last, int32_t tap, Compute<T> *top,
              int32_t *taps) {
  int64_t stride = S ? S : any_stride;
  for (int64_t x = first; x < last; ++x) {
    auto value = static_cast<Compute<T>>(values[x * stride]);
    bool better = (taps[x] < 0) | (value > top[x]) | ((value != value) & (top[x] == top[x]));
    top[x] = better ? value : top[x];
    taps[x] = better ? tap : taps[x];
  }
}

// Where in its plane each window of a row has its first maximum.
template <class T>
class RowMaxima {
 public:
  explicit RowMaxima(const Window &w)
      : window_(w), top_(static_cast<size_t>(w.out[2])), taps_(static_cast<size_t>(w.out[2])) {}

  void find(int64_t z, int64_t y, const T *plane) {
    std::fill(taps_.begin(), taps_.end(), -1);
    offsets_.clear();
    int64_t stride = window_.stride[2];
    auto take = stride == 1 ? find_tap<1, T> : stride == 2 ? find_tap<2, T> : find_tap<0, T>;
    for_taps_of_row(window_, z, y, [&](int64_t offset, int64_t first, int64_t last) {
      take(plane + offset, stride, first, last, static_cast<int32_t>(offsets_.size()), top_.data(), taps_.data());
      offsets_.push_back(offset);
    });
  }
  // Of window x; -1 where there is nothing but padding.
  int64_t at(int64_t x) const {
    int32_t tap = taps_[static_cast<size_t>(x)];
    return tap < 0 ? -1 : offsets_[static_cast<size_t>(tap)] + x * window_.stride[2];
  }

 private:
  const Window &window_;
  std::vector<Compute<T>> top_;
  std::vector<int32_t> taps_;
  std::vector<int64_t> offsets_;
};

// Maximum of nothing, as MXNet has it.
template <class T>
T lowest() {
  if constexpr (std::is_same_v<T, Float16>) return T(-65504.0f);
  if constexpr (std::is_same_v<T, BFloat16>) return T(-0x1.fep127f);
  if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::lowest();
}

template <class C>
C power(C x, int64_t p) {
  C out = x;
  for (int64_t k = 1; k < p; ++k) out *= x;
  return out;
}

template <class C>
C root(C x, int64_t p) {
  return p == 1 ? x : p == 2 ? std::sqrt(x) : std::cbrt(x);
}

int64_t planes_of(const Tensor &data) { return data.shape[0] * data.shape[1]; }

// Takes one tap of a row into the maxima. S: the stride where it is known beforehand, which lets the loop be
// vectorised.
template <int S, class T>
void take_tap(const T *values, int64_t any_stride, int64_t first, int64_t last, Compute<T> *top) {
  int64_t stride = S ? S : any_stride;
  for (int64_t x = first; x < last; ++x) {
    auto value = static_cast<Compute<T>>(values[x * stride]);
    top[x] = (value > top[x]) | (value != value) ? value : top[x];
  }
}

// As RowMaxima, where only the values count.
template <class T>
void pool_max(const Window &w, int64_t planes, const T *data, T *out) {
  auto tap = w.stride[2] == 1 ? take_tap<1, T> : w.stride[2] == 2 ? take_tap<2, T> : take_tap<0, T>;
  for_rows(w, planes, [&](int64_t plane, int64_t z, int64_t y, int64_t row) {
    auto &top = per_thread<std::vector<Compute<T>>>();
    top.assign(static_cast<size_t>(w.out[2]), -std::numeric_limits<Compute<T>>::infinity());
    const T *values = data + plane * w.in_size();
    for_taps_of_row(w, z, y, [&](int64_t offset, int64_t first, int64_t last) {
      tap(values + offset, w.stride[2], first, last, top.data());
    });
    int64_t across = window_positions(w, 0, z, false) * window_positions(w, 1, y, false);
    for (int64_t x = 0; x < w.out[2]; ++x)
      out[row + x] = across > 0 && window_positions(w, 2, x, false) > 0 ? T(top[static_cast<size_t>(x)]) : lowest<T>();
  });
}

template <class T>
void pool_sums(const Window &w, const PoolingAttrs &a, int64_t planes, const T *data, T *out) {
  using C = Compute<T>;
  for_rows(w, planes, [&](int64_t plane, int64_t z, int64_t y, int64_t row) {
    std::vector<C> sums(static_cast<size_t>(w.out[2]));
    const T *values = data + plane * w.in_size();
    for_taps_of_row(w, z, y, [&](int64_t offset, int64_t first, int64_t last) {
      C *sum = sums.data();
      int64_t stride = w.stride[2];
      if (a.pool_type == PoolType::lp)
        for (int64_t x = first; x < last; ++x) sum[x] += power(static_cast<C>(values[offset + x * stride]), *a.p_value);
      else
        for (int64_t x = first; x < last; ++x) sum[x] += static_cast<C>(values[offset + x * stride]);
    });
    int64_t across = window_positions(w, 0, z, include_pad(a)) * window_positions(w, 1, y, include_pad(a));
    for (int64_t x = 0; x < w.out[2]; ++x) {
      C sum = sums[static_cast<size_t>(x)];
      if (a.pool_type == PoolType::lp) sum = root(sum, *a.p_value);
      if (a.pool_type == PoolType::avg) sum /= static_cast<C>(across * window_positions(w, 2, x, include_pad(a)));
      out[row + x] = sum;
    }
  });
}

}  // namespace

void pool(KernelContext &c, const PoolingAttrs &a) {
  if (c.out(0).format) return pool_blocked(c, a);
  Window w = pooling_window(c.in(0).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (a.pool_type == PoolType::max)
      pool_max<T>(w, planes_of(c.in(0)), c.in_as<T>(0), c.out_as<T>(0));
    else
      pool_sums<T>(w, a, planes_of(c.in(0)), c.in_as<T>(0), c.out_as<T>(0));
  });
}

void pool_spread(KernelContext &c, const PoolingAttrs &a) {
  if (c.out(0).format) return pool_spread_blocked(c, a);
  Window w = pooling_window(c.out(0).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *head = c.in_as<T>(0);
    scattered_sums<T>(c.out(0), [&](C *grad) {
      for_rows(w, planes_of(c.out(0)), [&](int64_t plane, int64_t z, int64_t y, int64_t row) {
        std::vector<C> share(static_cast<size_t>(w.out[2]));
        int64_t across = window_positions(w, 0, z, include_pad(a)) * window_positions(w, 1, y, include_pad(a));
        for (int64_t x = 0; x < w.out[2]; ++x) {
          auto value = static_cast<C>(head[row + x]);
          if (a.pool_type == PoolType::avg) value /= static_cast<C>(across * window_positions(w, 2, x, include_pad(a)));
          share[static_cast<size_t>(x)] = value;
        }
        C *target = grad + plane * w.in_size();
        for_taps_of_row(w, z, y, [&](int64_t offset, int64_t first, int64_t last) {
          for (int64_t x = first; x < last; ++x) target[offset + x * w.stride[2]] += share[static_cast<size_t>(x)];
        });
      });
    });
  });
}

void pool_scatter(KernelContext &c, const PoolingAttrs &a) {
  if (c.out(0).format) return pool_scatter_blocked(c, a);
  Window w = pooling_window(c.in(1).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *head = c.in_as<T>(0), *data = c.in_as<T>(1);
    scattered_sums<T>(c.out(0), [&](C *grad) {
      for_rows(w, planes_of(c.in(1)), [&](int64_t plane, int64_t z, int64_t y, int64_t row) {
        RowMaxima<T> maxima(w);
        maxima.find(z, y, data + plane * w.in_size());
        C *target = grad + plane * w.in_size();
        for (int64_t x = 0; x < w.out[2]; ++x)
          if (int64_t at = maxima.at(x); at >= 0) target[at] += static_cast<C>(head[row + x]);
      });
    });
  });
}

void pool_gather(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.in(1).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *values = c.in_as<T>(0), *data = c.in_as<T>(1);
    T *out = c.out_as<T>(0);
    for_rows(w, planes_of(c.in(1)), [&](int64_t plane, int64_t z, int64_t y, int64_t row) {
      RowMaxima<T> maxima(w);
      maxima.find(z, y, data + plane * w.in_size());
      for (int64_t x = 0; x < w.out[2]; ++x) {
        int64_t at = maxima.at(x);
        out[row + x] = at < 0 ? T(0) : values[plane * w.in_size() + at];
      }
    });
  });
}

void pool_lp_grad(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.in(1).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *head = c.in_as<T>(0), *data = c.in_as<T>(1), *output = c.in_as<T>(2);
    scattered_sums<T>(c.out(0), [&](C *grad) {
      for_rows(w, planes_of(c.in(1)), [&](int64_t plane, int64_t z, int64_t y, int64_t row) {
        for_taps_of_row(w, z, y, [&](int64_t offset, int64_t first, int64_t last) {
          for (int64_t x = first; x < last; ++x) {
            int64_t at = plane * w.in_size() + offset + x * w.stride[2];
            auto value = static_cast<C>(head[row + x]), norm = static_cast<C>(output[row + x]);
            C ratio = norm == C(0) ? C(0) : static_cast<C>(data[at]) / norm;
            grad[at] += *a.p_value == 1 ? value : value * power(ratio, *a.p_value - 1);
          }
        });
      });
    });
  });
}

}  // namespace cermet::nn
