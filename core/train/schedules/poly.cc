// SPDX-License-Identifier: Apache-2.0
// A power of what is left of the way.
#include <cmath>

#include "train/schedules/warmup.h"

namespace cermet {
namespace {
struct Attrs : Warmup {
  int64_t max_update = 1;
  double final_lr = 0;
  double pwr = 2;
};
}  // namespace

CERMET_REGISTER(schedule_poly)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::schedule, "poly", "schedule");
  def.doc("Falls from the learning rate to final_lr as a power of the remaining part of max_update.");
  def.attr("max_update", &Attrs::max_update, "Number of updates after which final_lr is reached.").required().min(1);
  def.attr("final_lr", &Attrs::final_lr, "Learning rate from then on.").min(0);
  def.attr("pwr", &Attrs::pwr, "Power of the remaining part.").above(0);
  declare_warmup_attrs(def);
  def.check([](const Attrs &a) {
    if (a.warmup_steps >= a.max_update)
      throw Error(Status::invalid_argument, "warmup_steps", "got ", a.warmup_steps, "; want less than max_update, ",
                  a.max_update);
  });
  make_schedule(def, [](const Attrs &a, double base, int64_t update) {
    return a.final_lr + (base - a.final_lr) * std::pow(1 - progress(a, update), a.pwr);
  });
}

}  // namespace cermet
