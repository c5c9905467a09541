// SPDX-License-Identifier: Apache-2.0
// Convolution and its gradients by oneDNN, on dense float arrays that are not empty.
#pragma once

#include <vector>

#include "base/error.h"
#include "ops/onednn/usable.h"

namespace cermet::onednn {

struct Convolution {
  Dims data, weight, output;  // shapes of the operator `convolution`
  int64_t groups = 1;
  std::vector<int64_t> stride, dilate, pad;  // empty: 1, 1, 0
};

// `bias` may be null.
void convolution(const Convolution &c, const float *data, const float *weight, const float *bias, float *output);
void convolution_data_grad(const Convolution &c, const float *head, const float *weight, float *data);
void convolution_weight_grad(const Convolution &c, const float *head, const float *data, float *weight);

}  // namespace cermet::onednn
