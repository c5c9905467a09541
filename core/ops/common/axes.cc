// SPDX-License-Identifier: Apache-2.0
#include "ops/common/axes.h"

namespace cermet {

std::vector<bool> marked_axes(const std::vector<int64_t> &axes, int ndim, const char *argument) {
  std::vector<bool> marked(static_cast<size_t>(ndim));
  for (int64_t named : axes) {
    auto axis = static_cast<size_t>(normalize_axis(named, ndim, argument));
    if (marked[axis]) throw Error(Status::invalid_argument, argument, "names axis ", named, " twice");
    marked[axis] = true;
  }
  return marked;
}

std::vector<bool> reduced_axes(const ReduceAttrs &a, int ndim) {
  if (!a.axis || a.axis->empty()) return std::vector<bool>(static_cast<size_t>(ndim), true);
  std::vector<bool> reduced = marked_axes(*a.axis, ndim);
  if (a.exclude) reduced.flip();
  return reduced;
}

Shape reduced_shape(const Shape &shape, const std::vector<bool> &reduced, bool keepdims) {
  Shape out;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (!reduced[axis]) out.push_back(shape[axis]);
    if (reduced[axis] && keepdims) out.push_back(1);
  }
  if (out.empty()) out.push_back(1);
  return out;
}

}  // namespace cermet
