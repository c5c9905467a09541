// SPDX-License-Identifier: Apache-2.0
// Updates that use the sign of the gradient only (Bernstein et al., 2018).
#include "ops/optimizer/update.h"

namespace cermet {
namespace {

using optimizer::RuleBase;

template <class C>
C sign(C x) {
  return static_cast<C>((x > C(0)) - (x < C(0)));
}

struct SignSgd : RuleBase {
  static constexpr std::array<const char *, 0> kStates{};
  template <class A>
  static void declare(DefinitionBuilder<A> &) {}
  template <class C>
  C step(C weight, C grad, C *) const {
    return (C(1) - static_cast<C>(lr * wd)) * weight - static_cast<C>(lr) * sign(clipped(scaled(grad)));
  }
};

struct Signum : RuleBase {
  double momentum = 0, wd_lh = 0;
  static constexpr std::array<const char *, 1> kStates{"mom"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("momentum", &A::momentum, "Part of the averaged gradient that is kept.");
    op.attr("wd_lh", &A::wd_lh, "Weight decay that acts on the weight itself, not on the average.");
  }
  template <class C>
  C step(C weight, C grad, C *mom) const {
    *mom = static_cast<C>(momentum) * *mom -
           static_cast<C>(1 - momentum) * (static_cast<C>(wd) * weight + clipped(scaled(grad)));
    return (C(1) - static_cast<C>(lr * wd_lh)) * weight + static_cast<C>(lr) * sign(*mom);
  }
};

}  // namespace

CERMET_REGISTER(sign_updates)(Registry &registry) {
  SampleArray weight = optimizer::sample_weight(), grad = optimizer::sample_grad(), state = optimizer::sample_state();
  optimizer::register_update<SignSgd>(
      registry,
      {"signsgd_update", {}, "A step along the sign of the gradient.", "(1 - lr * wd) * weight - lr * sign(grad)."})
      .sample({{{"lr", 0.1}, {"wd", 0.01}}, {weight, grad}, {{{3}, {0.899, -2.098, 0.5995}}}});
  optimizer::register_update<Signum>(registry,
                                     {"signum_update",
                                      {},
                                      "A step along the sign of the averaged gradient.",
                                      "mom = momentum * mom - (1 - momentum) * (wd * weight + clip(rescale_grad * "
                                      "grad)); (1 - lr * wd_lh) * weight + lr * sign(mom)."})
      .sample({{{"lr", 0.1}, {"momentum", 0.9}, {"wd", 0.01}, {"wd_lh", 0.1}},
               {weight, grad, state},
               {{{3}, {1.09, -1.88, 0.595}}}});
}

}  // namespace cermet
