// SPDX-License-Identifier: Apache-2.0
// Memory for time: forward values that the backward pass needs and that need not be kept, since it can compute them
// once more. Results are the same to the bit: kernels run on the same values, random ones with the same stream, and
// what changes a state is not run twice (ops/common/recompute.h says what runs instead).
#pragma once

#include <cstdint>

namespace cermet {

struct Program;

struct RecomputeOptions {
  // What costs almost nothing: rectifiers and normalisations beside convolutions.
  static constexpr double kFree = 0.03;

  // Most additional time, as a part of the step's. With a budget and no limit, as much as that takes.
  double extra_time = kFree;
  bool limited = false;      // whether extra_time was asked for
  int64_t arena_budget = 0;  // bytes; 0: none, and the smallest arena that the time allows is wanted
};

// What was chosen, as estimated.
struct Recomputed {
  int num_steps = 0;
  double extra_time = 0;  // as a part of the step's
  int64_t peak = 0;       // bytes
};

// Before steps are joined into loops.
Recomputed recompute(Program &program, const RecomputeOptions &options);

}  // namespace cermet
