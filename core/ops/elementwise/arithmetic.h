// SPDX-License-Identifier: Apache-2.0
// Arithmetic, comparisons and the simplest activations in the best instructions that the processor has (base/isa.h).
#pragma once

#include "base/isa.h"
#include "schema/elementwise.h"

namespace cermet {

struct FloatRows {
  BinaryRow<float> float32[3];  // by BinaryMode
  BinaryRow<double> float64[3];
};

struct ArithmeticKernels {
  FloatRows add, subtract, multiply, divide, maximum, minimum;
  FloatRows equal, not_equal, greater, greater_equal, lesser, lesser_equal;
  // Gradients of activations, from the gradient of the output and the output.
  FloatRows relu_backward, sigmoid_backward, tanh_backward;
  UnaryRow<float> negative, abs, square, sqrt, reciprocal, relu;
};

CERMET_SIMD(ArithmeticKernels, arithmetic_kernels)

}  // namespace cermet
