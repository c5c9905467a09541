// SPDX-License-Identifier: Apache-2.0
// A program's steps in the order in which they run when some values are not kept: each of those is computed once more
// right before the first step of the backward pass that needs it, and then stays until the last one that does.
#pragma once

#include "runtime/recompute_graph.h"

namespace cermet {

struct RecomputeSchedule {
  struct Turn {
    int step;
    int way = -1;  // of computing it once more; -1: the step as it stands
  };
  // A value's life among the turns; `first` is -1 if it has none.
  struct Life {
    int first = -1, last = -1;
  };

  // `kept`, by value: whether it stays when it is needed later. What cannot be computed once more stays whatever that
  // says.
  RecomputeSchedule(const RecomputeGraph &graph, const std::vector<char> &kept);

  // What a step of the backward pass reads for this value: a copy computed once more?
  bool reads_again(int value) const { return again[static_cast<size_t>(value)] && !kept[static_cast<size_t>(value)]; }

  std::vector<char> kept, again;  // by value
  std::vector<Turn> turns;
  std::vector<Life> lives;    // by value as first computed, then by value as computed once more
  std::vector<int64_t> live;  // bytes, by turn
  int64_t peak = 0;
  double extra_cost = 0;

 private:
  void need(int value);
  void find_lives();

  const RecomputeGraph *graph_;
  std::vector<std::pair<int, size_t>> waiting_;  // values, with how many of what they are made from are there
};

}  // namespace cermet
