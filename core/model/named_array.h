// SPDX-License-Identifier: Apache-2.0
// What array files hold.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tensor/ndarray.h"

namespace cermet {

struct NamedArray {
  std::string name;  // "" where the file has no names
  ArrayRef array;
};

using Metadata = std::map<std::string, std::string>;

// Bytes of a dense array in row-major order; makes a copy, kept in `copies`, where the array is strided. Waits for
// values.
std::string_view dense_bytes(const ArrayRef &array, std::vector<ArrayRef> &copies);

}  // namespace cermet
