// SPDX-License-Identifier: Apache-2.0
// The opposite of a reduction: its result, spread over the axes that were reduced.
#include "ops/common/axes.h"
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "ops/common/walk.h"
#include "ops/elementwise/binary_functions.h"
#include "ops/elementwise/run.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct UnreduceAttrs : ReduceAttrs {
  bool mean = false;
};

// Strides of the result seen in the input's shape: 0 along the reduced axes.
Dims spread_strides(const Shape &shape, const std::vector<bool> &reduced) {
  Dims strides(shape.size(), 0);
  int64_t step = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (reduced[axis]) continue;
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

void run(KernelContext &c, const UnreduceAttrs &a) {
  const Tensor &in = c.in(0), &out = c.out(0);
  if (out.numel() == 0) return;
  std::vector<bool> reduced = reduced_axes(a, out.shape.ndim());
  copy_strided(out.dtype, out.shape, in.data, spread_strides(out.shape, reduced), out.data, dense_strides(out.shape));
  if (!a.mean) return;
  double count = static_cast<double>(out.numel()) / static_cast<double>(in.numel());
  Tensor divisor{&count, Shape{}, DType::float64};
  run_binary(binary_kernel<binary::Divide>, out.dtype, out, divisor, out);
}

}  // namespace

CERMET_REGISTER(unreduce)(Registry &registry) {
  auto op = registry.op<UnreduceAttrs>("unreduce", "reduce");
  op.internal();
  op.doc("Spreads the result of a reduction over the axes that were reduced.");
  op.input("data", "Result of a reduction with these attributes.");
  op.shape_input("like", "What was reduced.");
  op.output("output");
  op.attr("axis", &UnreduceAttrs::axis, "As in the reduction.").kind(AttrKind::axes);
  op.attr("keepdims", &UnreduceAttrs::keepdims, "As in the reduction.");
  op.attr("exclude", &UnreduceAttrs::exclude, "As in the reduction.");
  op.attr("mean", &UnreduceAttrs::mean, "Divide by the number of values that each result was made of.");
  op.infer([](InferContext &c, const UnreduceAttrs &a) {
    Shape want = reduced_shape(c.shape(1), reduced_axes(a, c.shape(1).ndim()), a.keepdims);
    if (!(c.shape(0) == want)) throw Error(Status::shape, "data", "got ", c.shape(0), "; want ", want);
    c.output(0, c.shape(1), c.dtype(0));
  });
  op.kernel(run);
  op.gradient([](GradientContext &g, const UnreduceAttrs &a) {
    AttrList attrs;
    for (const auto &attr : g.attrs())
      if (attr.first != "mean") attrs.push_back(attr);
    g.set(0, g.apply(a.mean ? "mean" : "sum", {g.head(0)}, attrs));
  });
}

}  // namespace cermet
