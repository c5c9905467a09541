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

}  // namespace cermet
