// SPDX-License-Identifier: Apache-2.0
#include "tensor/shape.h"

#include "base/checked.h"

namespace cermet {

void check_shape(const Shape &shape, DType dtype, const char *argument) {
  if (shape.ndim() > kMaxRank)
    throw Error(Status::shape, argument, "got rank ", shape.ndim(), "; want at most ", kMaxRank);
  // The product of the sizes that are not zero must fit, so that no order of multiplying overflows.
  std::optional<int64_t> count = 1;
  for (int axis = 0; axis < shape.ndim(); ++axis) {
    int64_t dim = shape[static_cast<size_t>(axis)];
    if (dim < 0) throw Error(Status::shape, argument, "dimension ", axis, " is ", dim, "; want at least 0");
    if (dim > 0 && count) count = checked_mul(*count, dim);
  }
  if (!count) throw Error(Status::shape, argument, "got ", shape, "; the element count overflows");
  if (!checked_mul(*count, dtype_size(dtype)))
    throw Error(Status::shape, argument, "got ", shape, " of ", dtype, "; the byte size overflows");
}

Dims dense_strides(const Shape &shape) {
  Dims strides(shape.size());
  int64_t step = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = step;
    step *= shape[axis] > 0 ? shape[axis] : 1;
  }
  return strides;
}

int normalize_axis(int64_t axis, int ndim, const char *argument) {
  if (axis < -ndim || axis >= ndim)
    throw Error(Status::invalid_argument, argument, "got ", axis, "; want ", -ndim, " to ", ndim - 1, " for rank ",
                ndim);
  return static_cast<int>(axis < 0 ? axis + ndim : axis);
}

Shape broadcast_shapes(const Shape &a, const Shape &b, const char *argument) {
  Shape out;
  out.resize(std::max(a.size(), b.size()));
  for (size_t k = 0; k < out.size(); ++k) {
    int64_t da = k < a.size() ? a[a.size() - 1 - k] : 1, db = k < b.size() ? b[b.size() - 1 - k] : 1;
    if (da != db && da != 1 && db != 1)
      throw Error(Status::shape, argument, "got ", b, ", which does not broadcast with ", a);
    out[out.size() - 1 - k] = da == 1 ? db : da;
  }
  return out;
}

}  // namespace cermet
