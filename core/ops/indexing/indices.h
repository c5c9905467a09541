// SPDX-License-Identifier: Apache-2.0
// Index arrays: they come in any dtype, and what lies outside an axis is handled by a mode.
#pragma once

#include <vector>

#include "schema/contexts.h"

namespace cermet {

enum class IndexMode { clip, raise, wrap };  // in the order of MXNet's names

// All indices of an array, fractions dropped.
std::vector<int64_t> read_indices(const Tensor &tensor);

// Each index as one in [0, size); `raise` throws for what lies outside, naming `argument`. `size` is at least 1.
void resolve_indices(std::vector<int64_t> &indices, int64_t size, IndexMode mode, const char *argument);

// Throws if an axis of size 0 is to be indexed.
void expect_indexable(const Shape &data, int axis, const Shape &indices, const char *argument);

// Throws where `dtype` cannot hold every place of an axis of `size` elements exactly.
inline void expect_holds_places(DType dtype, int64_t size, const char *argument) {
  dispatch_numbers(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (convert<int64_t>(convert<T>(size - 1)) == size - 1 && convert<int64_t>(convert<T>(size - 2)) == size - 2)
      return;
    throw Error(Status::dtype, argument, "got ", dtype, "; want a dtype that holds places up to ", size - 1);
  });
}

}  // namespace cermet
