// SPDX-License-Identifier: Apache-2.0
// Named arrays in one file, whatever its format. A new format is a new row in arrays_file.cc.
#pragma once

#include "model/named_array.h"

namespace cermet {

// Format by suffix: ".npz", ".safetensors", any other is MXNet's list. Names must differ; only MXNet's list may have
// none (all empty).
void save_arrays(const std::string &path, const std::vector<NamedArray> &arrays);

// Format by content: those three, and a single .npy array, which has the name "".
std::vector<NamedArray> load_arrays(const std::string &path);

}  // namespace cermet
