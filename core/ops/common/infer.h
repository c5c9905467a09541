// SPDX-License-Identifier: Apache-2.0
// Inference and gradients that many definitions share.
#pragma once

#include "autograd/gradient.h"
#include "schema/builder.h"

namespace cermet {

// The output is like the first input.
template <class A>
void infer_like_input(InferContext &c, const A &) {
  c.output(0, c.shape(0), c.dtype(0));
}

// All inputs have the dtype of the first.
inline void expect_same_dtype(InferContext &c) {
  for (int k = 1; k < c.num_inputs(); ++k)
    if (c.has(k)) c.expect_dtype(k, c.dtype(0));
}

// Where the output does not change with the input (counts, comparisons, indices), its gradient is zero: nothing is set.
template <class A>
void no_gradient(GradientContext &, const A &) {}

}  // namespace cermet
