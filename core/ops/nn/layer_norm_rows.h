// SPDX-License-Identifier: Apache-2.0
// Layer normalisation of float lines that lie side by side, in the best instructions of the processor. Sums are taken
// as nn/sums.h takes them: in sixteen lanes, which go to double every few thousand terms.
#pragma once

#include <cstdint>

namespace cermet::nn {

struct LayerNormRows {
  // Normalises a line of `count` floats; gives its mean and the reciprocal of its deviation.
  void (*forward)(const float *x, const float *gamma, const float *beta, int64_t count, double eps, float *out,
                  float *mean, float *inverse);
  void (*data_grad)(const float *head, const float *x, const float *gamma, int64_t count, float mean, float inverse,
                    float *grad);
  // Adds the shares of `rows` lines, `stride` apart, in the gradients of gamma and beta; `count` of their elements.
  void (*parameter_grads)(const float *head, const float *x, int64_t rows, int64_t stride, int64_t count,
                          const float *mean, const float *deviation, double *gamma, double *beta);
};

}  // namespace cermet::nn

// Not for the *.simd.cc file itself: it must define no inline function that others define too.
#ifndef CERMET_ISA
#include "base/isa.h"

namespace cermet::nn {
CERMET_SIMD(LayerNormRows, layer_norm_rows)
}  // namespace cermet::nn
#endif
