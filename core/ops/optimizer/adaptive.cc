// SPDX-License-Identifier: Apache-2.0
// Updates that divide by a running size of the gradient: RMSProp in two forms, AdaGrad, FTRL and FTML.
#include "ops/optimizer/update.h"

namespace cermet {

using namespace optimizer;

namespace {

// Zheng and Kwok, 2017.
struct Ftml : RuleBase {
  double beta1 = 0.6, beta2 = 0.999, epsilon = 1e-8, clip_grad = -1;
  int64_t t = 0;
  static constexpr StateNames kStates{"d", "v", "z"};
  static constexpr bool kOwnClip = true;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("beta1", &A::beta1, "Part of the old direction that is kept.");
    op.attr("beta2", &A::beta2, "Part of the variance that is kept.");
    op.attr("epsilon", &A::epsilon, "Added to the square root of the variance.");
    op.attr("t", &A::t, "Number of this step, from 1.").required().min(1);
    op.attr("clip_grad", &A::clip_grad, "Bound of the gradient's absolute value; negative: none.");
  }
  template <class C>
  C step(C weight, C grad, C *states) const {
    C &d = states[0], &v = states[1], &z = states[2];
    C whole = scaled(grad) + static_cast<C>(wd) * weight;
    if (clip_grad >= 0) whole = std::min(std::max(whole, static_cast<C>(-clip_grad)), static_cast<C>(clip_grad));
    v = static_cast<C>(beta2) * v + static_cast<C>(1 - beta2) * whole * whole;
    auto steps = static_cast<double>(t);
    C denominator = static_cast<C>((1 - std::pow(beta1, steps)) / lr) *
                    (std::sqrt(v / static_cast<C>(1 - std::pow(beta2, steps))) + static_cast<C>(epsilon));
    z = static_cast<C>(beta1) * z + static_cast<C>(1 - beta1) * whole -
        (denominator - static_cast<C>(beta1) * d) * weight;
    d = denominator;
    return -z / d;
  }
};

}  // namespace

CERMET_REGISTER(adaptive_updates)(Registry &registry) {
  SampleArray weight = sample_weight(), grad = sample_grad(), state = sample_state(), small{{3}, {0.01, 0.02, 0.03}},
              delta{{3}, {0.1, -0.1, 0}}, z{{3}, {0.3, -0.2, 0.1}};
  register_update<RmsProp>(registry, {"rmsprop_update",
                                      {},
                                      "A step of RMSProp.",
                                      "g = clip(rescale_grad * grad + wd * weight); n = gamma1 * n + (1 - gamma1) * "
                                      "g^2; weight - lr * g / sqrt(n + epsilon)."})
      .sample({{{"lr", 0.1}}, {weight, grad, state}, {{{3}, {0.8475014368, -2.204124141, 0.8840122868}}}});
  register_update<RmsPropAlex>(
      registry,
      {"rmspropalex_update",
       {},
       "A step of centered RMSProp with momentum.",
       "As rmsprop_update, with the variance n - mean(g)^2 under the root and delta = gamma2 * delta - step."})
      .sample(
          {{{"lr", 0.1}}, {weight, grad, state, small, delta}, {{{3}, {0.9366501218, -2.2961794271, 0.8893254717}}}});
  register_update<AdaGrad>(registry, {"adagrad_update",
                                      {},
                                      "A step of AdaGrad.",
                                      "g = clip(rescale_grad * grad); history = history + g^2; weight - lr * (g / "
                                      "sqrt(history + epsilon) + wd * weight)."})
      .sample(
          {{{"lr", 0.1}, {"wd", 0.01}}, {weight, grad, state}, {{{3}, {0.9144845866, -2.0892870891, 0.5985754806}}}});
  register_update<Ftrl>(registry, {"ftrl_update",
                                   {"_sparse_ftrl_update"},
                                   "A step of FTRL-proximal.",
                                   "z = z + g - (sqrt(n + g^2) - sqrt(n)) * weight / lr; n = n + g^2; the weight is 0 "
                                   "where |z| <= lamda1, else (sign(z) * lamda1 - z) / ((beta + sqrt(n)) / lr + wd)."})
      .sample(
          {{{"lr", 0.1}, {"wd", 0.1}}, {weight, grad, z, state}, {{{3}, {0.1213656618, -0.6532884801, 0.4227588449}}}});
  register_update<Ftml>(registry, {"ftml_update", {}, "A step of FTML.", "Follow the moving leader (ICML 2017)."})
      .sample({{{"lr", 0.1}, {"t", 2}},
               {weight, grad, {{3}, {1, 2, 3}}, state, z},
               {{{3}, {0.9783664884, -1.9669493177, 0.5079573618}}}});
}

}  // namespace cermet
