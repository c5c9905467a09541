// SPDX-License-Identifier: Apache-2.0
// Operators of two arrays, element by element with NumPy's broadcasting: one row each. A new one is a new row, and a
// functor in binary_functions.h.
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "ops/elementwise/binary_functions.h"
#include "ops/elementwise/run.h"
#include "schema/registry.h"

namespace cermet {

namespace {

using namespace binary;

// Gradient by one side, before it is summed to that side's shape: from the gradient h of the output y = f(a, b).
using Formula = Expr (*)(const Expr &h, const Expr &a, const Expr &b, const Expr &y);

struct Row {
  const char *name;
  std::vector<const char *> aliases;
  const char *summary;
  BinaryKernel kernel;
  Formula by_a, by_b;          // null: the output does not change with the input
  std::vector<double> sample;  // f of (-3, 2, 5, 7) and (2, 2, 4, -2)
};

#define CERMET_FORMULA [](const Expr &h, const Expr &a, const Expr &b, const Expr &y) -> Expr
#define CERMET_UNUSED (void)h, (void)a, (void)b, (void)y

std::vector<Row> rows() {
  return {{"add",
           {"broadcast_add", "elemwise_add", "_plus", "_Plus", "_add", "broadcast_plus", "_sparse_elemwise_add",
            "_sparse_broadcast_add", "_sparse_broadcast_plus"},
           "Sum of two arrays, element by element.", binary_kernel<Add>, CERMET_FORMULA{CERMET_UNUSED;
  return h;
}
, CERMET_FORMULA {
  CERMET_UNUSED;
  return h;
}
, { -1, 4, 9, 5 }
}  // namespace
,
};  // namespace cermet
}

void infer(InferContext &c, const NoAttrs &) {
  c.expect_dtype(1, c.dtype(0));
  c.output(0, broadcast_shapes(c.shape(0), c.shape(1)), c.dtype(0));
}

void gradient(GradientContext &g, Formula by_a, Formula by_b) {
  Expr h(g, g.head(0)), y(g, g.output(0));
  for (int side : {0, 1}) {
    Formula formula = side == 0 ? by_a : by_b;
    if (!formula) continue;
    Expr a(g, g.input(0)), b(g, g.input(1));
    g.set(side, g.apply("reduce_like", {formula(h, a, b, y).entry(), g.input(side)}));
  }
}

void define(Registry &registry, const Row &row) {
  auto op = registry.op<NoAttrs>(row.name, "elementwise");
  op.doc(row.summary,
         "The shapes broadcast by NumPy's rule: aligned at the last axis, sizes of 1 stretch. Both inputs have one "
         "dtype, which is also the output's.");
  for (const char *alias : row.aliases) op.alias(alias);
  op.input("lhs", "Left-hand array.");
  op.input("rhs", "Right-hand array; broadcasts with `lhs`.");
  op.output("output");
  op.in_place(0, 0);
  op.in_place(1, 0);
  op.infer(infer);
  op.kernel([kernel = row.kernel](KernelContext &c, const NoAttrs &) {
    run_binary(kernel, c.in(0).dtype, c.in(0), c.in(1), c.out(0));
  });
  op.gradient([a = row.by_a, b = row.by_b](GradientContext &g, const NoAttrs &) { gradient(g, a, b); });
  op.sample({{}, {{{2, 2}, {-3, 2, 5, 7}}, {{2, 2}, {2, 2, 4, -2}}}, {{{2, 2}, row.sample}}});
}

}  // namespace

CERMET_REGISTER(elementwise_binary)(Registry &registry) {
  for (const Row &row : rows()) define(registry, row);
}

}  // namespace cermet
