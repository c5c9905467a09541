// SPDX-License-Identifier: Apache-2.0
// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019). The bias correction is the caller's business: it
// goes into the learning rate.
#include "ops/optimizer/multi_update.h"

namespace cermet {
namespace {

using optimizer::RuleBase;
using optimizer::sample_grad;
using optimizer::sample_state;
using optimizer::sample_weight;

struct Moments : RuleBase {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr std::array<const char *, 2> kStates{"mean", "var"};

  template <class A>
  static void declare_moments(DefinitionBuilder<A> &op) {
    op.attr("beta1", &A::beta1, "Part of the mean that is kept.");
    op.attr("beta2", &A::beta2, "Part of the variance that is kept.");
    op.attr("epsilon", &A::epsilon, "Added to the square root of the variance.");
  }

  // Moves the moments on and returns mean / (sqrt(var) + epsilon).
  template <class C>
  C direction(C grad, C *states) const {
    C &mean = states[0], &var = states[1];
    mean = static_cast<C>(beta1) * mean + static_cast<C>(1 - beta1) * grad;
    var = static_cast<C>(beta2) * var + static_cast<C>(1 - beta2) * grad * grad;
    return mean / (std::sqrt(var) + static_cast<C>(epsilon));
  }
};

struct Adam : Moments {
  bool lazy_update = true;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_moments(op);
    op.attr("lazy_update", &A::lazy_update, "Only for MXNet's sparse gradients; has no effect.");
  }
  template <class C>
  C step(C weight, C grad, C *states) const {
    C whole = clipped(scaled(grad) + static_cast<C>(wd) * weight);
    return weight - static_cast<C>(lr) * direction(whole, states);
  }
};

struct AdamW : Moments {
  double eta = 0;
  static constexpr bool kTensorScale = true;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_moments(op);
    if constexpr (std::is_same_v<A, AdamW>) op.attr("eta", &A::eta, "Schedule factor of the whole step.").required();
  }
  template <class C>
  C step(C weight, C grad, C *states) const {
    C move = static_cast<C>(lr) * direction(clipped(scaled(grad)), states) + static_cast<C>(wd) * weight;
    return weight - static_cast<C>(eta) * move;
  }
};

}  // namespace

CERMET_REGISTER(adam_update)(Registry &registry) {
  optimizer::UpdateText text{
      "adam_update",
      {"_sparse_adam_update"},
      "A step of Adam.",
      "g = clip(rescale_grad * grad + wd * weight); mean = beta1 * mean + (1 - beta1) * g; var = beta2 * "
      "var + (1 - beta2) * g^2; weight - lr * mean / (sqrt(var) + epsilon). Correct lr for the bias of "
      "the first steps yourself: lr * sqrt(1 - beta2^t) / (1 - beta1^t)."};
  optimizer::register_update<Adam>(registry, text)
      .sample({{{"lr", 0.1}, {"wd", 0.01}},
               {sample_weight(), sample_grad(), sample_state(), sample_state()},
               {{{3}, {0.9554475364, -2.062044853, 0.5230494182}}}});
}

CERMET_REGISTER(adamw_update)(Registry &registry) {
  optimizer::UpdateText text{
      "adamw_update",
      {"_adamw_update"},
      "A step of Adam with decoupled weight decay.",
      "g = clip(rescale_grad * grad), moments as in adam_update; weight - eta * (lr * mean / (sqrt(var) "
      "+ epsilon) + wd * weight)."};
  SampleArray scale{{1}, {2}}, result{{3}, {0.9650926448, -2.0320873422, 0.541441433}};
  AttrList attrs{{"lr", 0.1}, {"eta", 0.5}, {"wd", 0.01}};
  optimizer::register_update<AdamW>(registry, text)
      .sample({attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), scale}, {result}});
  text.aliases = {"_mp_adamw_update"};
  optimizer::register_mp_update<AdamW>(registry, text)
      .sample(
          {attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), sample_weight(), scale}, {result}});
  attrs = {{"lrs", std::vector<double>{0.1}}, {"etas", std::vector<double>{0.5}}, {"wds", std::vector<double>{0.01}}};
  text.aliases = {"_multi_adamw_update"};
  optimizer::register_multi_update<AdamW>(registry, text, false)
      .sample({attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), scale}, {result}});
  text.aliases = {"_multi_mp_adamw_update"};
  optimizer::register_multi_update<AdamW>(registry, text, true)
      .sample(
          {attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), sample_weight(), scale}, {result}});
}

}  // namespace cermet
