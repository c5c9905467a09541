// SPDX-License-Identifier: Apache-2.0
// RMSProp (Tieleman and Hinton, 2012).
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  Attrs() { learning_rate = 0.001; }
  double gamma1 = 0.9, gamma2 = 0.9, epsilon = 1e-8;
  bool centered = false;
  std::optional<double> clip_weights;
};
}  // namespace

CERMET_REGISTER(optimizer_rmsprop)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "rmsprop", "optimizer");
  def.doc("RMSProp: steps scaled by a running mean of squared gradients.",
          "Tieleman and Hinton, 2012; centered, with momentum, as in Graves, 2013.");
  declare_optimizer_attrs(def);
  def.attr("gamma1", &Attrs::gamma1, "How long the mean of squared gradients remembers.").min(0).max(1);
  def.attr("gamma2", &Attrs::gamma2, "Part of the last step that is taken again, if centered.").min(0).max(1);
  def.attr("epsilon", &Attrs::epsilon, "Added to the mean square.").min(0);
  def.attr("centered", &Attrs::centered, "Scale by the variance of gradients instead of their mean square.");
  def.attr("clip_weights", &Attrs::clip_weights, "Limit on the size of each weight; absent: none.").above(0);
  make_optimizer(
      def, [](const Attrs &a) { return a.centered ? "rmspropalex_update" : "rmsprop_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        AttrList more = {{"gamma1", a.gamma1}, {"epsilon", a.epsilon}};
        if (a.centered) more.emplace_back("gamma2", a.gamma2);
        if (a.clip_weights) more.emplace_back("clip_weights", *a.clip_weights);
        return step_attrs(a, step, more);
      });
}

}  // namespace cermet
