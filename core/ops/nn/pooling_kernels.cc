// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "ops/nn/pooling.h"

namespace cermet::nn {

namespace {

bool include_pad(const PoolingAttrs &a) { return a.count_include_pad.value_or(true); }

// Offset of the first maximum of a window in its plane (NaN counts as one), or -1 for a window of padding only.
template <class T>
int64_t position_of_max(const Window &w, const WindowPart &part, const T *plane) {
  int64_t best = -1;
  Compute<T> top = 0;
  part.each(w, [&](int64_t at) {
    auto value = static_cast<Compute<T>>(plane[at]);
    if (best >= 0 && !(value > top) && (value == value || top != top)) return;
    best = at;
    top = value;
  });
  return best;
}

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

// What pooling makes of one window.
template <class T>
Compute<T> pooled(const PoolingAttrs &a, const Window &w, const WindowPart &part, const T *plane) {
  using C = Compute<T>;
  if (a.pool_type == PoolType::max) {
    int64_t at = position_of_max(w, part, plane);
    return at < 0 ? static_cast<C>(lowest<T>()) : static_cast<C>(plane[at]);
  }
  C sum = 0;
  if (a.pool_type == PoolType::lp) {
    part.each(w, [&](int64_t at) { sum += power(static_cast<C>(plane[at]), *a.p_value); });
    return root(sum, *a.p_value);
  }
  part.each(w, [&](int64_t at) { sum += static_cast<C>(plane[at]); });
  return a.pool_type == PoolType::avg ? sum / static_cast<C>(part.divisor) : sum;
}

int64_t planes_of(const Tensor &data) { return data.shape[0] * data.shape[1]; }

template <class T>
void clear(const Tensor &out) {
  std::fill(out.as<T>(), out.as<T>() + out.numel(), T(0));
}

template <class T>
void add_to(T &target, Compute<T> value) {
  target = static_cast<Compute<T>>(target) + value;
}

}  // namespace

void pool(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.in(0).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *data = c.in_as<T>(0);
    T *out = c.out_as<T>(0);
    for_windows(w, planes_of(c.in(0)), include_pad(a), [&](int64_t plane, int64_t offset, const WindowPart &part) {
      out[plane * w.out_size() + offset] = pooled<T>(a, w, part, data + plane * w.in_size());
    });
  });
}

void pool_spread(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.out(0).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *head = c.in_as<T>(0);
    T *grad = c.out_as<T>(0);
    clear<T>(c.out(0));
    for_windows(w, planes_of(c.out(0)), include_pad(a), [&](int64_t plane, int64_t offset, const WindowPart &part) {
      auto value = static_cast<Compute<T>>(head[plane * w.out_size() + offset]);
      if (a.pool_type == PoolType::avg && part.divisor) value /= static_cast<Compute<T>>(part.divisor);
      part.each(w, [&](int64_t at) { add_to(grad[plane * w.in_size() + at], value); });
    });
  });
}

void pool_scatter(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.in(1).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *head = c.in_as<T>(0), *data = c.in_as<T>(1);
    T *grad = c.out_as<T>(0);
    clear<T>(c.out(0));
    for_windows(w, planes_of(c.in(1)), true, [&](int64_t plane, int64_t offset, const WindowPart &part) {
      int64_t at = position_of_max(w, part, data + plane * w.in_size());
      if (at >= 0) add_to(grad[plane * w.in_size() + at], static_cast<Compute<T>>(head[plane * w.out_size() + offset]));
    });
  });
}

void pool_gather(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.in(1).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *values = c.in_as<T>(0), *data = c.in_as<T>(1);
    T *out = c.out_as<T>(0);
    for_windows(w, planes_of(c.in(1)), true, [&](int64_t plane, int64_t offset, const WindowPart &part) {
      int64_t at = position_of_max(w, part, data + plane * w.in_size());
      out[plane * w.out_size() + offset] = at < 0 ? T(0) : values[plane * w.in_size() + at];
    });
  });
}

void pool_lp_grad(KernelContext &c, const PoolingAttrs &a) {
  Window w = pooling_window(c.in(1).shape, a);
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *head = c.in_as<T>(0), *data = c.in_as<T>(1), *output = c.in_as<T>(2);
    T *grad = c.out_as<T>(0);
    clear<T>(c.out(0));
    for_windows(w, planes_of(c.in(1)), true, [&](int64_t plane, int64_t offset, const WindowPart &part) {
      auto value = static_cast<C>(head[plane * w.out_size() + offset]);
      auto norm = static_cast<C>(output[plane * w.out_size() + offset]);
      part.each(w, [&](int64_t at) {
        int64_t k = plane * w.in_size() + at;
        C ratio = norm == C(0) ? C(0) : static_cast<C>(data[k]) / norm;
        add_to(grad[k], *a.p_value == 1 ? value : value * power(ratio, *a.p_value - 1));
      });
    });
  });
}

}  // namespace cermet::nn
