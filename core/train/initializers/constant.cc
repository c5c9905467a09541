// SPDX-License-Identifier: Apache-2.0
// One value.
#include "train/initializers/fill.h"

namespace cermet {
namespace {
struct Attrs {
  double value = 0;
};
}  // namespace

CERMET_REGISTER(initializer_constant)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::initializer, "constant", "initializer");
  def.doc("Fills with one value.");
  def.attr("value", &Attrs::value, "The value.");
  make_initializer(def, [](const Attrs &a, const NewParameter &p) { fill_with(p, [&](int64_t) { return a.value; }); });
}

}  // namespace cermet
