// SPDX-License-Identifier: Apache-2.0
// Attributes that all operators without inputs have.
#pragma once

#include "schema/builder.h"

namespace cermet::creation {

struct Attrs {
  std::vector<int64_t> shape;
  std::string ctx;
  DType dtype = DType::float32;
};

// `ctx` and `dtype`; nothing flows through to a gradient.
template <class A>
void define_common(DefinitionBuilder<A> &op) {
  op.attr("ctx", &A::ctx, "Accepted from MXNet's files and ignored: where arrays live is not an attribute.");
  op.attr("dtype", &A::dtype, "Dtype of the array.");
  op.gradient([](auto &, const A &) {});
}

// `shape`, which the array gets.
template <class A>
void define_shape(DefinitionBuilder<A> &op) {
  op.attr("shape", &A::shape, "Shape of the array.").min(0).kind(AttrKind::shape);
  op.infer([](InferContext &c, const A &a) {
    Shape shape(a.shape.begin(), a.shape.end());
    check_shape(shape, a.dtype);
    c.output(0, shape, a.dtype);
  });
}

}  // namespace cermet::creation
