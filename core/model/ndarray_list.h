// SPDX-License-Identifier: Apache-2.0
// MXNet's NDArray list files (".params", ".nd").
#pragma once

#include "model/named_array.h"

namespace cermet {

bool is_ndarray_list(std::string_view bytes);

// Every generation's dense arrays. Records of sparse arrays and "none" arrays are `unsupported`.
std::vector<NamedArray> read_ndarray_list(std::string_view bytes, const std::string &source);

// As MXNet 1.9 writes it. Without names if all are empty.
void write_ndarray_list(const std::string &path, const std::vector<NamedArray> &arrays);

}  // namespace cermet
