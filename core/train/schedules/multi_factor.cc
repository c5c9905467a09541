// SPDX-License-Identifier: Apache-2.0
// Steps at given places.
#include "train/schedules/warmup.h"

namespace cermet {
namespace {
struct Attrs : Warmup {
  std::vector<int64_t> steps;
  double factor = 1;
};
}  // namespace

CERMET_REGISTER(schedule_multi_factor)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::schedule, "multi_factor", "schedule");
  def.doc("The learning rate times a factor after each of some given numbers of updates.");
  def.attr("steps", &Attrs::steps, "Numbers of updates after which the rate changes, rising.").required().min(1);
  def.attr("factor", &Attrs::factor, "What the rate is multiplied by each time.").above(0).max(1);
  declare_warmup_attrs(def);
  def.check([](const Attrs &a) {
    for (size_t k = 1; k < a.steps.size(); ++k)
      if (a.steps[k] <= a.steps[k - 1])
        throw Error(Status::invalid_argument, "steps", "got ", a.steps[k], " after ", a.steps[k - 1],
                    "; want rising numbers");
  });
  make_schedule(def, [](const Attrs &a, double base, int64_t update) {
    for (int64_t step : a.steps)
      if (update > step) base *= a.factor;
    return base;
  });
}

}  // namespace cermet
