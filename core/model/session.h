// SPDX-License-Identifier: Apache-2.0
// A session: predictions of a model on fixed input shapes, in memory of its own. Parameters are the model's. One thread
// at a time.
#pragma once

#include "model/parameters.h"
#include "runtime/executor_cache.h"

namespace cermet {

class Session : public RefCounted {
 public:
  Session(Ref<Model> model, const std::vector<NamedSpec> &inputs);

  // The session's own input array, to be written before `run`.
  ArrayRef input(const std::string &name);
  void run();
  ArrayRef output(int index);
  // Inputs and outputs must be asked for anew.
  void reshape(const std::vector<NamedSpec> &inputs);
  // Inputs, outputs and intermediates.
  int64_t planned_bytes();

 private:
  const Ref<Model> model_;
  const std::vector<NamedSpec> parameters_;
  ExecutorCache executors_;
  ParameterBinding binding_;
};

}  // namespace cermet
