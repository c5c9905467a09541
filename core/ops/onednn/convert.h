// SPDX-License-Identifier: Apache-2.0
// Conversions between the formats of values (tensor/format.h).
#pragma once

#include "ops/onednn/job.h"

namespace cermet::onednn {

// The format of float values of this shape, (N, C, spatial ...), in blocks of channels; want 8 or 16 in a block.
FormatRef blocked_format(const Shape &shape, int64_t block);

// Copies float values from one format to another; either may be row-major.
Job convert(const Tensor &from, const Tensor &to);

}  // namespace cermet::onednn
