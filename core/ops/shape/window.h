// SPDX-License-Identifier: Apache-2.0
// Windows: the regular part of an array that slicing takes out.
#pragma once

#include "ops/common/strided_copy.h"

namespace cermet {

struct Window {
  Shape shape;       // of the part
  Dims begin, step;  // for each axis: first index, and distance to the next
};

// All of an array.
inline Window whole(const Shape &shape) { return {shape, Dims(shape.size(), 0), Dims(shape.size(), 1)}; }

// Copies the part out of `array` (dense), or into it.
inline void copy_window(const Window &window, const Tensor &array, void *part, bool into) {
  if (window.shape.numel() == 0) return;
  Dims strides = dense_strides(array.shape), steps = strides, dense = dense_strides(window.shape);
  int64_t offset = 0;
  for (size_t axis = 0; axis < strides.size(); ++axis) {
    offset += window.begin[axis] * strides[axis];
    steps[axis] = window.step[axis] * strides[axis];
  }
  char *first = element(array.data, array.dtype, offset);
  if (into)
    copy_strided(array.dtype, window.shape, part, dense, first, steps);
  else
    copy_strided(array.dtype, window.shape, first, steps, part, dense);
}

}  // namespace cermet
