// SPDX-License-Identifier: Apache-2.0
// Telling a forked child from its parent, at the price of a load.
#pragma once

#include <cstdint>

namespace cermet {

// A number that stays the same in one process, and that no process has which it was forked from.
uint64_t process_number();

}  // namespace cermet
