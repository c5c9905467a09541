// SPDX-License-Identifier: Apache-2.0
// The opposite of broadcasting: what the gradient of a stretched input is summed by.
#include "ops/common/infer.h"
#include "ops/common/reduce.h"
#include "schema/registry.h"

namespace cermet {

CERMET_REGISTER(reduce_like)(Registry &registry) {
  auto op = registry.op<NoAttrs>("reduce_like", "reduce");
  op.internal();
  op.doc("Sums over the axes along which the shape of another array would be stretched to that of this one.");
  op.input("data", "Values.");
  op.shape_input("like", "Its shape broadcasts to that of `data`.");
  op.output("output");
  op.in_place(0, 0);
  op.infer([](InferContext &c, const NoAttrs &) {
    if (!(broadcast_shapes(c.shape(1), c.shape(0), "data") == c.shape(0)))
      throw Error(Status::shape, "like", "got ", c.shape(1), "; want a shape that broadcasts to ", c.shape(0));
    c.output(0, c.shape(1), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) { sum_to_shape(c.in(0), c.out(0)); });
  op.gradient([](GradientContext &g, const NoAttrs &) {
    g.set(0, g.apply("broadcast_like", {g.head(0), g.input(0)}));
  });
}

}  // namespace cermet
