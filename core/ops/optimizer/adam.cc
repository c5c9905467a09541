// SPDX-License-Identifier: Apache-2.0
// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019). The bias correction is the caller's business: it
// goes into the learning rate.
#include "ops/optimizer/multi_update.h"

namespace cermet {

using namespace optimizer;

CERMET_REGISTER(adam_update)(Registry &registry) {
  UpdateText text{"adam_update",
                  {"_sparse_adam_update"},
                  "A step of Adam.",
                  "g = clip(rescale_grad * grad + wd * weight); mean = beta1 * mean + (1 - beta1) * g; var = beta2 * "
                  "var + (1 - beta2) * g^2; weight - lr * mean / (sqrt(var) + epsilon). Correct lr for the bias of "
                  "the first steps yourself: lr * sqrt(1 - beta2^t) / (1 - beta1^t)."};
  register_update<Adam>(registry, text)
      .sample({{{"lr", 0.1}, {"wd", 0.01}},
               {sample_weight(), sample_grad(), sample_state(), sample_state()},
               {{{3}, {0.9554475364, -2.062044853, 0.5230494182}}}});
}

CERMET_REGISTER(adamw_update)(Registry &registry) {
  UpdateText text{"adamw_update",
                  {"_adamw_update"},
                  "A step of Adam with decoupled weight decay.",
                  "g = clip(rescale_grad * grad), moments as in adam_update; weight - eta * (lr * mean / (sqrt(var) "
                  "+ epsilon) + wd * weight)."};
  SampleArray scale{{1}, {2}}, result{{3}, {0.9650926448, -2.0320873422, 0.541441433}};
  AttrList attrs{{"lr", 0.1}, {"eta", 0.5}, {"wd", 0.01}};
  register_update<AdamW>(registry, text)
      .sample({attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), scale}, {result}});
  text.aliases = {"_mp_adamw_update"};
  register_mp_update<AdamW>(registry, text)
      .sample(
          {attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), sample_weight(), scale}, {result}});
  attrs = {{"lrs", std::vector<double>{0.1}}, {"etas", std::vector<double>{0.5}}, {"wds", std::vector<double>{0.01}}};
  text.aliases = {"_multi_adamw_update"};
  register_multi_update<AdamW>(registry, text, false)
      .sample({attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), scale}, {result}});
  text.aliases = {"_multi_mp_adamw_update"};
  register_multi_update<AdamW>(registry, text, true)
      .sample(
          {attrs, {sample_weight(), sample_grad(), sample_state(), sample_state(), sample_weight(), scale}, {result}});
}

}  // namespace cermet
