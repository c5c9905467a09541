// SPDX-License-Identifier: Apache-2.0
// What calibration learns of a value from batches: its ends, and how it is distributed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/quantization/ranges.h"

namespace cermet {

class ValueRange {
 public:
  // `name` is for messages. A distribution is counted only if it is wanted.
  ValueRange(std::string name, bool counted) : name_(std::move(name)), counted_(counted) {}

  void add(const float *values, int64_t count);
  // From the smallest to the largest value.
  quantized::Range ends() const { return ends_; }
  // The range around 0, or from 0 on where nothing is negative, in which 8 bits show the distribution best.
  quantized::Range best() const;

 private:
  void widen(double reach);
  void coarsen();

  std::string name_;
  bool counted_;
  quantized::Range ends_;
  bool empty_ = true;
  double reach_ = 0;            // the histogram goes from -reach to reach, in an odd number of bins
  double zeros_ = 0;            // seen before there was one
  std::vector<double> counts_;  // exact up to 2^53
};

}  // namespace cermet
