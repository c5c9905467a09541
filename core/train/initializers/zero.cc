// SPDX-License-Identifier: Apache-2.0
// All zeros.
#include "train/initializers/fill.h"

namespace cermet {

CERMET_REGISTER(initializer_zero)(Registry &registry) {
  auto def = registry.add<NoAttrs>(Kind::initializer, "zero", "initializer");
  def.doc("Fills with zeros.");
  def.alias("zeros");
  make_initializer(def, [](const NoAttrs &, const NewParameter &p) { fill_with(p, [](int64_t) { return 0; }); });
}

}  // namespace cermet
