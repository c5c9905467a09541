// SPDX-License-Identifier: Apache-2.0
// From a model in float32 and some batches to the same model in integers of 8 bits. One thread at a time.
#pragma once

#include "model/quantization_plan.h"
#include "model/value_range.h"
#include "runtime/executor.h"

namespace cermet {

class Calibrator : public RefCounted {
 public:
  explicit Calibrator(QuantizationRequest request);

  // Leaves a node, or all nodes of an operator, as they are; before the first input is asked for.
  void exclude(const std::string &name);
  // The calibrator's own input array, to be written before `collect`.
  ArrayRef input(const std::string &name);
  // Looks at the values of one batch.
  void collect();
  Ref<Model> quantize();

 private:
  const QuantizationPlan &plan();
  Executor &executor();

  QuantizationRequest request_;
  std::optional<QuantizationPlan> plan_;
  Ref<Executor> executor_;
  std::map<std::string, ArrayRef> unused_;  // inputs that decide no range
  std::vector<ValueRange> ranges_;          // of the plan's observed values
  int64_t batches_ = 0;
};

}  // namespace cermet
