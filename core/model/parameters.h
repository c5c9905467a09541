// SPDX-License-Identifier: Apache-2.0
// What sessions and trainers do with a model's parameters: check that all are there, and hand them to an executor.
#pragma once

#include "model/model.h"
#include "runtime/executor.h"

namespace cermet {

// Specs of the model's parameters that are not inputs. Throws if one of `inputs` is unknown, or if a variable that is
// needed has no value and is not among them.
std::vector<NamedSpec> parameter_specs(const Model &model, const std::vector<NamedSpec> &inputs);

// Makes executors use the model's present arrays of its parameters; costs nothing while neither changes.
class ParameterBinding {
 public:
  void bind(const Model &model, const std::vector<NamedSpec> &parameters, Executor &executor);

 private:
  const Executor *executor_ = nullptr;  // the one bound last, and what the model was then
  uint64_t generation_ = 0;
};

}  // namespace cermet
