// SPDX-License-Identifier: Apache-2.0
// The choice between the elements of two arrays.
#include "ops/common/infer.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// out[k] = condition ? x[k] : y[k]; each element of the condition decides on `span` elements.
void choose(const Tensor &condition, const Tensor &x, const Tensor &y, const Tensor &out) {
  int64_t n = out.numel();
  if (n == 0) return;
  int64_t span = n / condition.numel();
  dispatch(condition.dtype, [&](auto condition_tag) {
    using C = typename decltype(condition_tag)::type;
    dispatch(out.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      parallel_for(n, kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t k = begin; k < end; ++k)
          out.as<T>()[k] = convert<bool>(condition.as<C>()[k / span]) ? x.as<T>()[k] : y.as<T>()[k];
      });
    });
  });
}

}  // namespace

CERMET_REGISTER(where)(Registry &registry) {
  auto op = registry.op<NoAttrs>("where", "indexing");
  op.doc("Elements of one array where a condition holds, else those of another.");
  op.alias("_sparse_where");
  op.input("condition", "Holds where it is not 0. The shape of `x`, or one element for each row of it.",
           kAll | kOwnDType);
  op.input("x", "Values where the condition holds.");
  op.input("y", "Values elsewhere; shape and dtype of `x`.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) {
    c.expect(2, c.shape(1), c.dtype(1));
    const Shape &condition = c.shape(0), &x = c.shape(1);
    bool rows = condition.ndim() == 1 && !x.empty() && condition[0] == x[0];
    if (!rows && !(condition == x))
      throw Error(Status::shape, "condition", "got ", condition, "; want ", x, ", or one element for each row");
    c.output(0, x, c.dtype(1));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) { choose(c.in(0), c.in(1), c.in(2), c.out(0)); });
  op.gradient([](GradientContext &g, const NoAttrs &) {
    Entry head = g.head(0), zeros = g.apply("zeros_like", {head});
    g.set(1, g.apply("where", {g.input(0), head, zeros}));
    g.set(2, g.apply("where", {g.input(0), zeros, head}));
  });
  op.sample({{}, {{{3}, {1, 0, 2}, DType::int32}, {{3}, {1, 2, 3}}, {{3}, {10, 20, 30}}}, {{{3}, {1, 20, 3}}}});
}

}  // namespace cermet
