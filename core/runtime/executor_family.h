// SPDX-License-Identifier: Apache-2.0
// What executors of one symbol for different shapes have in common: the symbol, the arena, and compiled programs.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <unordered_map>

#include "runtime/derived_values.h"

namespace cermet {

// Of training. See cermet_executor_options.
struct ExecutorOptions {
  int64_t memory_budget = 0;  // bytes of arena and arrays together; 0: none
  double recompute = 0;       // most additional time; 0: what costs almost nothing, below 0: nothing
};

class ExecutorFamily : public RefCounted {
 public:
  // `derived`: a store that others share.
  ExecutorFamily(std::vector<Entry> outputs, std::vector<std::string> grad_names, GradReq grad_req, Device device,
                 Ref<DerivedValues> derived, const ExecutorOptions &options = {});

  const std::vector<Entry> outputs;
  const GradReq grad_req;
  const Device device;
  const Ref<DerivedValues> derived;
  const ExecutorOptions options;
  // Names of arguments and auxiliary states, arguments first; and which of them are wanted gradients.
  std::vector<std::string> variables;
  std::unordered_map<std::string, int> variable_index;
  size_t num_arguments = 0;
  std::vector<int> wanted;

  // Specs of all variables, from enough of them.
  std::vector<NamedSpec> infer_variables(const std::vector<NamedSpec> &known) const;
  // The program for these variables; with gradients if it trains and some are wanted. Kept for the shapes used last.
  // Throws limit, with the least that would do, where none keeps to the budget.
  Ref<const Program> program(const std::vector<NamedSpec> &variables, bool train);
  // Of variables and gradients.
  int64_t array_bytes(const std::vector<NamedSpec> &variables) const;
  // Memory of at least this size, shared by the family. Grows; who still uses the smaller one keeps it alive.
  Ref<Storage> arena(int64_t nbytes);
  // The executor whose last forward the arena holds.
  std::atomic<const void *> arena_user{nullptr};

 private:
  struct Cached {
    std::string signature;
    Ref<const Program> program;
  };
  Ref<const Program> compile_training(const std::vector<NamedSpec> &variables) const;

  std::mutex mutex_;
  std::list<Cached> cache_;  // used last in front
  Ref<Storage> arena_;
};

}  // namespace cermet
