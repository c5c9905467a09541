// SPDX-License-Identifier: Apache-2.0
// Convolution and its gradients by oneDNN, on float arrays that are not empty.
#pragma once

#include <vector>

#include "ops/onednn/job.h"
#include "ops/onednn/usable.h"

namespace cermet::onednn {

struct Convolution {
  Dims data, weight, output;  // shapes of the operator `convolution`
  int64_t groups = 1;
  std::vector<int64_t> stride, dilate, pad;  // empty: 1, 1, 0
};

// The formats in which the primitives want and give these arrays; null: row-major.
struct ConvolutionFormats {
  FormatRef data, weight, output;
};
ConvolutionFormats convolution_formats(const Convolution &c, bool bias);
ConvolutionFormats data_grad_formats(const Convolution &c);
ConvolutionFormats weight_grad_formats(const Convolution &c, bool bias);

// Arrays are row-major, or in the formats above. `bias` and `bias_grad` may be null.
Job convolution(const Convolution &c, const Tensor &data, const Tensor &weight, const Tensor *bias,
                const Tensor &output);
Job data_grad(const Convolution &c, const Tensor &head, const Tensor &weight, const Tensor &data);
Job weight_grad(const Convolution &c, const Tensor &head, const Tensor &data, const Tensor &weight,
                const Tensor *bias_grad);

}  // namespace cermet::onednn
