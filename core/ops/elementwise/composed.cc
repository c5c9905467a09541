// SPDX-License-Identifier: Apache-2.0
// Functions of one array that are put together from other operators.
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

namespace {
struct HardSigmoidAttrs {
  double alpha = 0.2, beta = 0.5;
};
struct SmoothAttrs {
  double scalar = 1;
};
}  // namespace

CERMET_REGISTER(hard_sigmoid)(Registry &registry) {
  auto op = registry.op<HardSigmoidAttrs>("hard_sigmoid", "elementwise");
  op.doc("Line through the logistic function's middle, held between 0 and 1: max(0, min(1, alpha * x + beta)).");
  op.input("data", "Values; any shape.", kFloats);
  op.output("output");
  op.attr("alpha", &HardSigmoidAttrs::alpha, "Slope.");
  op.attr("beta", &HardSigmoidAttrs::beta, "Value at 0.");
  op.infer(infer_like_input<HardSigmoidAttrs>);
  op.compose([](ComposeContext &c, const HardSigmoidAttrs &a) {
    Entry line = c.apply("multiply_scalar", {c.input(0)}, {{"scalar", a.alpha}}, "scaled");
    line = c.apply("add_scalar", {line}, {{"scalar", a.beta}}, "line");
    c.output(c.apply("clip", {line}, {{"a_min", 0.0}, {"a_max", 1.0}}));
  });
  op.sample({{}, {{{4}, {-4, -1, 0.5, 3}}}, {{{4}, {0, 0.3, 0.6, 1}}}});
}

CERMET_REGISTER(smooth_l1)(Registry &registry) {
  auto op = registry.op<SmoothAttrs>("smooth_l1", "elementwise");
  op.precision(Precision::wide);
  op.doc("Absolute value with a round bottom: 0.5 * (s * x)^2 where |x| < 1 / s^2, else |x| - 0.5 / s^2.");
  op.alias("_npx_smooth_l1");
  op.input("data", "Values; any shape.", kFloats);
  op.output("output");
  op.attr("scalar", &SmoothAttrs::scalar, "The number s.").above(0);
  op.infer(infer_like_input<SmoothAttrs>);
  // With z = min(|x|, 1 / s^2), both branches are s^2 * z * (|x| - z / 2).
  op.compose([](ComposeContext &c, const SmoothAttrs &a) {
    double square = a.scalar * a.scalar;
    Entry size = c.apply("abs", {c.input(0)}, {}, "size");
    Entry held = c.apply("minimum_scalar", {size}, {{"scalar", 1 / square}}, "held");
    Entry half = c.apply("multiply_scalar", {held}, {{"scalar", 0.5}}, "half");
    Entry rest = c.apply("subtract", {size, half}, {}, "rest");
    Entry product = c.apply("multiply", {held, rest}, {}, "product");
    c.output(c.apply("multiply_scalar", {product}, {{"scalar", square}}));
  });
  op.sample({{}, {{{4}, {-2, -0.5, 0.25, 3}}}, {{{4}, {1.5, 0.125, 0.03125, 2.5}}}});
}

}  // namespace cermet
