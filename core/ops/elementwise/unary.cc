// SPDX-License-Identifier: Apache-2.0
// Functions of one array, element by element: one row each. A new one is a new row, and a functor in unary_functions.h.
// Functions of real numbers take integers too: they are computed in double and cut to the integer type, as in MXNet.
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "ops/elementwise/run.h"
#include "ops/elementwise/unary_functions.h"
#include "ops/nn/exponential.h"
#include "schema/registry.h"

namespace cermet {

namespace {

using namespace unary;

// Gradient by the input, from the gradient h of the output y = f(x).
struct Terms {
  Expr h, x, y;
};
using Formula = Expr (*)(const Terms &);

struct Row {
  const char *name;
  std::vector<const char *> aliases;
  const char *summary;
  UnaryKernel kernel;
  Formula formula;  // null: zero wherever it exists
  std::vector<double> sample_in, sample_out;
};

std::vector<Row> rows() {
  const ExponentialKernels &fast = exponential_kernels();
  const ArithmeticKernels &basic = arithmetic_kernels();
  return {
      {"negative",
       {"_sparse_negative"},
       "Each element with its sign changed.",
       with_row(exact_kernel<Negative>, basic.negative),
       [](const Terms &t) { return -t.h; },
       {-2, 0, 1.5},
       {2, 0, -1.5}},
      {"abs",
       {"_sparse_abs"},
       "Absolute value.",
       with_row(exact_kernel<Abs>, basic.abs),
       [](const Terms &t) { return t.h * t.x.apply("sign"); },
       {-2, 0.5, 3},
       {2, 0.5, 3}},
      {"sign",
       {"_sparse_sign"},
       "-1, 0 or 1 by the sign; 0 for NaN.",
       exact_kernel<Sign>,
       nullptr,
       {-2, 0, 3},
       {-1, 0, 1}},
      {"ceil",
       {"_sparse_ceil"},
       "Smallest integer not below.",
       exact_kernel<Ceil>,
       nullptr,
       {-1.5, 0.25, 2},
       {-1, 1, 2}},
      {"floor",
       {"_sparse_floor"},
       "Largest integer not above.",
       exact_kernel<Floor>,
       nullptr,
       {-1.5, 0.25, 2},
       {-2, 0, 2}},
      {"round",
       {"_sparse_round"},
       "Nearest integer; halves go away from zero.",
       exact_kernel<Round>,
       nullptr,
       {-1.5, 0.5, 1.25},
       {-2, 1, 1}},
      {"rint",
       {"_sparse_rint"},
       "Nearest integer; halves go down.",
       exact_kernel<Rint>,
       nullptr,
       {-1.5, 0.5, 1.75},
       {-2, 0, 2}},
      {"trunc",
       {"_sparse_trunc"},
       "Nearest integer towards zero.",
       exact_kernel<Trunc>,
       nullptr,
       {-1.5, 0.5, 1.75},
       {-1, 0, 1}},
      {"fix",
       {"_sparse_fix"},
       "Nearest integer towards zero; the same as `trunc`.",
       exact_kernel<Trunc>,
       nullptr,
       {-1.5, 0.5, 1.75},
       {-1, 0, 1}},
      {"square",
       {"_sparse_square"},
       "Square.",
       with_row(exact_kernel<Square>, basic.square),
       [](const Terms &t) { return t.h * t.x * 2.0; },
       {-2, 0.5, 3},
       {4, 0.25, 9}},
      {"sqrt",
       {"_sparse_sqrt"},
       "Square root; NaN below zero.",
       with_row(real_kernel<Sqrt>, basic.sqrt),
       [](const Terms &t) { return t.h / t.y * 0.5; },
       {0.25, 4, 9},
       {0.5, 2, 3}},
      {"rsqrt",
       {"_sparse_rsqrt"},
       "1 divided by the square root.",
       real_kernel<Rsqrt>,
       [](const Terms &t) { return t.h * t.y / t.x * -0.5; },
       {0.25, 4, 16},
       {2, 0.5, 0.25}},
      {"cbrt",
       {"_sparse_cbrt"},
       "Cube root.",
       real_kernel<Cbrt>,
       [](const Terms &t) { return t.h / (t.y * t.y) / 3.0; },
       {-8, 1, 27},
       {-2, 1, 3}},
      {"rcbrt",
       {},
       "1 divided by the cube root.",
       real_kernel<Rcbrt>,
       [](const Terms &t) { return t.h * t.y / t.x / -3.0; },
       {-8, 1, 64},
       {-0.5, 1, 0.25}},
      {"exp",
       {"_sparse_exp"},
       "Exponential function.",
       with_row(real_kernel<Exp>, fast.exp),
       [](const Terms &t) { return t.h * t.y; },
       {-1, 0, 2},
       {0.3678794412, 1, 7.389056099}},
      {"expm1",
       {"_sparse_expm1"},
       "Exponential function minus 1, exact near zero.",
       real_kernel<Expm1>,
       [](const Terms &t) { return t.h * (t.y + 1.0); },
       {-1, 0, 0.001},
       {-0.6321205588, 0, 0.001000500167}},
      {"log",
       {"_sparse_log"},
       "Natural logarithm; NaN below zero.",
       real_kernel<Log>,
       [](const Terms &t) { return t.h / t.x; },
       {0.5, 1, 10},
       {-0.6931471806, 0, 2.302585093}},
      {"log10",
       {"_sparse_log10"},
       "Logarithm to base 10.",
       real_kernel<Log10>,
       [](const Terms &t) { return t.h / t.x / std::log(10.0); },
       {0.5, 1, 1000},
       {-0.3010299957, 0, 3}},
      {"log2",
       {"_sparse_log2"},
       "Logarithm to base 2.",
       real_kernel<Log2>,
       [](const Terms &t) { return t.h / t.x / std::log(2.0); },
       {0.5, 1, 10},
       {-1, 0, 3.321928095}},
      {"log1p",
       {"_sparse_log1p"},
       "Natural logarithm of 1 plus each element, exact near zero.",
       real_kernel<Log1p>,
       [](const Terms &t) { return t.h / (t.x + 1.0); },
       {-0.5, 0, 0.001},
       {-0.6931471806, 0, 0.0009995003331}},
      {"sin",
       {"_sparse_sin"},
       "Sine of angles in radians.",
       real_kernel<Sin>,
       [](const Terms &t) { return t.h * t.x.apply("cos"); },
       {-1, 0.5, 2},
       {-0.8414709848, 0.4794255386, 0.9092974268}},
      {"cos",
       {"_sparse_cos"},
       "Cosine of angles in radians.",
       real_kernel<Cos>,
       [](const Terms &t) { return -(t.h * t.x.apply("sin")); },
       {-1, 0.5, 2},
       {0.5403023059, 0.8775825619, -0.4161468365}},
      {"tan",
       {"_sparse_tan"},
       "Tangent of angles in radians.",
       real_kernel<Tan>,
       [](const Terms &t) { return t.h * (t.y * t.y + 1.0); },
       {-1, 0.5, 1.25},
       {-1.557407725, 0.5463024898, 3.009569674}},
      {"arcsin",
       {"_sparse_arcsin"},
       "Inverse sine, in radians.",
       real_kernel<Arcsin>,
       [](const Terms &t) { return t.h * (1.0 - t.x * t.x).apply("rsqrt"); },
       {-0.5, 0.25, 0.75},
       {-0.5235987756, 0.2526802551, 0.848062079}},
      {"arccos",
       {"_sparse_arccos"},
       "Inverse cosine, in radians.",
       real_kernel<Arccos>,
       [](const Terms &t) { return -(t.h * (1.0 - t.x * t.x).apply("rsqrt")); },
       {-0.5, 0.25, 0.75},
       {2.094395102, 1.318116072, 0.7227342478}},
      {"arctan",
       {"_sparse_arctan"},
       "Inverse tangent, in radians.",
       real_kernel<Arctan>,
       [](const Terms &t) { return t.h / (t.x * t.x + 1.0); },
       {-1, 0.5, 2},
       {-0.7853981634, 0.463647609, 1.107148718}},
      {"sinh",
       {"_sparse_sinh"},
       "Hyperbolic sine.",
       real_kernel<Sinh>,
       [](const Terms &t) { return t.h * t.x.apply("cosh"); },
       {-1, 0.5, 2},
       {-1.175201194, 0.5210953055, 3.626860408}},
      {"cosh",
       {"_sparse_cosh"},
       "Hyperbolic cosine.",
       real_kernel<Cosh>,
       [](const Terms &t) { return t.h * t.x.apply("sinh"); },
       {-1, 0.5, 2},
       {1.543080635, 1.127625965, 3.762195691}},
      {"tanh",
       {"_sparse_tanh"},
       "Hyperbolic tangent.",
       with_row(real_kernel<Tanh>, fast.tanh),
       [](const Terms &t) { return t.h * (1.0 - t.y * t.y); },
       {-1, 0.5, 2},
       {-0.761594156, 0.4621171573, 0.9640275801}},
      {"arcsinh",
       {"_sparse_arcsinh"},
       "Inverse hyperbolic sine.",
       real_kernel<Arcsinh>,
       [](const Terms &t) { return t.h * (t.x * t.x + 1.0).apply("rsqrt"); },
       {-1, 0.5, 2},
       {-0.881373587, 0.4812118251, 1.443635475}},
      {"arccosh",
       {"_sparse_arccosh"},
       "Inverse hyperbolic cosine; NaN below 1.",
       real_kernel<Arccosh>,
       [](const Terms &t) { return t.h * (t.x * t.x - 1.0).apply("rsqrt"); },
       {1.5, 2, 10},
       {0.9624236501, 1.316957897, 2.993222846}},
      {"arctanh",
       {"_sparse_arctanh"},
       "Inverse hyperbolic tangent.",
       real_kernel<Arctanh>,
       [](const Terms &t) { return t.h / (1.0 - t.x * t.x); },
       {-0.5, 0.25, 0.75},
       {-0.5493061443, 0.2554128119, 0.9729550745}},
      {"degrees",
       {"_sparse_degrees"},
       "Radians as degrees.",
       real_kernel<Degrees>,
       [](const Terms &t) { return t.h * (180 / kPi); },
       {-1, 0.5, 2},
       {-57.29577951, 28.64788976, 114.591559}},
      {"radians",
       {"_sparse_radians"},
       "Degrees as radians.",
       real_kernel<Radians>,
       [](const Terms &t) { return t.h * (kPi / 180); },
       {-90, 45, 180},
       {-1.570796327, 0.7853981634, 3.141592654}},
      {"reciprocal",
       {},
       "1 divided by each element.",
       with_row(real_kernel<Reciprocal>, basic.reciprocal),
       [](const Terms &t) { return -(t.h * t.y * t.y); },
       {-2, 0.5, 4},
       {-0.5, 2, 0.25}},
      {"relu",
       {"_sparse_relu", "_npx_relu"},
       "Each element where it is positive, else 0.",
       with_row(exact_kernel<Relu>, basic.relu),
       [](const Terms &t) { return t.h * t.y.scalar("greater_scalar", 0); },
       {-2, 0.5, 3},
       {0, 0.5, 3}},
      {"sigmoid",
       {"_sparse_sigmoid", "_npx_sigmoid"},
       "Logistic function, 1 / (1 + exp(-x)).",
       with_row(real_kernel<Sigmoid>, fast.sigmoid),
       [](const Terms &t) { return t.h * t.y * (1.0 - t.y); },
       {-1, 0, 2},
       {0.2689414214, 0.5, 0.880797078}},
      {"softsign",
       {},
       "x / (1 + |x|).",
       real_kernel<Softsign>,
       [](const Terms &t) { return t.h / (t.x.apply("abs") + 1.0).apply("square"); },
       {-1, 0.5, 3},
       {-0.5, 0.3333333333, 0.75}},
      {"erf",
       {"_npx_erf"},
       "Error function.",
       real_kernel<Erf>,
       [](const Terms &t) { return t.h * (-(t.x * t.x)).apply("exp") * (2 / std::sqrt(kPi)); },
       {-1, 0.5, 2},
       {-0.8427007929, 0.5204998778, 0.995322265}},
      {"erfinv",
       {"_npx_erfinv"},
       "Inverse of the error function.",
       real_kernel<Erfinv>,
       [](const Terms &t) { return t.h * (t.y * t.y).apply("exp") * (std::sqrt(kPi) / 2); },
       {-0.5, 0.25, 0.75},
       {-0.4769362762, 0.225312055, 0.8134198476}},
      {"gamma",
       {"_sparse_gamma", "_npx_gamma"},
       "Gamma function.",
       real_kernel<Gamma>,
       [](const Terms &t) { return t.h * t.y * t.x.apply("digamma"); },
       {0.5, 1.5, 4},
       {1.772453851, 0.8862269255, 6}},
      {"gammaln",
       {"_sparse_gammaln", "_npx_gammaln"},
       "Logarithm of the absolute value of the gamma function.",
       real_kernel<Gammaln>,
       [](const Terms &t) { return t.h * t.x.apply("digamma"); },
       {0.5, 1.5, 4},
       {0.5723649429, -0.1207822376, 1.791759469}},
      {"logical_not",
       {},
       "1 where an element is zero, else 0, in the same dtype.",
       exact_kernel<LogicalNot>,
       nullptr,
       {-2, 0, 1},
       {0, 1, 0}},
  };
}

// Derivatives of gammaln, which gradients need.
std::vector<Row> inner_rows() {
  return {
      {"digamma",
       {},
       "Derivative of gammaln.",
       real_kernel<Digamma>,
       [](const Terms &t) { return t.h * t.x.apply("trigamma"); },
       {0.5, 1, 4},
       {-1.963510026, -0.5772156649, 1.256117668}},
      {"trigamma",
       {},
       "Second derivative of gammaln.",
       real_kernel<Trigamma>,
       nullptr,
       {0.5, 1, 4},
       {4.934802201, 1.644934067, 0.2838229557}},
  };
}

DefinitionBuilder<NoAttrs> define(Registry &registry, const Row &row) {
  auto op = registry.op<NoAttrs>(row.name, "elementwise");
  op.doc(row.summary);
  for (const char *alias : row.aliases) op.alias(alias);
  op.input("data", "Values; any shape.");
  op.output("output");
  op.in_place(0, 0);
  op.infer(infer_like_input<NoAttrs>);
  op.kernel([kernel = row.kernel](KernelContext &c, const NoAttrs &) { run_unary(kernel, c.in(0), c.out(0)); });
  op.elementwise([kernel = row.kernel](const NoAttrs &) { return Elementwise{Elementwise::kUnary, kernel, {}, 0}; });
  op.sample({{}, {{{3}, row.sample_in}}, {{{3}, row.sample_out}}}).check_gradient = row.formula != nullptr;
  return op;
}

void set_gradient(DefinitionBuilder<NoAttrs> &op, Formula formula) {
  op.gradient([formula](GradientContext &g, const NoAttrs &) {
    if (formula) g.set(0, formula({{g, g.head(0)}, {g, g.input(0)}, {g, g.output(0)}}).entry());
  });
}

}  // namespace

CERMET_REGISTER(elementwise_unary)(Registry &registry) {
  for (const Row &row : rows()) {
    auto op = define(registry, row);
    set_gradient(op, row.formula);
  }
  for (const Row &row : inner_rows()) {
    auto op = define(registry, row);
    op.internal();
    if (row.formula) set_gradient(op, row.formula);
  }
}

}  // namespace cermet
