// SPDX-License-Identifier: Apache-2.0
// A power of what is left of the way.
#include <cmath>

#include "train/schedules/warmup.h"

namespace cermet {
namespace {
struct Attrs : Decay {
  double pwr = 2;
};
}  // namespace

CERMET_REGISTER(schedule_poly)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::schedule, "poly", "schedule");
  def.doc("Falls from the learning rate to final_lr as a power of the remaining part of max_update.");
  declare_decay_attrs(def);
  def.attr("pwr", &Attrs::pwr, "Power of the remaining part.").above(0);
  declare_warmup_attrs(def);
  make_decay(def, [](const Attrs &a, double progress) { return std::pow(1 - progress, a.pwr); });
}

}  // namespace cermet
