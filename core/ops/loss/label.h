// SPDX-License-Identifier: Apache-2.0
// Labels of loss heads: their shape follows from the data, in one of several forms; their dtype is free.
#pragma once

#include <vector>

#include "schema/contexts.h"

namespace cermet::loss {

// Input 1 must have one of `shapes`; where nothing is known of it, it gets the first and data's dtype.
inline void expect_label(InferContext &c, const std::vector<Shape> &shapes) {
  if (!c.known(1)) {
    c.expect(1, shapes[0], c.dtype(0));
    return;
  }
  for (const Shape &shape : shapes)
    if (c.shape(1) == shape) return;
  throw Error(Status::shape, c.input_name(1), "got ", c.shape(1), "; want ", shapes[0], " for data ", c.shape(0));
}

}  // namespace cermet::loss
