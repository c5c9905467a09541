// SPDX-License-Identifier: Apache-2.0
// NumPy's .npz: a zip archive with one .npy member an array.
#pragma once

#include "model/named_array.h"

namespace cermet {

bool is_npz(std::string_view bytes);
std::vector<NamedArray> read_npz(std::string_view bytes, const std::string &source);
void write_npz(const std::string &path, const std::vector<NamedArray> &arrays);

}  // namespace cermet
