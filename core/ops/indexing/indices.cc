// SPDX-License-Identifier: Apache-2.0
#include "ops/indexing/indices.h"

#include "ops/common/lanes.h"

namespace cermet {

std::vector<int64_t> read_indices(const Tensor &tensor) {
  std::vector<int64_t> out(static_cast<size_t>(tensor.numel()));
  load_lanes(tensor.data, tensor.dtype, 0, tensor.numel(), out.data());
  return out;
}

void resolve_indices(std::vector<int64_t> &indices, int64_t size, IndexMode mode, const char *argument) {
  for (size_t k = 0; k < indices.size(); ++k) {
    int64_t &index = indices[k];
    if (index >= 0 && index < size) continue;
    switch (mode) {
      case IndexMode::clip:
        index = index < 0 ? 0 : size - 1;
        break;
      case IndexMode::wrap:
        index = (index % size + size) % size;
        break;
      case IndexMode::raise:
        throw Error(Status::invalid_argument, argument, "got ", index, " at place ", k, "; want 0 to ", size - 1);
    }
  }
}

void expect_indexable(const Shape &data, int axis, const Shape &indices, const char *argument) {
  if (data[static_cast<size_t>(axis)] == 0 && indices.numel() > 0)
    throw Error(Status::shape, argument, "got ", data, ", whose axis ", axis, " is empty; want something to take");
}

}  // namespace cermet
