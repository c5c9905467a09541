// SPDX-License-Identifier: Apache-2.0
// RMSProp (Tieleman and Hinton, 2012).
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  Attrs() { learning_rate = 0.001; }
  double gamma1 = 0.9, epsilon = 1e-8;
};
}  // namespace

CERMET_REGISTER(optimizer_rmsprop)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "rmsprop", "optimizer");
  def.doc("RMSProp: steps scaled by a running mean of squared gradients.", "Tieleman and Hinton, 2012.");
  declare_optimizer_attrs(def);
  def.attr("gamma1", &Attrs::gamma1, "How long the mean of squared gradients remembers.").min(0).max(1);
  def.attr("epsilon", &Attrs::epsilon, "Added to the mean square.").min(0);
  make_optimizer(
      def, [](const Attrs &) { return "rmsprop_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        return step_attrs(a, step, {{"gamma1", a.gamma1}, {"epsilon", a.epsilon}});
      });
}

}  // namespace cermet
