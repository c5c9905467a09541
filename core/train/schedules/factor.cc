// SPDX-License-Identifier: Apache-2.0
// Steps at regular distances.
#include <algorithm>
#include <cmath>

#include "train/schedules/warmup.h"

namespace cermet {
namespace {
struct Attrs : Warmup {
  int64_t step = 1;
  double factor = 1, stop_factor_lr = 1e-8;
};
}  // namespace

CERMET_REGISTER(schedule_factor)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::schedule, "factor", "schedule");
  def.doc("The learning rate times a factor after every `step` updates.");
  def.attr("step", &Attrs::step, "Number of updates between changes.").required().min(1);
  def.attr("factor", &Attrs::factor, "What the rate is multiplied by each time.").above(0).max(1);
  def.attr("stop_factor_lr", &Attrs::stop_factor_lr, "The rate does not fall below this.").min(0);
  declare_warmup_attrs(def);
  make_schedule(def, [](const Attrs &a, double base, int64_t update) {
    double rate = base * std::pow(a.factor, static_cast<double>((update - 1) / a.step));
    return std::max(rate, std::min(base, a.stop_factor_lr));
  });
}

}  // namespace cermet
