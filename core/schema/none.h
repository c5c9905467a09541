// SPDX-License-Identifier: Apache-2.0
// What MXNet writes as None inside a tuple of integers: the open ends of slices.
#pragma once

#include <cstdint>
#include <limits>

namespace cermet {

constexpr int64_t kNoneInTuple = std::numeric_limits<int64_t>::min();

}  // namespace cermet
