// SPDX-License-Identifier: Apache-2.0
// Shapes: dimensions, outermost first. A dimension of -1 is unknown, which only inference of graphs deals with; an
// array's shape is always whole.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/small_vector.h"
#include "tensor/dtype.h"

namespace cermet {

constexpr int kMaxRank = 32;

class Shape : public Dims {
 public:
  using Dims::Dims;
  Shape() = default;
  Shape(const Dims &dims) : Dims(dims) {}  // NOLINT: the same thing by another name

  int ndim() const { return static_cast<int>(size()); }
  bool known() const {
    for (int64_t dim : *this)
      if (dim < 0) return false;
    return true;
  }
  // Number of elements of a known shape (1 for a scalar). Shapes of arrays were checked not to overflow.
  int64_t numel() const { return product(0, ndim()); }
  int64_t product(int first, int last) const {
    int64_t out = 1;
    for (int axis = first; axis < last; ++axis) out *= (*this)[static_cast<size_t>(axis)];
    return out;
  }
};

// Throws unless the dimensions can belong to an array of this dtype: rank and sizes in range, element count and bytes
// representable.
void check_shape(const Shape &shape, DType dtype, const char *argument = "shape");

// Row-major strides, in elements.
Dims dense_strides(const Shape &shape);

// The axis counted from 0, for axis in [-ndim, ndim); throws otherwise.
int normalize_axis(int64_t axis, int ndim, const char *argument = "axis");

// The shape to which both broadcast (NumPy's rule: aligned at the last axis, ones stretch); throws naming `argument`.
Shape broadcast_shapes(const Shape &a, const Shape &b, const char *argument = "rhs");

}  // namespace cermet
