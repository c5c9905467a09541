// SPDX-License-Identifier: Apache-2.0
// Stochastic gradient descent: plain, with momentum, and with Nesterov's momentum.
#include "ops/optimizer/multi_update.h"

namespace cermet {
namespace {

using optimizer::RuleBase;
using optimizer::sample_grad;
using optimizer::sample_state;
using optimizer::sample_weight;

struct Lazy : RuleBase {
  bool lazy_update = true;
  template <class A>
  static void declare_lazy(DefinitionBuilder<A> &op) {
    op.attr("lazy_update", &A::lazy_update, "Only for MXNet's sparse gradients; has no effect.");
  }
};

struct Sgd : Lazy {
  static constexpr std::array<const char *, 0> kStates{};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_lazy(op);
  }
  template <class C>
  C step(C weight, C grad, C *) const {
    return (C(1) - static_cast<C>(lr) * static_cast<C>(wd)) * weight - static_cast<C>(lr) * clipped(scaled(grad));
  }
};

template <class A>
void declare_momentum(DefinitionBuilder<A> &op) {
  op.attr("momentum", &A::momentum, "Part of the last step that is taken again.");
}

struct SgdMomentum : Lazy {
  double momentum = 0;
  static constexpr std::array<const char *, 1> kStates{"mom"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_momentum(op);
    declare_lazy(op);
  }
  template <class C>
  C step(C weight, C grad, C *mom) const {
    *mom = static_cast<C>(momentum) * *mom - static_cast<C>(lr) * static_cast<C>(wd) * weight -
           static_cast<C>(lr) * clipped(scaled(grad));
    return weight + *mom;
  }
};

struct Nesterov : RuleBase {
  double momentum = 0;
  static constexpr std::array<const char *, 1> kStates{"mom"};
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_momentum(op);
  }
  template <class C>
  C step(C weight, C grad, C *mom) const {
    C push = static_cast<C>(lr) * (clipped(scaled(grad)) + static_cast<C>(wd) * weight);
    *mom = static_cast<C>(momentum) * *mom - push;
    return weight + static_cast<C>(momentum) * *mom - push;
  }
};

}  // namespace

CERMET_REGISTER(sgd_update)(Registry &registry) {
  optimizer::UpdateText text{"sgd_update",
                             {"_sparse_sgd_update"},
                             "A step of stochastic gradient descent.",
                             "weight - lr * (clip(rescale_grad * grad) + wd * weight)"};
  Sample sample{{{"lr", 0.1}, {"wd", 0.01}, {"clip_gradient", 2.0}},
                {sample_weight(), sample_grad()},
                {{{3}, {0.949, -2.098, 0.6995}}}};
  optimizer::register_update<Sgd>(registry, text).sample(sample);
  text.aliases.clear();
  sample.inputs.push_back(sample_weight());
  optimizer::register_mp_update<Sgd>(registry, text).sample(sample);
  sample.attrs = {{"lrs", std::vector<double>{0.1}}, {"wds", std::vector<double>{0.01}}, {"clip_gradient", 2.0}};
  optimizer::register_multi_update<Sgd>(registry, text, true).sample(sample);
  sample.inputs.pop_back();
  optimizer::register_multi_update<Sgd>(registry, text, false).sample(sample);
}

CERMET_REGISTER(sgd_mom_update)(Registry &registry) {
  optimizer::UpdateText text{"sgd_mom_update",
                             {"_sparse_sgd_mom_update"},
                             "A step of gradient descent with momentum.",
                             "mom = momentum * mom - lr * (clip(rescale_grad * grad) + wd * weight); weight + mom"};
  Sample sample{{{"lr", 0.1}, {"momentum", 0.9}, {"wd", 0.01}},
                {sample_weight(), sample_grad(), sample_state()},
                {{{3}, {1.039, -1.918, 1.1695}}}};
  optimizer::register_update<SgdMomentum>(registry, text).sample(sample);
  text.aliases.clear();
  sample.inputs.push_back(sample_weight());
  optimizer::register_mp_update<SgdMomentum>(registry, text).sample(sample);
  sample.attrs = {{"lrs", std::vector<double>{0.1}}, {"wds", std::vector<double>{0.01}}, {"momentum", 0.9}};
  optimizer::register_multi_update<SgdMomentum>(registry, text, true).sample(sample);
  sample.inputs.pop_back();
  optimizer::register_multi_update<SgdMomentum>(registry, text, false).sample(sample);
}

CERMET_REGISTER(nag_mom_update)(Registry &registry) {
  optimizer::UpdateText text{
      "nag_mom_update",
      {},
      "A step of gradient descent with Nesterov's momentum.",
      "push = lr * (clip(rescale_grad * grad) + wd * weight); mom = momentum * mom - push; weight + "
      "momentum * mom - push"};
  Sample sample{{{"lr", 0.1}, {"momentum", 0.9}},
                {sample_weight(), sample_grad(), sample_state()},
                {{{3}, {0.986, -2.028, 1.503}}}};
  optimizer::register_update<Nesterov>(registry, text).sample(sample);
  sample.inputs.push_back(sample_weight());
  optimizer::register_mp_update<Nesterov>(registry, text).sample(sample);
}

}  // namespace cermet
