// SPDX-License-Identifier: Apache-2.0
// An array seen along one axis: element (o, k, i) lies at (o * size + k) * inner + i.
#pragma once

#include "tensor/shape.h"

namespace cermet::nn {

struct AxisView {
  int64_t outer = 1, size = 1, inner = 1;
  int64_t lines() const { return outer * inner; }
  // Offset of the first element of line `line`; its elements are `inner` apart.
  int64_t start(int64_t line) const { return line / inner * size * inner + line % inner; }
};

inline AxisView axis_view(const Shape &shape, int axis) {
  return {shape.product(0, axis), shape[static_cast<size_t>(axis)], shape.product(axis + 1, shape.ndim())};
}

}  // namespace cermet::nn
