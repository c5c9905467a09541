// SPDX-License-Identifier: Apache-2.0
// Sums whose terms arrive one by one, at places of an array. They are kept in float where the dtype has 16 bits: in
// float16 adding ones would end at 2048.
#pragma once

#include <vector>

#include "ops/common/fill.h"

namespace cermet {

// add(sums) adds to `sums`, one for each element of `out` (whose C++ type is T), all of which begin at zero.
template <class T, class F>
void scattered_sums(const Tensor &out, F &&add) {
  if constexpr (std::is_same_v<T, Compute<T>>) {
    fill(out, 0);
    add(out.as<T>());
  } else {
    std::vector<Compute<T>> sums(static_cast<size_t>(out.numel()));
    add(sums.data());
    for (size_t k = 0; k < sums.size(); ++k) out.as<T>()[k] = T(sums[k]);
  }
}

}  // namespace cermet
