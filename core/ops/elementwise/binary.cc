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
struct Terms {
  Expr h, a, b, y;
};
using Formula = Expr (*)(const Terms &);

struct Row {
  const char *name;
  std::vector<const char *> aliases;
  const char *summary;
  BinaryKernel kernel;
  Formula by_a, by_b;  // null: the output does not change with the input
  std::vector<double>
      sample;  // of (3, 2.5, 5, 7) and (2, 4, 4.5, -2); where there is no gradient, (-3, 2, 5, 7) and (2, 2, 4, -2)
  Precision precision = Precision::widest;
};

std::vector<Row> rows() {
  const ArithmeticKernels &fast = arithmetic_kernels();
  return {
      {"add",
       {"broadcast_add", "elemwise_add", "_plus", "_Plus", "_add", "broadcast_plus", "_sparse_elemwise_add",
        "_sparse_broadcast_add", "_sparse_broadcast_plus"},
       "Sum of two arrays, element by element.",
       with_rows(binary_kernel<Add>, fast.add),
       [](const Terms &t) { return t.h; },
       [](const Terms &t) { return t.h; },
       {5, 6.5, 9.5, 5}},
      {"subtract",
       {"broadcast_sub", "elemwise_sub", "_minus", "_Minus", "_sub", "broadcast_minus", "_sparse_elemwise_sub",
        "_sparse_broadcast_sub", "_sparse_broadcast_minus"},
       "Difference of two arrays, element by element.",
       with_rows(binary_kernel<Subtract>, fast.subtract),
       [](const Terms &t) { return t.h; },
       [](const Terms &t) { return -t.h; },
       {1, -1.5, 0.5, 9}},
      {"multiply",
       {"broadcast_mul", "elemwise_mul", "_mul", "_Mul", "_sparse_elemwise_mul", "_sparse_broadcast_mul"},
       "Product of two arrays, element by element.",
       with_rows(binary_kernel<Multiply>, fast.multiply),
       [](const Terms &t) { return t.h * t.b; },
       [](const Terms &t) { return t.h * t.a; },
       {6, 10, 22.5, -14}},
      {"divide",
       {"broadcast_div", "elemwise_div", "_div", "_Div", "_sparse_elemwise_div", "_sparse_broadcast_div"},
       "Quotient of two arrays, element by element. Of integers it is an integer, cut towards zero, and 0 for the "
       "divisor 0.",
       with_rows(binary_kernel<Divide>, fast.divide),
       [](const Terms &t) { return t.h / t.b; },
       [](const Terms &t) { return -(t.h * t.y / t.b); },
       {1.5, 0.625, 1.111111111, -3.5}},
      {"mod",
       {"broadcast_mod", "_mod", "_Mod"},
       "Remainder of a division, with the divisor's sign; 0 for the divisor 0.",
       binary_kernel<Mod>,
       [](const Terms &t) { return t.h; },
       [](const Terms &t) { return -(t.h * (t.a / t.b).apply("floor")); },
       {1, 2.5, 0.5, -1}},
      {"power",
       {"broadcast_power", "_power", "_Power"},
       "First array to the power of the second, element by element.",
       binary_kernel<Power>,
       // At 0^0 the slope by the base is taken to be 0, and so is that by the exponent for a base of 0, where it has
       // one.
       [](const Terms &t) {
         Expr corner = t.a.scalar("equal_scalar", 0) * t.b.scalar("equal_scalar", 0);
         return t.h * t.b * t.a.apply("power", t.b - 1.0 + corner);
       },
       [](const Terms &t) {
         Expr base = t.a + t.a.scalar("equal_scalar", 0) * t.b.scalar("greater_equal_scalar", 0);
         return t.h * t.y * base.apply("log");
       },
       {9, 39.0625, 1397.542486, 0.02040816327},
       Precision::wide},
      {"maximum",
       {"broadcast_maximum", "_maximum", "_Maximum", "_npi_maximum"},
       "The larger of two numbers, element by element. A NaN wins; for equal numbers the gradient goes to the first.",
       with_rows(binary_kernel<Maximum>, fast.maximum),
       [](const Terms &t) { return t.h * t.a.apply("greater_equal", t.b); },
       [](const Terms &t) { return t.h * t.a.apply("lesser", t.b); },
       {3, 4, 5, 7}},
      {"minimum",
       {"broadcast_minimum", "_minimum", "_Minimum", "_npi_minimum"},
       "The smaller of two numbers, element by element. A NaN wins; for equal numbers the gradient goes to the first.",
       with_rows(binary_kernel<Minimum>, fast.minimum),
       [](const Terms &t) { return t.h * t.a.apply("lesser_equal", t.b); },
       [](const Terms &t) { return t.h * t.a.apply("greater", t.b); },
       {2, 2.5, 4.5, -2}},
      {"hypot",
       {"broadcast_hypot", "_hypot", "_Hypot"},
       "Length of the hypotenuse: the square root of the sum of squares.",
       binary_kernel<Hypot>,
       [](const Terms &t) { return t.h * t.a / t.y; },
       [](const Terms &t) { return t.h * t.b / t.y; },
       {3.605551275, 4.716990566, 6.726812024, 7.280109889},
       Precision::wide},
      {"equal",
       {"broadcast_equal", "_equal", "_Equal"},
       "1 where the elements are equal, else 0, in the inputs' dtype.",
       with_rows(binary_kernel<Equal>, fast.equal),
       nullptr,
       nullptr,
       {0, 1, 0, 0}},
      {"not_equal",
       {"broadcast_not_equal", "_not_equal", "_Not_Equal"},
       "1 where the elements differ, else 0, in the inputs' dtype.",
       with_rows(binary_kernel<NotEqual>, fast.not_equal),
       nullptr,
       nullptr,
       {1, 0, 1, 1}},
      {"greater",
       {"broadcast_greater", "_greater", "_Greater"},
       "1 where the first element is greater, else 0, in the inputs' dtype.",
       with_rows(binary_kernel<Greater>, fast.greater),
       nullptr,
       nullptr,
       {0, 0, 1, 1}},
      {"greater_equal",
       {"broadcast_greater_equal", "_greater_equal", "_Greater_Equal"},
       "1 where the first element is greater or equal, else 0, in the inputs' dtype.",
       with_rows(binary_kernel<GreaterEqual>, fast.greater_equal),
       nullptr,
       nullptr,
       {0, 1, 1, 1}},
      {"lesser",
       {"broadcast_lesser", "_lesser", "_Lesser"},
       "1 where the first element is lesser, else 0, in the inputs' dtype.",
       with_rows(binary_kernel<Lesser>, fast.lesser),
       nullptr,
       nullptr,
       {1, 0, 0, 0}},
      {"lesser_equal",
       {"broadcast_lesser_equal", "_lesser_equal", "_Lesser_Equal"},
       "1 where the first element is lesser or equal, else 0, in the inputs' dtype.",
       with_rows(binary_kernel<LesserEqual>, fast.lesser_equal),
       nullptr,
       nullptr,
       {1, 1, 0, 0}},
      {"logical_and",
       {"broadcast_logical_and", "_logical_and", "_Logical_And"},
       "1 where both elements are not zero, else 0, in the inputs' dtype.",
       binary_kernel<LogicalAnd>,
       nullptr,
       nullptr,
       {1, 1, 1, 1}},
      {"logical_or",
       {"broadcast_logical_or", "_logical_or", "_Logical_Or"},
       "1 where any of the two elements is not zero, else 0, in the inputs' dtype.",
       binary_kernel<LogicalOr>,
       nullptr,
       nullptr,
       {1, 1, 1, 1}},
      {"logical_xor",
       {"broadcast_logical_xor", "_logical_xor", "_Logical_Xor"},
       "1 where one of the two elements is zero and the other is not, else 0, in the inputs' dtype.",
       binary_kernel<LogicalXor>,
       nullptr,
       nullptr,
       {0, 0, 0, 0}},
  };
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
    g.set(side, g.apply("reduce_like", {formula({h, a, b, y}).entry(), g.input(side)}));
  }
}

void define(Registry &registry, const Row &row) {
  auto op = registry.op<NoAttrs>(row.name, "elementwise");
  op.precision(row.precision);
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
  op.elementwise([kernel = row.kernel](const NoAttrs &) { return Elementwise{Elementwise::kBinary, {}, kernel, 0}; });
  op.gradient([a = row.by_a, b = row.by_b](GradientContext &g, const NoAttrs &) { gradient(g, a, b); });
  if (row.by_a)
    op.sample({{}, {{{2, 2}, {3, 2.5, 5, 7}}, {{2, 2}, {2, 4, 4.5, -2}}}, {{{2, 2}, row.sample}}});
  else
    op.sample({{}, {{{2, 2}, {-3, 2, 5, 7}}, {{2, 2}, {2, 2, 4, -2}}}, {{{2, 2}, row.sample}}}).check_gradient = false;
}

}  // namespace

CERMET_REGISTER(elementwise_binary)(Registry &registry) {
  for (const Row &row : rows()) define(registry, row);
}

}  // namespace cermet
