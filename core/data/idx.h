// SPDX-License-Identifier: Apache-2.0
// IDX files, the format of MNIST.
#pragma once

#include <string>

#include "tensor/ndarray.h"

namespace cermet {

// Plain or gzip; dtype and shape as stored.
ArrayRef read_idx(const std::string &path);

}  // namespace cermet
