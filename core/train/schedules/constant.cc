// SPDX-License-Identifier: Apache-2.0
// The learning rate as it is, after an optional warm-up.
#include "train/schedules/warmup.h"

namespace cermet {

CERMET_REGISTER(schedule_constant)(Registry &registry) {
  auto def = registry.add<Warmup>(Kind::schedule, "constant", "schedule");
  def.doc("The optimizer's learning rate, after an optional warm-up.");
  declare_warmup_attrs(def);
  make_schedule(def, [](const Warmup &, double base, int64_t) { return base; });
}

}  // namespace cermet
