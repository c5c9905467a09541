// SPDX-License-Identifier: Apache-2.0
// Adam (Kingma and Ba, 2015), with weight decay as part of the gradient, as in MXNet.
#include "train/optimizers/adam_attrs.h"

namespace cermet {

CERMET_REGISTER(optimizer_adam)(Registry &registry) {
  auto def = registry.add<AdamAttrs>(Kind::optimizer, "adam", "optimizer");
  def.doc("Adam: steps scaled by running means of gradients and of their squares.",
          "Kingma and Ba, 2015. Weight decay is added to the gradient; see adamw for decay beside it.");
  declare_adam_attrs(def);
  make_optimizer(
      def, [](const AdamAttrs &) { return "adam_update"; },
      [](const AdamAttrs &a, const OptimizerStep &step) { return adam_step_attrs(a, unbiased(a, step)); });
}

}  // namespace cermet
