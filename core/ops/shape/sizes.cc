// SPDX-License-Identifier: Apache-2.0
// The shape and the size of an array, as arrays.
#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

CERMET_REGISTER(shape_array)(Registry &registry) {
  auto op = registry.op<NoAttrs>("shape_array", "shape");
  op.precision(Precision::own);
  op.doc("The shape of an array, as int64 numbers.");
  op.alias("_npx_shape_array");
  op.shape_input("data", "Any array.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) { c.output(0, Shape{c.shape(0).ndim()}, DType::int64); });
  op.kernel([](KernelContext &c, const NoAttrs &) {
    const Shape &shape = c.in(0).shape;
    std::copy(shape.begin(), shape.end(), c.out_as<int64_t>(0));
  });
  op.gradient(no_gradient<NoAttrs>);
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{2}, {2, 3}, DType::int64}}}).check_gradient = false;
}

CERMET_REGISTER(size_array)(Registry &registry) {
  auto op = registry.op<NoAttrs>("size_array", "shape");
  op.precision(Precision::own);
  op.doc("The number of elements of an array, as an int64 number.");
  op.shape_input("data", "Any array.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) { c.output(0, Shape{1}, DType::int64); });
  op.kernel([](KernelContext &c, const NoAttrs &) { *c.out_as<int64_t>(0) = c.in(0).numel(); });
  op.gradient(no_gradient<NoAttrs>);
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{1}, {6}, DType::int64}}}).check_gradient = false;
}

}  // namespace cermet
