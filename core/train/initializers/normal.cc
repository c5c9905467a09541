// SPDX-License-Identifier: Apache-2.0
// Normal random numbers.
#include "train/initializers/fill.h"

namespace cermet {
namespace {
struct Attrs {
  double sigma = 0.01;
};
}  // namespace

CERMET_REGISTER(initializer_normal)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::initializer, "normal", "initializer");
  def.doc("Fills with normal random numbers around 0.");
  def.attr("sigma", &Attrs::sigma, "Standard deviation.").min(0);
  make_initializer(def, [](const Attrs &a, const NewParameter &p) { fill_normal(p, a.sigma); });
}

}  // namespace cermet
