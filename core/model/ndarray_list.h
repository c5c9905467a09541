// SPDX-License-Identifier: Apache-2.0
// MXNet's NDArray list files (".params", ".nd").
#pragma once

#include "model/file.h"
#include "model/named_array.h"

namespace cermet {

bool is_ndarray_list(std::string_view bytes);

// Every generation's dense arrays. Records of sparse arrays and "none" arrays are `unsupported`.
// `file`: what the bytes lie in, if it may go while they are read.
std::vector<NamedArray> read_ndarray_list(std::string_view bytes, const std::string &source, FileBytes *file = nullptr);

// As MXNet 1.9 writes it. Without names if all are empty.
void write_ndarray_list(const std::string &path, const std::vector<NamedArray> &arrays);

}  // namespace cermet
