// SPDX-License-Identifier: Apache-2.0
// What is kept if all values whose cost for each byte is below a bound are computed once more, segment by segment of
// the forward pass.
#pragma once

#include "runtime/recompute_graph.h"

namespace cermet {

class RecomputeSegments {
 public:
  // `bound`: most cost for each byte. `unit_costs`: of each value.
  RecomputeSegments(const RecomputeGraph &graph, const std::vector<double> &unit_costs, double bound);

  // Of all that is not kept if there is one segment only.
  int64_t dropped_bytes() const { return dropped_.back(); }
  // What to keep, by value, if no segment drops more than these bytes (unless it is a single step).
  std::vector<char> keep(int64_t segment_bytes) const;

 private:
  std::vector<size_t> cuts(int64_t segment_bytes) const;

  const RecomputeGraph &graph_;
  std::vector<char> kept_;         // by value, in one segment
  std::vector<int> reach_;         // by value: the last step that may run again and reads it; -1: none
  std::vector<int64_t> dropped_;   // by step: bytes not kept of the values made before it
  std::vector<int64_t> crossing_;  // by step: bytes that a cut before it would keep
};

// The cost of computing each value once more, with what it needs that nobody else keeps, for each of its bytes.
// Infinite for what is not kept or cannot be computed.
std::vector<double> unit_costs(const RecomputeGraph &graph);

}  // namespace cermet
