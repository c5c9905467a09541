// SPDX-License-Identifier: Apache-2.0
// What array files hold.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/engine.h"
#include "tensor/ndarray.h"

namespace cermet {

struct NamedArray {
  std::string name;  // "" where the file has no names
  ArrayRef array;
};

using Metadata = std::map<std::string, std::string>;

// The values of arrays, of one moment: while this lives nobody else writes them. Waits for its turn, and throws the
// failures that the arrays keep.
class HeldValues {
 public:
  explicit HeldValues(const std::vector<NamedArray> &arrays);
  // Of array k, dense, in row-major order.
  std::string_view bytes(size_t k) const;

 private:
  const Uses uses_;
  const Turn turn_;
  std::vector<ArrayRef> dense_;  // copies of those that are strided
};

}  // namespace cermet
