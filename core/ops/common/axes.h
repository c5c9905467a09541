// SPDX-License-Identifier: Apache-2.0
// Axes as attributes name them.
#pragma once

#include <optional>
#include <vector>

#include "tensor/shape.h"

namespace cermet {

// Which of `ndim` axes are named; naming one twice, or one that does not exist, throws.
std::vector<bool> marked_axes(const std::vector<int64_t> &axes, int ndim, const char *argument = "axis");

// The attributes of reductions.
struct ReduceAttrs {
  std::optional<std::vector<int64_t>> axis;
  bool keepdims = false, exclude = false;
};

// Which axes are reduced: all where `axis` is unset or empty; with `exclude` those that are not named.
std::vector<bool> reduced_axes(const ReduceAttrs &a, int ndim);

// Shape of the result; (1,) where nothing is kept, as in MXNet.
Shape reduced_shape(const Shape &shape, const std::vector<bool> &reduced, bool keepdims);

}  // namespace cermet
