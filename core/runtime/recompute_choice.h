// SPDX-License-Identifier: Apache-2.0
// Chooses what to compute once more. The forward pass is cut into segments, as by Chen, Xu, Zhang and Guestrin
// ("Training deep nets with sublinear memory cost", 2016), where the fewest bytes cross; within a segment nothing is
// kept whose cost for each byte is below a bound. Bounds and numbers of segments are tried, each schedule is planned in
// full, and what then still has room beside the peak is kept after all, the most expensive first.
#pragma once

#include "runtime/recompute.h"
#include "runtime/recompute_schedule.h"

namespace cermet {

// What to keep, by value.
struct RecomputeChoice {
  std::vector<char> kept;
  int64_t peak = 0;
  double extra_cost = 0;
};

// The smallest peak within the time; with a budget, the least time within the budget, else the smallest peak.
RecomputeChoice choose_recomputed(const RecomputeGraph &graph, const RecomputeOptions &options);

}  // namespace cermet
