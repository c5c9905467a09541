// SPDX-License-Identifier: Apache-2.0
// Steps along the sign of the gradient (Bernstein et al., 2018).
#include "train/rules.h"

namespace cermet {
namespace {
struct Attrs : OptimizerAttrs {
  double momentum = 0.9, wd_lh = 0;
};
}  // namespace

CERMET_REGISTER(optimizer_signum)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::optimizer, "signum", "optimizer");
  def.doc("Steps of equal size along the sign of the averaged gradient.",
          "Bernstein et al., 2018. Without momentum it is the sign of the gradient itself.");
  declare_optimizer_attrs(def);
  def.attr("momentum", &Attrs::momentum, "Part of the averaged gradient that is kept.").min(0).max(1);
  def.attr("wd_lh", &Attrs::wd_lh, "Weight decay that acts on the weight itself, not on the average; needs momentum.")
      .min(0);
  def.check([](const Attrs &a) {
    if (a.momentum == 0 && a.wd_lh != 0)
      throw Error(Status::invalid_argument, "wd_lh", "got ", a.wd_lh, " without momentum; want 0");
  });
  make_optimizer(
      def, [](const Attrs &a) { return a.momentum == 0 ? "signsgd_update" : "signum_update"; },
      [](const Attrs &a, const OptimizerStep &step) {
        if (a.momentum == 0) return step_attrs(a, step);
        return step_attrs(a, step, {{"momentum", a.momentum}, {"wd_lh", a.wd_lh}});
      });
}

}  // namespace cermet
