// SPDX-License-Identifier: Apache-2.0
// Float kernels made of exponentials, vectorised for each instruction set (exponential.simd.cc). Within 3 units in the
// last place of the exact result, where that is no subnormal number; NaN stays NaN.
#pragma once

#include <cstdint>

namespace cermet {

// `out` may be `x`.
struct ExponentialKernels {
  void (*exp)(const float *x, float *out, int64_t count);
  void (*tanh)(const float *x, float *out, int64_t count);
  void (*sigmoid)(const float *x, float *out, int64_t count);
  // x times the normal distribution function, and its slope times `head`: within 1e-6 of the function's size near 0;
  // far below, where the rounding of x * x counts, within 4e-8 * x * x.
  void (*gelu)(const float *x, float *out, int64_t count);
  void (*gelu_backward)(const float *head, const float *x, float *out, int64_t count);
  // Largest value; minus infinity for none.
  float (*max)(const float *x, int64_t count);
  // Sum of exp(scale * (x - top)), for a top that no x is above but by rounding: then the term is 1. The terms go to
  // `out` unless it is null.
  double (*exp_sum)(const float *x, float *out, int64_t count, float scale, float top);
};

}  // namespace cermet

// Not for the *.simd.cc file itself: it must define no inline function that others define too.
#ifndef CERMET_ISA
#include "base/isa.h"

namespace cermet {
CERMET_SIMD(ExponentialKernels, exponential_kernels)
}  // namespace cermet
#endif
