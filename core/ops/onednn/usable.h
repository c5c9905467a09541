// SPDX-License-Identifier: Apache-2.0
// Whether kernels of oneDNN may be used.
#pragma once

#include "tensor/dtype.h"

namespace cermet::onednn {

// True for float32, unless the environment variable CERMET_REFERENCE is 1: then every operator runs its reference
// kernel.
bool usable(DType dtype);

}  // namespace cermet::onednn
