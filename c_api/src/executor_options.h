// SPDX-License-Identifier: Apache-2.0
// cermet_executor_options as the engine has them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <cermet/executor.h>

#include "runtime/executor_family.h"

namespace cermet::c_api {

// `struct_size` tells how much of the struct the caller knows; the rest is as if it were 0.
inline ExecutorOptions executor_options_of(const cermet_executor_options *given) {
  if (!given) return {};
  constexpr size_t kFirst = offsetof(cermet_executor_options, recompute) + sizeof(double);  // version 0.1
  static_assert(kFirst == 24 || sizeof(size_t) != 8);
  if (given->struct_size < kFirst)
    throw Error(Status::invalid_argument, "options", "got a struct_size of ", given->struct_size, "; want at least ",
                kFirst);
  cermet_executor_options options{};
  std::memcpy(&options, given, std::min(given->struct_size, sizeof options));
  return {options.memory_budget, options.recompute};
}

}  // namespace cermet::c_api
