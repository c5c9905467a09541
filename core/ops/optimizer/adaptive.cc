// SPDX-License-Identifier: Apache-2.0
// Updates that divide by a running size of the gradient: RMSProp in two forms, AdaGrad, FTRL and FTML.
#include "ops/optimizer/update.h"

namespace cermet {
namespace {

using optimizer::RuleBase;
using optimizer::sample_grad;
using optimizer::sample_state;
using optimizer::sample_weight;

struct RmsBase : RuleBase {
  double gamma1 = 0.95, epsilon = 1e-8, clip_weights = -1;
  template <class A>
  static void declare_rms(DefinitionBuilder<A> &op) {
    op.attr("gamma1", &A::gamma1, "Part of the running mean of squares that is kept.");
    op.attr("epsilon", &A::epsilon, "Added under the square root.");
    op.attr("clip_weights", &A::clip_weights, "Bound of the weight's absolute value; negative: none.");
  }
  template <class C>
  C bounded(C weight) const {
    if (clip_weights < 0) return weight;
    auto bound = static_cast<C>(clip_weights);
    return std::min(std::max(weight, -bound), bound);
  }
  template <class C>
  C average(C old, C fresh) const {
    return static_cast<C>(gamma1) * old + static_cast<C>(1 - gamma1) * fresh;
  }
};

// Tieleman and Hinton, 2012.
struct RmsProp : RmsBase {
  static constexpr std::array<const char *, 1> kStates{"n"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_rms(op);
  }
  template <class C>
  C step(C weight, C grad, C *n) const {
    C whole = clipped(scaled(grad) + static_cast<C>(wd) * weight);
    *n = average(*n, whole * whole);
    return bounded(weight - static_cast<C>(lr) * whole / std::sqrt(*n + static_cast<C>(epsilon)));
  }
};

// Graves, 2013: centered, with momentum.
struct RmsPropAlex : RmsBase {
  double gamma2 = 0.9;
  static constexpr std::array<const char *, 3> kStates{"n", "g", "delta"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_rms(op);
    op.attr("gamma2", &A::gamma2, "Part of the last step that is taken again.");
  }
  template <class C>
  C step(C weight, C grad, C *states) const {
    C &n = states[0], &g = states[1], &delta = states[2];
    C whole = clipped(scaled(grad) + static_cast<C>(wd) * weight);
    n = average(n, whole * whole);
    g = average(g, whole);
    delta =
        static_cast<C>(gamma2) * delta - static_cast<C>(lr) * whole / std::sqrt(n - g * g + static_cast<C>(epsilon));
    return bounded(weight + delta);
  }
};

// Duchi, Hazan and Singer, 2011.
struct AdaGrad : RuleBase {
  double epsilon = 1e-7;
  static constexpr std::array<const char *, 1> kStates{"history"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("epsilon", &A::epsilon, "Added under the square root.");
  }
  template <class C>
  C step(C weight, C grad, C *history) const {
    C whole = clipped(scaled(grad));
    *history += whole * whole;
    return weight -
           static_cast<C>(lr) * (whole / std::sqrt(*history + static_cast<C>(epsilon)) + static_cast<C>(wd) * weight);
  }
};

// McMahan et al., 2013.
struct Ftrl : RuleBase {
  double lamda1 = 0.01, beta = 1;
  static constexpr std::array<const char *, 2> kStates{"z", "n"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("lamda1", &A::lamda1, "Weight of the L1 penalty.");
    op.attr("beta", &A::beta, "Offset of the rate's denominator.");
  }
  template <class C>
  C step(C weight, C grad, C *states) const {
    C &z = states[0], &n = states[1], whole = clipped(scaled(grad)), rate = static_cast<C>(lr);
    C squares = n + whole * whole, penalty = static_cast<C>(lamda1);
    z += whole - (std::sqrt(squares) - std::sqrt(n)) * weight / rate;
    n = squares;
    if (std::abs(z) <= penalty) return C(0);
    return ((z > C(0) ? penalty : -penalty) - z) / ((static_cast<C>(beta) + std::sqrt(n)) / rate + static_cast<C>(wd));
  }
};

// Zheng and Kwok, 2017.
struct Ftml : RuleBase {
  double beta1 = 0.6, beta2 = 0.999, epsilon = 1e-8, clip_grad = -1;
  int64_t t = 0;
  static constexpr std::array<const char *, 3> kStates{"d", "v", "z"};
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
  optimizer::register_update<RmsProp>(registry,
                                      {"rmsprop_update",
                                       {},
                                       "A step of RMSProp.",
                                       "g = clip(rescale_grad * grad + wd * weight); n = gamma1 * n + (1 - gamma1) * "
                                       "g^2; weight - lr * g / sqrt(n + epsilon)."})
      .sample({{{"lr", 0.1}}, {weight, grad, state}, {{{3}, {0.8475014368, -2.204124141, 0.8840122868}}}});
  optimizer::register_update<RmsPropAlex>(
      registry,
      {"rmspropalex_update",
       {},
       "A step of centered RMSProp with momentum.",
       "As rmsprop_update, with the variance n - mean(g)^2 under the root and delta = gamma2 * delta - step."})
      .sample(
          {{{"lr", 0.1}}, {weight, grad, state, small, delta}, {{{3}, {0.9366501218, -2.2961794271, 0.8893254717}}}});
  optimizer::register_update<AdaGrad>(registry,
                                      {"adagrad_update",
                                       {},
                                       "A step of AdaGrad.",
                                       "g = clip(rescale_grad * grad); history = history + g^2; weight - lr * (g / "
                                       "sqrt(history + epsilon) + wd * weight)."})
      .sample(
          {{{"lr", 0.1}, {"wd", 0.01}}, {weight, grad, state}, {{{3}, {0.9144845866, -2.0892870891, 0.5985754806}}}});
  optimizer::register_update<Ftrl>(registry,
                                   {"ftrl_update",
                                    {"_sparse_ftrl_update"},
                                    "A step of FTRL-proximal.",
                                    "z = z + g - (sqrt(n + g^2) - sqrt(n)) * weight / lr; n = n + g^2; the weight is 0 "
                                    "where |z| <= lamda1, else (sign(z) * lamda1 - z) / ((beta + sqrt(n)) / lr + wd)."})
      .sample(
          {{{"lr", 0.1}, {"wd", 0.1}}, {weight, grad, z, state}, {{{3}, {0.1213656618, -0.6532884801, 0.4227588449}}}});
  optimizer::register_update<Ftml>(registry,
                                   {"ftml_update", {}, "A step of FTML.", "Follow the moving leader (ICML 2017)."})
      .sample({{{"lr", 0.1}, {"t", 2}},
               {weight, grad, {{3}, {1, 2, 3}}, state, z},
               {{{3}, {0.9783664884, -1.9669493177, 0.5079573618}}}});
}

}  // namespace cermet
