// SPDX-License-Identifier: Apache-2.0
// Stochastic gradient descent, plain or with momentum.
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  double momentum = 0;
};
}  // namespace

CERMET_REGISTER(optimizer_sgd)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "sgd", "optimizer");
  def.doc("Stochastic gradient descent, plain or with momentum.",
          "weight - learning_rate * (gradient + wd * weight); momentum keeps that part of the last step.");
  declare_optimizer_attrs(def);
  def.attr("momentum", &Attrs::momentum, "Part of the last step that is taken again.").min(0).max(1);
  make_optimizer(
      def, [](const Attrs &a) { return a.momentum == 0 ? "sgd_update" : "sgd_mom_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        return a.momentum == 0 ? step_attrs(a, step) : step_attrs(a, step, {{"momentum", a.momentum}});
      });
}

}  // namespace cermet
