// SPDX-License-Identifier: Apache-2.0
// Scaling of losses (Micikevicius et al., 2018): gradients that float16 would round to zero are multiplied by a large
// number where they begin, and divided by it in the update. A step whose gradients are not finite is left out.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/node.h"
#include "tensor/ndarray.h"

namespace cermet {

struct LossScale {
  static constexpr double kMost = 16777216;  // 2^24
  double value = 0;                          // 0: none
  int64_t growth_interval = 0;               // steps in a row without fault after which it doubles; 0: it never changes
  int64_t good_steps = 0;                    // in a row
  int64_t skipped = 0;                       // steps left out

  double factor() const { return value > 0 ? value : 1; }
  // After a step: finite gradients are used. Otherwise the step is left out, and a scale that may change is halved.
  void notice(bool finite);
};

// Throws unless these make a scale.
void check_loss_scale(double value, int64_t growth_interval);

// Whether all elements of these arrays are finite; waits for them.
bool all_finite(const std::vector<ArrayRef> &arrays);

// The graph whose gradients are multiplied by `scale`, a variable of shape (1,): where losses begin theirs, and where
// those of other outputs come in.
std::vector<Entry> scale_losses(const std::vector<Entry> &outputs, const Entry &scale);

}  // namespace cermet
