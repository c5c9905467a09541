// SPDX-License-Identifier: Apache-2.0
// LAMB (You et al., 2020) in two operators: the direction of the step, and the step with the trust ratio.
#include "ops/optimizer/update.h"

namespace cermet {
namespace {

// `step` returns the direction instead of the new weight.
struct Direction : optimizer::RuleBase {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6;
  int64_t t = 0;
  bool bias_correction = true;
  static constexpr optimizer::StateNames kStates{"mean", "var"};
  static constexpr bool kNoRate = true;

  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("beta1", &A::beta1, "Part of the mean that is kept.");
    op.attr("beta2", &A::beta2, "Part of the variance that is kept.");
    op.attr("epsilon", &A::epsilon, "Added to the square root of the variance.");
    op.attr("t", &A::t, "Number of this step, from 1.").required().min(1);
    op.attr("bias_correction", &A::bias_correction, "Correct the moments for their start at 0.");
  }
  template <class C>
  C step(C weight, C grad, C *states) const {
    C &mean = states[0], &var = states[1], whole = clipped(scaled(grad));
    mean = static_cast<C>(beta1) * mean + static_cast<C>(1 - beta1) * whole;
    var = static_cast<C>(beta2) * var + static_cast<C>(1 - beta2) * whole * whole;
    auto steps = static_cast<double>(t);
    C m = bias_correction ? mean / static_cast<C>(1 - std::pow(beta1, steps)) : mean;
    C v = bias_correction ? var / static_cast<C>(1 - std::pow(beta2, steps)) : var;
    return m / (std::sqrt(v) + static_cast<C>(epsilon)) + static_cast<C>(wd) * weight;
  }
};

struct StepAttrs {
  double lr = 0, lower_bound = -1, upper_bound = -1;
};

template <class T>
void take_step(KernelContext &c, const StepAttrs &a) {
  using C = Compute<T>;
  auto weight_norm = static_cast<double>(static_cast<C>(*c.in_as<T>(2)));
  auto step_norm = static_cast<double>(static_cast<C>(*c.in_as<T>(3)));
  if (a.lower_bound >= 0) weight_norm = std::max(weight_norm, a.lower_bound);
  if (a.upper_bound >= 0) weight_norm = std::min(weight_norm, a.upper_bound);
  bool trusted = weight_norm != 0 && step_norm != 0;
  auto rate = static_cast<C>(trusted ? a.lr * weight_norm / step_norm : a.lr);
  const T *weight = c.in_as<T>(0), *direction = c.in_as<T>(1);
  T *out = c.out_as<T>(0);
  for (int64_t k = 0; k < c.in(0).numel(); ++k)
    out[k] = static_cast<C>(weight[k]) - rate * static_cast<C>(direction[k]);
}

}  // namespace

CERMET_REGISTER(lamb_update)(Registry &registry) {
  auto first = optimizer::register_update<Direction>(
      registry,
      {"lamb_update_phase1",
       {},
       "Direction of a step of LAMB; lamb_update_phase2 takes the step.",
       "Moments as in adam_update with g = clip(rescale_grad * grad); mean / (sqrt(var) + epsilon) + wd * weight."});
  first.sample(
      {{{"t", 2}, {"wd", 0.01}},
       {optimizer::sample_weight(), optimizer::sample_grad(), optimizer::sample_state(), optimizer::sample_state()},
       {{{3}, {0.114101094, 0.1270377776, -0.0494451029}}}});

  auto second = registry.op<StepAttrs>("lamb_update_phase2", "optimizer");
  second.doc("A step of LAMB: weight - lr * r1 / r2 * g, or weight - lr * g where a norm is 0.");
  second.input("weight", "Weight; any shape.", kFloats);
  second.input("g", "Direction, from lamb_update_phase1.", kFloats);
  second.input("r1", "Norm of the weight, one number.", kFloats);
  second.input("r2", "Norm of the direction, one number.", kFloats);
  second.output("output", "The new weight; may be the weight itself.");
  second.in_place(0, 0);
  second.attr("lr", &StepAttrs::lr, "Learning rate.").required();
  second.attr("lower_bound", &StepAttrs::lower_bound, "Lower bound of r1; negative: none.");
  second.attr("upper_bound", &StepAttrs::upper_bound, "Upper bound of r1; negative: none.");
  second.infer([](InferContext &c, const StepAttrs &) {
    c.expect(1, c.shape(0), c.dtype(0));
    for (int k : {2, 3}) {
      c.expect_dtype(k, c.dtype(0));
      if (c.shape(k).numel() != 1)
        throw Error(Status::shape, c.input_name(k), "got ", c.shape(k), "; want one element");
    }
    c.output(0, c.shape(0), c.dtype(0));
  });
  second.kernel([](KernelContext &c, const StepAttrs &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) { take_step<typename decltype(tag)::type>(c, a); });
  });
  second.sample({{{"lr", 0.1}}, {{{2}, {3, 4}}, {{2}, {1, -1}}, {{1}, {5}}, {{1}, {2}}}, {{{2}, {2.75, 4.25}}}});
}

}  // namespace cermet
