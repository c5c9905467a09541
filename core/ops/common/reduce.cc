// SPDX-License-Identifier: Apache-2.0
#include "ops/common/reduce.h"

#include "ops/common/fill.h"

namespace cermet {

ReducePlan::ReducePlan(const Dims &shape, const std::vector<bool> &reduce) {
  Dims strides = dense_strides(Shape(shape));
  bool any = false, last_reduced = false;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    int64_t dim = shape[axis];
    (reduce[axis] ? count : outputs) *= dim;
    if (dim == 1) continue;
    Dims &dims = reduce[axis] ? reduced : kept, &steps = reduce[axis] ? reduced_strides : kept_strides;
    if (any && last_reduced == reduce[axis]) {
      dims.back() *= dim;
      steps.back() = strides[axis];
    } else {
      dims.push_back(dim);
      steps.push_back(strides[axis]);
    }
    any = true;
    last_reduced = reduce[axis];
  }
  inner_kept = any && !last_reduced;
}

void sum_axes(const Tensor &in, const Dims &shape, const std::vector<bool> &reduce_axes, const Tensor &out) {
  ReducePlan plan(shape, reduce_axes);
  if (plan.count == 1 && in.dtype == out.dtype) {
    copy_bytes(in.data, out.data, out.nbytes());
    return;
  }
  dispatch_lanes(in.dtype, [&](auto tag) { reduce<SumReducer<typename decltype(tag)::type>>(plan, in, out); });
}

void sum_to_shape(const Tensor &in, const Tensor &out) {
  size_t lead = in.shape.size() - out.shape.size();
  std::vector<bool> reduced(in.shape.size(), true);
  for (size_t axis = 0; axis < out.shape.size(); ++axis)
    reduced[lead + axis] = out.shape[axis] != in.shape[lead + axis];
  sum_axes(in, in.shape, reduced, out);
}

}  // namespace cermet
