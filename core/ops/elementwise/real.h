// SPDX-License-Identifier: Apache-2.0
// Functions of float numbers in the best instructions that the processor has (base/isa.h). Errors are below 2 units in
// the last place; the standard library's loops take one number at a time, these as many as a vector holds.
#pragma once

#include "base/isa.h"
#include "ops/elementwise/kernels.h"

namespace cermet {

struct RealKernels {
  UnaryRow<float> exp, sigmoid, tanh;
};

CERMET_SIMD(RealKernels, real_kernels)

}  // namespace cermet
