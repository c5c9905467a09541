// SPDX-License-Identifier: Apache-2.0
// Half a wave of the cosine (Loshchilov and Hutter, 2017).
#include <cmath>

#include "train/schedules/warmup.h"

namespace cermet {
namespace {
struct Attrs : Warmup {
  int64_t max_update = 1;
  double final_lr = 0;
};
}  // namespace

CERMET_REGISTER(schedule_cosine)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::schedule, "cosine", "schedule");
  def.doc("Falls from the learning rate to final_lr along half a cosine wave.");
  def.attr("max_update", &Attrs::max_update, "Number of updates after which final_lr is reached.").required().min(1);
  def.attr("final_lr", &Attrs::final_lr, "Learning rate from then on.").min(0);
  declare_warmup_attrs(def);
  def.check([](const Attrs &a) {
    if (a.warmup_steps >= a.max_update)
      throw Error(Status::invalid_argument, "warmup_steps", "got ", a.warmup_steps, "; want less than max_update, ",
                  a.max_update);
  });
  make_schedule(def, [](const Attrs &a, double base, int64_t update) {
    return a.final_lr + (base - a.final_lr) * (1 + std::cos(3.14159265358979323846 * progress(a, update))) / 2;
  });
}

}  // namespace cermet
