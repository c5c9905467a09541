// SPDX-License-Identifier: Apache-2.0
// Stochastic gradient descent: plain, with momentum, and with Nesterov's momentum.
#include "ops/optimizer/multi_update.h"

namespace cermet {

using namespace optimizer;

CERMET_REGISTER(sgd_update)(Registry &registry) {
  UpdateText text{"sgd_update",
                  {"_sparse_sgd_update"},
                  "A step of stochastic gradient descent.",
                  "weight - lr * (clip(rescale_grad * grad) + wd * weight)"};
  Sample sample{{{"lr", 0.1}, {"wd", 0.01}, {"clip_gradient", 2.0}},
                {sample_weight(), sample_grad()},
                {{{3}, {0.949, -2.098, 0.6995}}}};
  register_update<Sgd>(registry, text).sample(sample);
  text.aliases.clear();
  sample.inputs.push_back(sample_weight());
  register_mp_update<Sgd>(registry, text).sample(sample);
  sample.attrs = {{"lrs", std::vector<double>{0.1}}, {"wds", std::vector<double>{0.01}}, {"clip_gradient", 2.0}};
  register_multi_update<Sgd>(registry, text, true).sample(sample);
  sample.inputs.pop_back();
  register_multi_update<Sgd>(registry, text, false).sample(sample);
}

CERMET_REGISTER(sgd_mom_update)(Registry &registry) {
  UpdateText text{"sgd_mom_update",
                  {"_sparse_sgd_mom_update"},
                  "A step of gradient descent with momentum.",
                  "mom = momentum * mom - lr * (clip(rescale_grad * grad) + wd * weight); weight + mom"};
  Sample sample{{{"lr", 0.1}, {"momentum", 0.9}, {"wd", 0.01}},
                {sample_weight(), sample_grad(), sample_state()},
                {{{3}, {1.039, -1.918, 1.1695}}}};
  register_update<SgdMomentum>(registry, text).sample(sample);
  text.aliases.clear();
  sample.inputs.push_back(sample_weight());
  register_mp_update<SgdMomentum>(registry, text).sample(sample);
  sample.attrs = {{"lrs", std::vector<double>{0.1}}, {"wds", std::vector<double>{0.01}}, {"momentum", 0.9}};
  register_multi_update<SgdMomentum>(registry, text, true).sample(sample);
  sample.inputs.pop_back();
  register_multi_update<SgdMomentum>(registry, text, false).sample(sample);
}

CERMET_REGISTER(nag_mom_update)(Registry &registry) {
  UpdateText text{"nag_mom_update",
                  {},
                  "A step of gradient descent with Nesterov's momentum.",
                  "push = lr * (clip(rescale_grad * grad) + wd * weight); mom = momentum * mom - push; weight + "
                  "momentum * mom - push"};
  Sample sample{{{"lr", 0.1}, {"momentum", 0.9}},
                {sample_weight(), sample_grad(), sample_state()},
                {{{3}, {0.986, -2.028, 1.503}}}};
  register_update<Nesterov>(registry, text).sample(sample);
  sample.inputs.push_back(sample_weight());
  register_mp_update<Nesterov>(registry, text).sample(sample);
}

}  // namespace cermet
