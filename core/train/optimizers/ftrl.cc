// SPDX-License-Identifier: Apache-2.0
// Follow the regularized leader (McMahan et al., 2013).
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  Attrs() { learning_rate = 0.1; }
  double lamda1 = 0.01, beta = 1;
};
}  // namespace

CERMET_REGISTER(optimizer_ftrl)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "ftrl", "optimizer");
  def.doc("FTRL: sparse weights by an L1 penalty, for linear models of many features.", "McMahan et al., 2013.");
  declare_optimizer_attrs(def);
  def.attr("lamda1", &Attrs::lamda1, "Weight of the L1 penalty.").min(0);
  def.attr("beta", &Attrs::beta, "Offset of the rate's denominator.").min(0);
  make_optimizer(
      def, [](const Attrs &) { return "ftrl_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        return step_attrs(a, step, {{"lamda1", a.lamda1}, {"beta", a.beta}});
      });
}

}  // namespace cermet
