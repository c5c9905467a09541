// SPDX-License-Identifier: Apache-2.0
// The steps of a training program as recomputation sees them: what each reads and makes, what it costs, and how values
// of the forward pass are computed once more. Flat tables, since schedules are tried by the hundred.
#pragma once

#include <vector>

#include "runtime/program.h"

namespace cermet {

// Whether the node itself asks for it, by MXNet's attribute __force_mirroring__.
bool is_mirrored(const Node &node);

struct RecomputeGraph {
  explicit RecomputeGraph(const Program &program);

  // A way to compute values once more: the step itself, or what stands in for it (ops/common/recompute.h).
  struct Way {
    std::vector<int> reads, makes;
    double cost = 0;
    bool possible = false;
  };
  enum WayName : int { kItself, kInstead };
  struct Step {
    std::vector<int> reads, makes;                // values, without those of which only the shape matters
    std::vector<std::pair<int, int>> successors;  // (input, output) that may share memory
    int64_t workspace = 0;
    double cost = 0;
    Way ways[2];  // of forward steps
  };
  struct Value {
    int64_t nbytes = 0;  // in the arena; else 0
    int maker = -1;      // forward step; -1 for what is there anyway
    int way = -1;        // how the maker makes it once more; -1: it cannot
    bool saved = false;  // the backward pass reads it
    bool output = false;
    bool forced = false;  // its node says that it must not be kept
  };

  // Whether a value of the forward pass can be computed once more.
  bool repeatable(int value) const { return values[static_cast<size_t>(value)].way >= 0; }
  const Way &way_of(int value) const {
    const Value &v = values[static_cast<size_t>(value)];
    return steps[static_cast<size_t>(v.maker)].ways[v.way];
  }

  size_t forward_end = 0;
  std::vector<Step> steps;
  std::vector<Value> values;
  double cost = 0;  // of all steps

 private:
  void add_step(const Program &program, size_t s);
  void add_ways(const Program &program, size_t s);
};

}  // namespace cermet
