// SPDX-License-Identifier: Apache-2.0
// What the environment variable CERMET_DISABLE=name,name ... leaves out of programs, to find the one at fault and to
// compare: passes by their names (runtime/program.cc), kernels by theirs (winograd).
#pragma once

#include <string_view>

namespace cermet {

bool disabled(std::string_view name);

}  // namespace cermet
