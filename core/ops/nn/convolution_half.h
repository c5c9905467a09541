// SPDX-License-Identifier: Apache-2.0
// Convolutions of 16-bit arrays by the kernels for float32: a few images at a time become float in the workspace, so
// that what lives between operators stays in 16 bits. Sums are rounded once.
#pragma once

#include "ops/nn/convolution.h"

namespace cermet::nn {

// Whether they serve these arrays.
bool half_convolvable(const Tensor &data, const Tensor &output);

// As the functions of convolution.h; the workspaces are those that they state.
int64_t half_convolve_workspace(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
                                const Tensor &output);
int64_t half_data_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight,
                                 const Tensor &data);
int64_t half_weight_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data,
                                   const Tensor &weight, const Tensor *bias_grad);
void half_convolve(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
                   const Tensor &output, Workspace workspace);
void half_data_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight, const Tensor &data,
                    Workspace workspace);
void half_weight_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data, const Tensor &weight,
                      const Tensor *bias_grad, Workspace workspace);

}  // namespace cermet::nn
