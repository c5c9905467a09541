// SPDX-License-Identifier: Apache-2.0
// AdamW (Loshchilov and Hutter, 2019): Adam with weight decay beside the gradient's step.
#include "train/optimizers/adam_attrs.h"

namespace cermet {

CERMET_REGISTER(optimizer_adamw)(Registry &registry) {
  auto def = registry.add<AdamAttrs>(Kind::optimizer, "adamw", "optimizer");
  def.doc("Adam with weight decay that does not pass through the means of gradients.",
          "Loshchilov and Hutter, 2019: each step also takes learning_rate * wd of the weight away.");
  declare_adam_attrs(def);
  make_optimizer(
      def, [](const AdamAttrs &) { return "adamw_update"; },
      [](const AdamAttrs &a, const OptimizerStep &step) {
        // the operator multiplies everything by eta, the decay by that alone
        OptimizerStep scaled = unbiased(a, step);
        scaled.wd = step.learning_rate * step.wd;
        AttrList out = adam_step_attrs(a, scaled);
        out.emplace_back("eta", 1.0);
        return out;
      });
}

}  // namespace cermet
