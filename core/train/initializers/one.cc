// SPDX-License-Identifier: Apache-2.0
// All ones.
#include "train/initializers/fill.h"

namespace cermet {

CERMET_REGISTER(initializer_one)(Registry &registry) {
  auto def = registry.add<NoAttrs>(Kind::initializer, "one", "initializer");
  def.doc("Fills with ones.");
  def.alias("ones");
  make_initializer(def, [](const NoAttrs &, const NewParameter &p) { fill_with(p, [](int64_t) { return 1; }); });
}

}  // namespace cermet
