// SPDX-License-Identifier: Apache-2.0
// Norms over axes.
#include "ops/common/axes.h"
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "ops/reduce/reducers.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct NormAttrs {
  int64_t ord = 2;
  std::optional<std::vector<int64_t>> axis;
  std::optional<DType> out_dtype;
  bool keepdims = false;
};

ReduceAttrs as_reduction(const NormAttrs &a) { return {a.axis, a.keepdims, false}; }

void run(KernelContext &c, const NormAttrs &a) {
  const Tensor &in = c.in(0);
  ReducePlan plan(in.shape, reduced_axes(as_reduction(a), in.shape.ndim()));
  dispatch_lanes(in.dtype, [&](auto tag) {
    using L = typename decltype(tag)::type;
    if (a.ord == 1)
      reduce<Norm1Reducer<L>>(plan, in, c.out(0));
    else
      reduce<Norm2Reducer<L>>(plan, in, c.out(0));
  });
}

void backward(GradientContext &g, const NormAttrs &a) {
  AttrList attrs;
  for (const auto &attr : g.attrs())
    if (attr.first == "axis" || attr.first == "keepdims") attrs.push_back(attr);
  Expr x(g, g.input(0));
  auto spread = [&](const Entry &entry) {
    Entry cast = a.out_dtype ? g.apply("cast_like", {entry, g.input(0)}) : entry;
    return Expr(g, g.apply("unreduce", {cast, g.input(0)}, attrs));
  };
  Expr head = spread(g.head(0)), y(g, g.output(0));
  if (a.ord == 2) y = y + y.scalar("equal_scalar", 0);  // at zero the gradient is taken to be zero
  g.set(0, (a.ord == 1 ? head * x.apply("sign") : head * x / spread(y.entry())).entry());
}

}  // namespace

CERMET_REGISTER(norm)(Registry &registry) {
  auto op = registry.op<NormAttrs>("norm", "reduce");
  op.precision(Precision::wide);
  op.doc("Norm over axes: the sum of absolute values, or the square root of the sum of squares.",
         "A norm over all axes has the shape (1,), as in MXNet.");
  op.alias("_sparse_norm");
  op.input("data", "Values; any shape.", kNumbers);
  op.output("output");
  op.attr("ord", &NormAttrs::ord, "1 for the sum of absolute values, 2 for the Euclidean norm.").min(1).max(2);
  op.attr("axis", &NormAttrs::axis, "Axes to reduce; all where it is absent or empty.").kind(AttrKind::axes);
  op.attr("out_dtype", &NormAttrs::out_dtype, "Dtype of the result; that of the input where it is absent.");
  op.attr("keepdims", &NormAttrs::keepdims, "Keep the reduced axes, with size 1.");
  op.infer([](InferContext &c, const NormAttrs &a) {
    std::vector<bool> reduced = reduced_axes(as_reduction(a), c.shape(0).ndim());
    c.output(0, reduced_shape(c.shape(0), reduced, a.keepdims), a.out_dtype.value_or(c.dtype(0)));
  });
  op.kernel(run);
  op.gradient(backward);
  op.sample({{{"axis", {1}}}, {{{2, 2}, {3, 4, -6, 8}}}, {{{2}, {5, 10}}}});
  op.sample({{{"ord", 1}}, {{{2, 2}, {3, 4, -6, 8}}}, {{{1}, {21}}}});
}

}  // namespace cermet
