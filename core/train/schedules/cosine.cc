// SPDX-License-Identifier: Apache-2.0
// Half a wave of the cosine (Loshchilov and Hutter, 2017).
#include <cmath>

#include "train/schedules/warmup.h"

namespace cermet {

CERMET_REGISTER(schedule_cosine)(Registry &registry) {
  auto def = registry.add<Decay>(Kind::schedule, "cosine", "schedule");
  def.doc("Falls from the learning rate to final_lr along half a cosine wave.");
  declare_decay_attrs(def);
  declare_warmup_attrs(def);
  make_decay(def, [](const Decay &, double progress) { return (1 + std::cos(3.14159265358979323846 * progress)) / 2; });
}

}  // namespace cermet
