// SPDX-License-Identifier: Apache-2.0
// Uniform random numbers.
#include "train/initializers/fill.h"

namespace cermet {
namespace {
struct Attrs {
  double scale = 0.07;
};
}  // namespace

CERMET_REGISTER(initializer_uniform)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::initializer, "uniform", "initializer");
  def.doc("Fills with uniform random numbers around 0.");
  def.attr("scale", &Attrs::scale, "Numbers lie between -scale and scale.").min(0);
  make_initializer(def, [](const Attrs &a, const NewParameter &p) { fill_uniform(p, -a.scale, a.scale); });
}

}  // namespace cermet
