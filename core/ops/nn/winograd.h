// SPDX-License-Identifier: Apache-2.0
// Convolutions of 3 x 3 with stride 1 by Winograd's minimal filtering (Lavin and Gray, 2016): a quarter of the
// multiplications, for sums whose rounding errors are about twice those of the direct way. Programs only: data and
// output are in blocks of channels, and the weight in a format of its own, transformed.
#pragma once

#include "ops/nn/convolution.h"

namespace cermet::nn {

// For convolution: (data, output, weight) = (data, output, weight). For the gradient by the data: (head, data, weight).
enum class WinogradWeight { forward, data_grad };

// Why not; null: the convolution is one of the kind, and has enough to do for each weight.
const char *winograd_refusal(const FormatContext &c, const ConvolutionAttrs &a);
// Whether the formats were chosen.
bool choose_winograd(FormatContext &c, const ConvolutionAttrs &a, WinogradWeight use);

bool is_winograd(const Tensor &weight);
// The weight, row-major, into such a format.
void transform_winograd_weight(const Tensor &weight, const Tensor &transformed);

int64_t winograd_workspace(const Tensor &data, const Tensor &output);
// `bias` may be null.
void winograd(const ConvolutionAttrs &a, WinogradWeight use, const Tensor &data, const Tensor &weight,
              const Tensor *bias, const Tensor &output, Workspace workspace);

}  // namespace cermet::nn
