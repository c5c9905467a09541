// SPDX-License-Identifier: Apache-2.0
#include "model/byte_reader.h"

#include "base/checked.h"

namespace cermet {

std::optional<uint64_t> bytes_of(const Shape &shape, DType dtype) {
  if (shape.ndim() > kMaxRank) return std::nullopt;
  int64_t bytes = dtype_size(dtype);
  for (int64_t dim : shape) {
    // zeros are left out, so that the other dimensions of an empty array must make sense too
    auto product = dim < 0 ? std::nullopt : checked_mul(bytes, dim ? dim : 1);
    if (!product) return std::nullopt;
    bytes = *product;
  }
  for (int64_t dim : shape)
    if (dim == 0) return 0;
  return static_cast<uint64_t>(bytes);
}

ArrayRef array_from_bytes(const Shape &shape, DType dtype, std::string_view bytes) {
  auto array = make_ref<NDArray>(shape, dtype);
  if (!bytes.empty()) std::memcpy(array->data(), bytes.data(), bytes.size());
  if (dtype == DType::bool_) {
    // a bool that is neither 0 nor 1 is undefined behaviour later on
    auto *values = static_cast<unsigned char *>(array->data());
    for (size_t k = 0; k < bytes.size(); ++k) values[k] = values[k] != 0;
  }
  return array;
}

}  // namespace cermet
