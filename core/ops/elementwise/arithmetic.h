// SPDX-License-Identifier: Apache-2.0
// Arithmetic in the best instructions that the processor has (base/isa.h).
#pragma once

#include "base/isa.h"
#include "ops/elementwise/kernels.h"

namespace cermet {

struct FloatRows {
  BinaryRow<float> float32[3];  // by BinaryMode
  BinaryRow<double> float64[3];
};

struct ArithmeticKernels {
  FloatRows add, subtract, multiply, divide, maximum, minimum;
};

CERMET_SIMD(ArithmeticKernels, arithmetic_kernels)

}  // namespace cermet
