// SPDX-License-Identifier: Apache-2.0
// Attributes of layers with one number a spatial axis, where a single number stands for all axes.
#pragma once

#include <vector>

#include "base/error.h"

namespace cermet::layers {

inline std::vector<int64_t> per_axis(const char *name, const std::vector<int64_t> &values, size_t axes) {
  if (values.size() == axes) return values;
  if (values.size() == 1) return std::vector<int64_t>(axes, values[0]);
  throw Error(Status::invalid_argument, name, "got ", values.size(), " numbers; want 1 or ", axes);
}

}  // namespace cermet::layers
