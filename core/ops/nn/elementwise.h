// SPDX-License-Identifier: Apache-2.0
// Kernels that apply a function to each element of float arrays of one shape and dtype, computing in float or double.
#pragma once

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "schema/contexts.h"

namespace cermet::nn {

constexpr int64_t kElementGrain = 16384;

// out[0][k] = f(in[0][k])
template <class F>
void map_floats(KernelContext &c, F f) {
  dispatch_floats(c.out(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *x = c.in_as<T>(0);
    T *out = c.out_as<T>(0);
    parallel_for(c.out(0).numel(), kElementGrain, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) out[k] = f(static_cast<Compute<T>>(x[k]));
    });
  });
}

// out[0][k] = f(in[0][k], in[1][k])
template <class F>
void map_floats_2(KernelContext &c, F f) {
  dispatch_floats(c.out(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *x = c.in_as<T>(0), *y = c.in_as<T>(1);
    T *out = c.out_as<T>(0);
    parallel_for(c.out(0).numel(), kElementGrain, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) out[k] = f(static_cast<Compute<T>>(x[k]), static_cast<Compute<T>>(y[k]));
    });
  });
}

}  // namespace cermet::nn
