// SPDX-License-Identifier: Apache-2.0
// Executors of one family by input shapes, for those who meet the same few shapes again and again: batches and the
// last, smaller one, requests of various sizes. A shape seen before costs nothing; shapes not used for long are
// forgotten.
#pragma once

#include <list>

#include "runtime/executor.h"

namespace cermet {

class ExecutorCache {
 public:
  // `first` was made for the shapes `inputs`; `others` are the specs of what keeps its shape.
  ExecutorCache(Ref<Executor> first, std::vector<NamedSpec> inputs, std::vector<NamedSpec> others);

  // The executor for these input shapes, which the arena belongs to from now on.
  Executor &use(const std::vector<NamedSpec> &inputs);
  Executor &current() const { return *entries_.front().executor; }
  const std::vector<NamedSpec> &inputs() const { return entries_.front().inputs; }

 private:
  struct Cached {
    std::vector<NamedSpec> inputs;
    Ref<Executor> executor;
  };
  std::list<Cached> entries_;  // used last in front
  std::vector<NamedSpec> others_;
};

}  // namespace cermet
