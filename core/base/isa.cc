// SPDX-License-Identifier: Apache-2.0
#include "base/isa.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace cermet {

const char *isa_name(Isa isa) {
  static const char *names[] = {"baseline", "avx2", "avx512"};
  return names[static_cast<int>(isa)];
}

Isa isa() {
  static const Isa chosen = [] {
    Isa best = Isa::baseline;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) best = Isa::avx2;
    if (best == Isa::avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
      best = Isa::avx512;
    if (const char *wanted = std::getenv("CERMET_ISA"))
      for (Isa lower : {Isa::baseline, Isa::avx2})
        if (std::string(wanted) == isa_name(lower)) best = std::min(best, lower);
    return best;
  }();
  return chosen;
}

}  // namespace cermet
