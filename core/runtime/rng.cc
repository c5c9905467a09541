// SPDX-License-Identifier: Apache-2.0
#include "runtime/rng.h"

namespace cermet {

Rng &default_rng() {
  static auto *instance = new Rng(0);
  return *instance;
}

}  // namespace cermet
