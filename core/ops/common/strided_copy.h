// SPDX-License-Identifier: Apache-2.0
// Copies between strided layouts: what transposing, slicing, tiling, reversing and joining arrays come down to.
#pragma once

#include "schema/contexts.h"

namespace cermet {

// to[index * to_strides] = from[index * from_strides] for every index in `shape`. Strides are in elements of `dtype`;
// those of `from` may be 0 or negative, then `from` points at the element of index 0.
void copy_strided(DType dtype, const Dims &shape, const void *from, const Dims &from_strides, void *to,
                  const Dims &to_strides);

// Address of element `offset`.
inline const char *element(const void *data, DType dtype, int64_t offset) {
  return static_cast<const char *>(data) + offset * dtype_size(dtype);
}
inline char *element(void *data, DType dtype, int64_t offset) {
  return static_cast<char *>(data) + offset * dtype_size(dtype);
}

}  // namespace cermet
