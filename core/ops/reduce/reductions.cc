// SPDX-License-Identifier: Apache-2.0
// Reductions over axes: one row each, and a reducer in reducers.h.
#include "ops/common/axes.h"
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "ops/reduce/reducers.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// Gradient by the input x, from the result y and the gradient h of it, both spread back over x.
struct Terms {
  Expr h, x, y;
  GradientContext &g;
};
using Formula = Expr (*)(const Terms &);

struct Row {
  const char *name;
  std::vector<const char *> aliases;
  const char *summary;
  void (*kernel)(const ReducePlan &plan, const Tensor &in, const Tensor &out);
  Formula formula;
  bool mean;                   // the gradient is divided by the number of values
  std::vector<double> sample;  // of ((3, 0.5, 2), (-1, 4, 5)), along axis 1
  double total;                // of (2, 0, 3, -1)
  Precision precision = Precision::wide;
};

template <template <class> class Reducer>
void run(const ReducePlan &plan, const Tensor &in, const Tensor &out) {
  dispatch_lanes(in.dtype, [&](auto tag) { reduce<Reducer<typename decltype(tag)::type>>(plan, in, out); });
}

// Back to the input's shape, for what a reduction with these attributes made.
Expr spread(GradientContext &g, const Entry &entry, bool mean) {
  AttrList attrs = g.attrs();
  if (mean) attrs.emplace_back("mean", true);
  return {g, g.apply("unreduce", {entry, g.input(0)}, attrs)};
}

Expr of_extreme(const Terms &t) { return t.h * t.x.apply("equal", t.y); }

Expr of_product(const Terms &t) { return {t.g, t.g.apply("prod_gradient", {t.g.head(0), t.x.entry()}, t.g.attrs())}; }

// The same, where NaN counts as 1.
Expr of_nanproduct(const Terms &t) {
  Expr valid = t.x.apply("equal", t.x), ones = t.x.apply("ones_like"), zeros = t.x.apply("zeros_like");
  Expr known(t.g, t.g.apply("where", {valid.entry(), t.x.entry(), ones.entry()}));
  Expr gradient = of_product({t.h, known, t.y, t.g});
  return {t.g, t.g.apply("where", {valid.entry(), gradient.entry(), zeros.entry()})};
}

std::vector<Row> rows() {
  return {
      {"sum",
       {"sum_axis", "_sparse_sum"},
       "Sum over axes.",
       run<SumReducer>,
       [](const Terms &t) { return t.h; },
       false,
       {5.5, 8},
       4},
      {"mean",
       {"_sparse_mean"},
       "Mean over axes. Of integers it is an integer, cut towards zero.",
       run<MeanReducer>,
       [](const Terms &t) { return t.h; },
       true,
       {5.5 / 3, 8.0 / 3},
       1},
      {"prod", {}, "Product over axes.", run<ProdReducer>, of_product, false, {3, -20}, 0},
      {"nansum",
       {},
       "Sum over axes, of what is not NaN.",
       run<NanSumReducer>,
       [](const Terms &t) { return t.h * t.x.apply("equal", t.x); },
       false,
       {5.5, 8},
       4},
      {"nanprod", {}, "Product over axes, of what is not NaN.", run<NanProdReducer>, of_nanproduct, false, {3, -20}, 0},
      {"max",
       {"max_axis"},
       "Largest value over axes. All values that are equal to it get the gradient.",
       run<MaxReducer>,
       of_extreme,
       false,
       {3, 5},
       3,
       Precision::widest},
      {"min",
       {"min_axis"},
       "Smallest value over axes. All values that are equal to it get the gradient.",
       run<MinReducer>,
       of_extreme,
       false,
       {0.5, -1},
       -1,
       Precision::widest},
  };
}

void define(Registry &registry, const Row &row) {
  auto op = registry.op<ReduceAttrs>(row.name, "reduce");
  op.precision(row.precision);
  op.doc(row.summary, "A reduction over all axes gives the shape (1,), as in MXNet.");
  for (const char *alias : row.aliases) op.alias(alias);
  op.input("data", "Values; any shape.", kNumbers);
  op.output("output");
  op.attr("axis", &ReduceAttrs::axis, "Axes to reduce; all where it is absent or empty.").kind(AttrKind::axes);
  op.attr("keepdims", &ReduceAttrs::keepdims, "Keep the reduced axes, with size 1.");
  op.attr("exclude", &ReduceAttrs::exclude, "Reduce over the axes that `axis` does not name.");
  op.infer([](InferContext &c, const ReduceAttrs &a) {
    c.output(0, reduced_shape(c.shape(0), reduced_axes(a, c.shape(0).ndim()), a.keepdims), c.dtype(0));
  });
  op.kernel([kernel = row.kernel](KernelContext &c, const ReduceAttrs &a) {
    const Shape &shape = c.in(0).shape;
    kernel(ReducePlan(shape, reduced_axes(a, shape.ndim())), c.in(0), c.out(0));
  });
  op.gradient([formula = row.formula, mean = row.mean](GradientContext &g, const ReduceAttrs &) {
    g.set(0, formula({spread(g, g.head(0), mean), {g, g.input(0)}, spread(g, g.output(0), false), g}).entry());
  });
  op.sample({{{"axis", {1}}}, {{{2, 3}, {3, 0.5, 2, -1, 4, 5}}}, {{{2}, row.sample}}});
  op.sample({{{"keepdims", true}}, {{{2, 2}, {2, 0, 3, -1}}}, {{{1, 1}, {row.total}}}});
}

}  // namespace

CERMET_REGISTER(reductions)(Registry &registry) {
  for (const Row &row : rows()) define(registry, row);
}

}  // namespace cermet
