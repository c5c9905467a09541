// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy form of one array.
#pragma once

#include "model/named_array.h"

namespace cermet {

bool is_npy(std::string_view bytes);
// Versions 1 to 3, either byte order, either memory order; dtypes that arrays here cannot have are `unsupported`.
ArrayRef read_npy(std::string_view bytes, const std::string &source);
// Magic and header; the array's dense bytes follow. bfloat16 is `unsupported`: NumPy has no such dtype.
std::string npy_header(const NDArray &array);

}  // namespace cermet
