// SPDX-License-Identifier: Apache-2.0
// AdaGrad (Duchi, Hazan and Singer, 2011).
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  double epsilon = 1e-7;
};
}  // namespace

CERMET_REGISTER(optimizer_adagrad)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "adagrad", "optimizer");
  def.doc("AdaGrad: steps scaled by the sum of all squared gradients so far.", "Duchi, Hazan and Singer, 2011.");
  declare_optimizer_attrs(def);
  def.attr("epsilon", &Attrs::epsilon, "Added to the sum of squares.").min(0);
  make_optimizer(
      def, [](const Attrs &) { return "adagrad_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        return step_attrs(a, step, {{"epsilon", a.epsilon}});
      });
}

}  // namespace cermet
