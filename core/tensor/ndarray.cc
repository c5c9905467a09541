// SPDX-License-Identifier: Apache-2.0
#include "tensor/ndarray.h"

#include <algorithm>

namespace cermet {

namespace {
bool strides_are_dense(const Shape &shape, const Dims &strides) {
  if (shape.numel() == 0) return true;
  int64_t step = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (shape[axis] != 1 && strides[axis] != step) return false;
    step *= shape[axis];
  }
  return true;
}
int64_t checked_nbytes(const Shape &shape, DType dtype) {
  check_shape(shape, dtype);
  return shape.numel() * dtype_size(dtype);
}
}  // namespace

NDArray::NDArray(Shape shape, DType dtype, Device device)
    : storage_(make_ref<Storage>(device, checked_nbytes(shape, dtype))),
      shape_(std::move(shape)),
      strides_(dense_strides(shape_)),
      numel_(shape_.numel()),
      dtype_(dtype) {}

NDArray::NDArray(Ref<Storage> storage, Shape shape, Dims strides, int64_t offset_bytes, DType dtype)
    : storage_(std::move(storage)),
      shape_(std::move(shape)),
      strides_(std::move(strides)),
      offset_(offset_bytes),
      numel_(shape_.numel()),
      dtype_(dtype),
      dense_(strides_are_dense(shape_, strides_)) {}

NDArray::NDArray(Ref<Storage> storage, Shape shape, DType dtype)
    : NDArray(std::move(storage), shape, dense_strides(shape), 0, dtype) {}

void destroy(NDArray *array) {
  while (array) {
    NDArray *grad = array->grad.detach();
    delete array;
    array = grad && grad->drop() ? grad : nullptr;
  }
}

ArrayRef slice_view(const NDArray &array, const Dims &begin, const Dims &end, const Dims &step) {
  const Shape &shape = array.shape();
  if (begin.size() > shape.size())
    throw Error(Status::invalid_argument, "num_axes", "got ", begin.size(), "; want at most the rank, ", shape.ndim());
  Shape out = shape;
  Dims strides = array.strides();
  int64_t offset = 0;
  for (size_t axis = 0; axis < begin.size(); ++axis) {
    int64_t n = shape[axis], s = step[axis], b = begin[axis], e = end[axis];
    if (s == 0) throw Error(Status::invalid_argument, "step", "got 0 for axis ", axis, "; want another number");
    // Python's rule: negative counts from the end, then both are clipped to the axis.
    int64_t low = s > 0 ? 0 : -1, high = s > 0 ? n : n - 1;
    b = std::clamp(b < 0 && b >= -n ? b + n : b, low, high);
    e = std::clamp(e < 0 && e >= -n ? e + n : e, low, high);
    int64_t span = s > 0 ? e - b : b - e;
    uint64_t stride = s > 0 ? static_cast<uint64_t>(s) : uint64_t{0} - static_cast<uint64_t>(s);
    out[axis] = span <= 0 ? 0 : static_cast<int64_t>((static_cast<uint64_t>(span) - 1) / stride + 1);
    if (out[axis] > 0) offset += b * array.strides()[axis];
    strides[axis] = out[axis] > 1 ? array.strides()[axis] * s : array.strides()[axis];
  }
  return make_ref<NDArray>(array.storage(), std::move(out), std::move(strides),
                           array.offset() + offset * dtype_size(array.dtype()), array.dtype());
}

namespace {
// Strides that show the same elements in the same order under another shape of equal size; false if there are none.
// Axes of both shapes are matched in groups of equal product: a group of old axes must lie without gaps among each
// other, and is then divided anew. Axes of size 1 belong to no group.
bool restride(const NDArray &array, const Shape &shape, Dims &strides) {
  strides = dense_strides(shape);
  if (array.dense()) return true;
  Dims old_dims, old_strides;
  for (size_t axis = 0; axis < array.shape().size(); ++axis)
    if (array.shape()[axis] != 1) {
      old_dims.push_back(array.shape()[axis]);
      old_strides.push_back(array.strides()[axis]);
    }
  size_t old_axis = 0, new_axis = 0;
  while (old_axis < old_dims.size()) {
    size_t old_end = old_axis + 1, new_end = new_axis + 1;
    int64_t old_size = old_dims[old_axis], new_size = shape[new_axis];
    while (old_size != new_size) {
      if (old_size < new_size)
        old_size *= old_dims[old_end++];
      else
        new_size *= shape[new_end++];
    }
    for (size_t axis = old_axis; axis + 1 < old_end; ++axis)
      if (old_strides[axis] != old_strides[axis + 1] * old_dims[axis + 1]) return false;
    int64_t step = old_strides[old_end - 1];
    for (size_t axis = new_end; axis-- > new_axis;) {
      strides[axis] = step;
      step *= shape[axis];
    }
    old_axis = old_end;
    new_axis = new_end;
  }
  return true;
}
}  // namespace

ArrayRef reshape_view(const NDArray &array, Shape shape) {
  int unknown = -1;
  int64_t rest = 1;
  Shape check = shape;
  for (int axis = 0; axis < shape.ndim(); ++axis) {
    if (shape[static_cast<size_t>(axis)] != -1) continue;
    if (unknown >= 0) throw Error(Status::shape, "shape", "got ", shape, "; want at most one -1");
    unknown = axis;
    check[static_cast<size_t>(axis)] = 1;
  }
  check_shape(check, array.dtype());
  rest = check.numel();
  if (unknown >= 0) {
    if (rest == 0 || array.numel() % rest != 0)
      throw Error(Status::shape, "shape", "got ", shape, " for an array of shape ", array.shape());
    check[static_cast<size_t>(unknown)] = array.numel() / rest;
  }
  if (check.numel() != array.numel())
    throw Error(Status::shape, "shape", "got ", shape, " for an array of shape ", array.shape());
  Dims strides;
  if (!restride(array, check, strides))
    throw Error(Status::unsupported, "array", "got a view with strides that do not fit ", check,
                "; want a dense array, e.g. a copy");
  return make_ref<NDArray>(array.storage(), std::move(check), std::move(strides), array.offset(), array.dtype());
}

ArrayRef transpose_view(const NDArray &array, const Dims &axes) {
  size_t ndim = array.shape().size();
  Shape shape;
  Dims strides;
  if (!axes.empty() && axes.size() != ndim)
    throw Error(Status::invalid_argument, "axes", "got ", axes.size(), " axes; want ", ndim);
  uint64_t seen = 0;
  for (size_t k = 0; k < ndim; ++k) {
    auto axis = static_cast<size_t>(axes.empty() ? static_cast<int>(ndim - 1 - k)
                                                 : normalize_axis(axes[k], static_cast<int>(ndim), "axes"));
    if (seen >> axis & 1) throw Error(Status::invalid_argument, "axes", "got axis ", axis, " twice");
    seen |= uint64_t{1} << axis;
    shape.push_back(array.shape()[axis]);
    strides.push_back(array.strides()[axis]);
  }
  return make_ref<NDArray>(array.storage(), std::move(shape), std::move(strides), array.offset(), array.dtype());
}

ArrayRef broadcast_view(const NDArray &array, const Shape &shape) {
  Dims strides(shape.size(), 0);
  size_t missing = shape.size() - array.shape().size();
  for (size_t axis = missing; axis < shape.size(); ++axis) {
    if (array.shape()[axis - missing] == shape[axis])
      strides[axis] = array.strides()[axis - missing];
    else if (array.shape()[axis - missing] != 1)
      throw Error(Status::shape, "shape", "got ", array.shape(), ", which does not broadcast to ", shape);
  }
  return make_ref<NDArray>(array.storage(), shape, std::move(strides), array.offset(), array.dtype());
}

}  // namespace cermet
