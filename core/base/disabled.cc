// SPDX-License-Identifier: Apache-2.0
#include "base/disabled.h"

#include <cstdlib>

#include "base/text.h"

namespace cermet {

bool disabled(std::string_view name) {
  const char *names = std::getenv("CERMET_DISABLE");
  return names && cat(",", names, ",").find(cat(",", name, ",")) != std::string::npos;
}

}  // namespace cermet
