// SPDX-License-Identifier: Apache-2.0
// Operators of an array and a number: one row each, with the functors of the array forms.
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "ops/common/lanes.h"
#include "ops/elementwise/binary_functions.h"
#include "ops/elementwise/run.h"
#include "schema/registry.h"

namespace cermet {

namespace {

using namespace binary;

struct ScalarAttrs {
  double scalar = 1;
  bool is_int = true;
};

// Gradient by the array, from the gradient h of the output y = f(x, s).
struct Terms {
  Expr h, x, y;
  double s;
};
using Formula = Expr (*)(const Terms &);

struct Row {
  const char *name;
  std::vector<const char *> aliases;
  const char *summary;
  BinaryKernel kernel;
  bool reversed;               // f(number, element) instead of f(element, number)
  Formula formula;             // null: the output does not change with the input
  std::vector<double> sample;  // of (-3, 1.5, 2.5, 5) and 2; where there is no gradient, (-3, 0, 2, 5) and 2
  Precision precision = Precision::widest;
};

std::vector<Row> rows() {
  const ArithmeticKernels &fast = arithmetic_kernels();
  return {
      {"add_scalar",
       {"_plus_scalar", "_PlusScalar"},
       "Adds a number to each element.",
       with_rows(binary_kernel<Add>, fast.add),
       false,
       [](const Terms &t) { return t.h; },
       {-1, 3.5, 4.5, 7}},
      {"subtract_scalar",
       {"_minus_scalar", "_MinusScalar"},
       "Subtracts a number from each element.",
       with_rows(binary_kernel<Subtract>, fast.subtract),
       false,
       [](const Terms &t) { return t.h; },
       {-5, -0.5, 0.5, 3}},
      {"rsubtract_scalar",
       {"_rminus_scalar", "_RMinusScalar"},
       "Subtracts each element from a number.",
       with_rows(binary_kernel<Subtract>, fast.subtract),
       true,
       [](const Terms &t) { return -t.h; },
       {5, 0.5, -0.5, -3}},
      {"multiply_scalar",
       {"_mul_scalar", "_MulScalar"},
       "Multiplies each element by a number.",
       with_rows(binary_kernel<Multiply>, fast.multiply),
       false,
       [](const Terms &t) { return t.h * t.s; },
       {-6, 3, 5, 10}},
      {"divide_scalar",
       {"_div_scalar", "_DivScalar"},
       "Divides each element by a number.",
       with_rows(binary_kernel<Divide>, fast.divide),
       false,
       [](const Terms &t) { return t.h / t.s; },
       {-1.5, 0.75, 1.25, 2.5}},
      {"rdivide_scalar",
       {"_rdiv_scalar", "_RDivScalar"},
       "Divides a number by each element.",
       with_rows(binary_kernel<Divide>, fast.divide),
       true,
       [](const Terms &t) { return -(t.h * t.y / t.x); },
       {-0.6666666667, 1.333333333, 0.8, 0.4}},
      {"mod_scalar",
       {"_mod_scalar", "_ModScalar"},
       "Remainder of each element after division by a number, with the number's sign; 0 for the divisor 0.",
       binary_kernel<Mod>,
       false,
       [](const Terms &t) { return t.h; },
       {1, 1.5, 0.5, 1}},
      {"rmod_scalar",
       {"_rmod_scalar", "_RModScalar"},
       "Remainder of a number after division by each element, with the element's sign; 0 for the divisor 0.",
       binary_kernel<Mod>,
       true,
       [](const Terms &t) { return -(t.h * (t.s / t.x).apply("floor")); },
       {-1, 0.5, 2, 2}},
      {"power_scalar",
       {"_power_scalar", "_PowerScalar"},
       "Raises each element to a power.",
       binary_kernel<Power>,
       false,
       [](const Terms &t) {
         if (t.s == 0) return t.x.apply("zeros_like");  // the formula would give 0 * infinity at 0
         return t.s == 1 ? t.h : t.h * t.s * t.x.scalar("power_scalar", t.s - 1);
       },
       {9, 2.25, 6.25, 25},
       Precision::wide},
      {"rpower_scalar",
       {"_rpower_scalar", "_RPowerScalar"},
       "Raises a number to the power of each element.",
       binary_kernel<Power>,
       true,
       [](const Terms &t) { return t.h * t.y * std::log(t.s); },
       {0.125, 2.828427125, 5.656854249, 32},
       Precision::wide},
      {"maximum_scalar",
       {"_maximum_scalar", "_MaximumScalar", "_npi_maximum_scalar"},
       "The larger of each element and a number.",
       with_rows(binary_kernel<Maximum>, fast.maximum),
       false,
       [](const Terms &t) { return t.h * t.x.scalar("greater_equal_scalar", t.s); },
       {2, 2, 2.5, 5}},
      {"minimum_scalar",
       {"_minimum_scalar", "_MinimumScalar", "_npi_minimum_scalar"},
       "The smaller of each element and a number.",
       with_rows(binary_kernel<Minimum>, fast.minimum),
       false,
       [](const Terms &t) { return t.h * t.x.scalar("lesser_equal_scalar", t.s); },
       {-3, 1.5, 2, 2}},
      {"hypot_scalar",
       {"_hypot_scalar", "_HypotScalar", "_npi_hypot_scalar"},
       "Length of the hypotenuse of each element and a number.",
       binary_kernel<Hypot>,
       false,
       [](const Terms &t) { return t.h * t.x / t.y; },
       {3.605551275, 2.5, 3.201562119, 5.385164807}},
      {"equal_scalar",
       {"_equal_scalar", "_EqualScalar"},
       "1 where an element equals a number, else 0.",
       with_rows(binary_kernel<Equal>, fast.equal),
       false,
       nullptr,
       {0, 0, 1, 0}},
      {"not_equal_scalar",
       {"_not_equal_scalar", "_NotEqualScalar"},
       "1 where an element differs from a number, else 0.",
       with_rows(binary_kernel<NotEqual>, fast.not_equal),
       false,
       nullptr,
       {1, 1, 0, 1}},
      {"greater_scalar",
       {"_greater_scalar", "_GreaterScalar"},
       "1 where an element is greater than a number, else 0.",
       with_rows(binary_kernel<Greater>, fast.greater),
       false,
       nullptr,
       {0, 0, 0, 1}},
      {"greater_equal_scalar",
       {"_greater_equal_scalar", "_GreaterEqualScalar"},
       "1 where an element is greater than or equal to a number, else 0.",
       with_rows(binary_kernel<GreaterEqual>, fast.greater_equal),
       false,
       nullptr,
       {0, 0, 1, 1}},
      {"lesser_scalar",
       {"_lesser_scalar", "_LesserScalar"},
       "1 where an element is lesser than a number, else 0.",
       with_rows(binary_kernel<Lesser>, fast.lesser),
       false,
       nullptr,
       {1, 1, 0, 0}},
      {"lesser_equal_scalar",
       {"_lesser_equal_scalar", "_LesserEqualScalar"},
       "1 where an element is lesser than or equal to a number, else 0.",
       with_rows(binary_kernel<LesserEqual>, fast.lesser_equal),
       false,
       nullptr,
       {1, 1, 1, 0}},
      {"logical_and_scalar",
       {"_logical_and_scalar", "_LogicalAndScalar"},
       "1 where neither the element nor the number is zero, else 0.",
       binary_kernel<LogicalAnd>,
       false,
       nullptr,
       {1, 0, 1, 1}},
      {"logical_or_scalar",
       {"_logical_or_scalar", "_LogicalOrScalar"},
       "1 where the element or the number is not zero, else 0.",
       binary_kernel<LogicalOr>,
       false,
       nullptr,
       {1, 1, 1, 1}},
      {"logical_xor_scalar",
       {"_logical_xor_scalar", "_LogicalXorScalar"},
       "1 where one of the element and the number is zero and the other is not, else 0.",
       binary_kernel<LogicalXor>,
       false,
       nullptr,
       {0, 1, 0, 0}},
  };
}

// Integers stay what they are unless the number has a fraction; a bool counts as an integer.
DType result_dtype(DType dtype, bool is_int) {
  if (is_float(dtype)) return dtype;
  if (!is_int) return DType::float64;
  return dtype == DType::bool_ ? DType::int64 : dtype;
}

void run(const Row &row, KernelContext &c, double scalar) {
  const Tensor &out = c.out(0);
  dispatch_lanes(out.dtype, [&](auto tag) {
    using L = typename decltype(tag)::type;
    L value = convert<L>(scalar);
    Tensor number{&value, Shape{}, dtype_of<L>};
    run_binary(row.kernel, out.dtype, row.reversed ? number : c.in(0), row.reversed ? c.in(0) : number, out);
  });
}

void define(Registry &registry, const Row &row) {
  auto op = registry.op<ScalarAttrs>(row.name, "elementwise");
  op.precision(row.precision);
  op.doc(row.summary,
         "Floating-point arrays keep their dtype; integer ones too, unless `is_int` is false: then the result is "
         "float64.");
  for (const char *alias : row.aliases) op.alias(alias);
  op.input("data", "Values; any shape.");
  op.output("output");
  op.in_place(0, 0);
  op.attr("scalar", &ScalarAttrs::scalar, "The number.");
  op.attr("is_int", &ScalarAttrs::is_int, "Whether the number counts as an integer; matters for integer arrays only.");
  op.infer([](InferContext &c, const ScalarAttrs &a) { c.output(0, c.shape(0), result_dtype(c.dtype(0), a.is_int)); });
  op.kernel([row](KernelContext &c, const ScalarAttrs &a) { run(row, c, a.scalar); });
  op.elementwise([row](const ScalarAttrs &a) {
    return Elementwise{row.reversed ? Elementwise::kNumberLeft : Elementwise::kNumberRight, {}, row.kernel, a.scalar};
  });
  op.gradient([formula = row.formula](GradientContext &g, const ScalarAttrs &a) {
    if (!formula) return;
    g.set(0, formula({{g, g.head(0)}, {g, g.input(0)}, {g, g.output(0)}, a.scalar}).entry());
  });
  if (row.formula)
    op.sample({{{"scalar", 2.0}}, {{{4}, {-3, 1.5, 2.5, 5}}}, {{{4}, row.sample}}});
  else
    op.sample({{{"scalar", 2.0}}, {{{4}, {-3, 0, 2, 5}}}, {{{4}, row.sample}}}).check_gradient = false;
}

}  // namespace

CERMET_REGISTER(elementwise_scalar)(Registry &registry) {
  for (const Row &row : rows()) define(registry, row);
}

}  // namespace cermet
