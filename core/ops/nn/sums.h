// SPDX-License-Identifier: Apache-2.0
// Sums that are accurate and fast: sixteen running sums side by side (which compilers turn into vector instructions),
// moved into double every few thousand terms. The order of the additions is fixed, so the result is always the same.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cermet::nn {

// Sum of f(k) for k in [0, count); C is the type of the terms.
template <class C, class F>
double sum_of(int64_t count, F f) {
  constexpr int kLanes = 16;
  constexpr int64_t kFlush = 4096;
  double total = 0;
  int64_t whole = count / kLanes * kLanes;
  for (int64_t first = 0; first < whole; first += kFlush) {
    C lanes[kLanes] = {};
    for (int64_t k = first; k < std::min(whole, first + kFlush); k += kLanes)
      for (int lane = 0; lane < kLanes; ++lane) lanes[lane] += f(k + lane);
    for (C lane : lanes) total += static_cast<double>(lane);
  }
  for (int64_t k = whole; k < count; ++k) total += static_cast<double>(f(k));
  return total;
}

}  // namespace cermet::nn
