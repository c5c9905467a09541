// SPDX-License-Identifier: Apache-2.0
// What executors of one symbol for different shapes have in common: the symbol, the arena, and compiled programs.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <unordered_map>

#include "runtime/derived_values.h"

namespace cermet {

class ExecutorFamily : public RefCounted {
 public:
  // `derived`: a store that others share.
  ExecutorFamily(std::vector<Entry> outputs, std::vector<std::string> grad_names, GradReq grad_req, Device device,
                 Ref<DerivedValues> derived);

  const std::vector<Entry> outputs;
  const GradReq grad_req;
  const Device device;
  const Ref<DerivedValues> derived;
  // Names of arguments and auxiliary states, arguments first; and which of them are wanted gradients.
  std::vector<std::string> variables;
  std::unordered_map<std::string, int> variable_index;
  size_t num_arguments = 0;
  std::vector<int> wanted;

  // Specs of all variables, from enough of them.
  std::vector<NamedSpec> infer_variables(const std::vector<NamedSpec> &known) const;
  // The program for these variables; with gradients if it trains and some are wanted. Kept for the shapes used last.
  Ref<const Program> program(const std::vector<NamedSpec> &variables, bool train);
  // Memory of at least this size, shared by the family. Grows; who still uses the smaller one keeps it alive.
  Ref<Storage> arena(int64_t nbytes);
  // The executor whose last forward the arena holds.
  std::atomic<const void *> arena_user{nullptr};

 private:
  struct Cached {
    std::string signature;
    Ref<const Program> program;
  };
  std::mutex mutex_;
  std::list<Cached> cache_;  // used last in front
  Ref<Storage> arena_;
};

}  // namespace cermet
