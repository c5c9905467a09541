// SPDX-License-Identifier: Apache-2.0
// Gradient descent with Nesterov's momentum.
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  double momentum = 0.9;
};
}  // namespace

CERMET_REGISTER(optimizer_nag)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "nag", "optimizer");
  def.doc(
      "Gradient descent with Nesterov's momentum.",
      "As sgd, with the gradient taken where the momentum leads (Nesterov, 1983; the form of Sutskever et al., 2013).");
  declare_optimizer_attrs(def);
  def.attr("momentum", &Attrs::momentum, "Part of the last step that is taken again.").min(0).max(1);
  make_optimizer(
      def, [](const Attrs &) { return "nag_mom_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        return step_attrs(a, step, {{"momentum", a.momentum}});
      });
}

}  // namespace cermet
