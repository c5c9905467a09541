// SPDX-License-Identifier: Apache-2.0
// An executor: a symbol ready to run on given shapes, with its arrays. Making one plans and allocates nothing. One
// thread at a time; executors of one family (made by `reshape`) share an arena, and notice when another one used it
// between their forward and backward.
#pragma once

#include <memory>

#include "runtime/executor_family.h"
#include "runtime/program_run.h"
#include "runtime/uses.h"

namespace cermet {

// Values are those of cermet_role.
enum class ArrayRole : int { argument = 0, gradient = 1, auxiliary = 2, output = 3 };

class Executor : public RefCounted {
 public:
  // `known`: enough specs to infer the rest. `grad_names`: arguments whose gradients are wanted.
  Executor(std::vector<Entry> outputs, const std::vector<NamedSpec> &known, std::vector<std::string> grad_names,
           GradReq grad_req, Device device = {}, Ref<DerivedValues> derived = make_ref<DerivedValues>(),
           const ExecutorOptions &options = {});

  // Arguments, gradients and states are allocated, zeroed, at first use.
  ArrayRef array(ArrayRole role, const std::string &name);
  // A view of the arena, overwritten by the next forward; after a forward only.
  ArrayRef output(int index);
  void set_array(ArrayRole role, const std::string &name, ArrayRef array);

  void forward(bool train, Rng *rng);
  // After a forward with `train`, once. Empty or null: ones.
  void backward(const std::vector<ArrayRef> &head_grads);

  Ref<Executor> reshape(const std::vector<NamedSpec> &known);
  // Forgets the last forward, so that the memory goes when no other executor and no output's handle uses it.
  void release_arena();

  int num_outputs() const { return static_cast<int>(family_->outputs.size()); }
  const std::vector<NamedSpec> &variables() const { return variables_; }
  int64_t arena_bytes() const { return plan_->arena_bytes; }
  // Of arguments, gradients and states, and of what predictions keep that follows from parameters.
  int64_t array_bytes() const;
  std::string describe() const { return cermet::describe(*plan_); }
  std::string report() const { return cermet::report(*plan_); }
  std::string memory_table() const { return cermet::memory_table(*plan_); }

 private:
  Executor(Ref<ExecutorFamily> family, const std::vector<NamedSpec> &known);

  struct Slot {
    TensorSpec spec;
    ArrayRef array;
    ArrayRole role;
    int index;  // of the variable, or of the wanted gradient
  };
  Slot &slot(ArrayRole role, const std::string &name);
  void allocate(Slot &slot);
  void use_array(Slot &slot, ArrayRef array);
  void bind(ProgramRun &run, const Slot &slot);
  // Makes run number `train` if need be, and binds everything that it needs.
  ProgramRun &prepare(bool train);
  void check_disjoint() const;
  bool is_gradient(const NDArray &array) const;  // or shares memory with one
  // The memory of parameters that derived values follow from, as it is now; nothing if those are up to date.
  std::optional<std::vector<DerivedValues::Source>> changed_sources() const;
  void keep_variable_outputs();
  void derive(const std::vector<DerivedValues::Source> &sources);
  const Uses &forward_uses(bool train);
  const Uses &backward_uses();
  void forget_uses();
  const std::string &name_of(const Slot &slot) const;

  Ref<ExecutorFamily> family_;
  std::vector<NamedSpec> variables_;
  Ref<const Program> plan_;  // of training if gradients are wanted, else of prediction
  std::vector<Slot> slots_, gradients_;
  std::unique_ptr<ProgramRun> runs_[2];  // predict, train
  Ref<Storage> arena_;                   // of the last forward
  char *bound_[2] = {};                  // memory of the arena that each run is bound to
  ProgramRun *last_run_ = nullptr;
  bool checked_ = false;  // that the arrays do not overlap
  bool ready_for_backward_ = false;
  std::optional<Uses> forward_uses_[2], backward_uses_;  // for the present arrays and arena
  uint64_t arena_version_ = 0;                           // as the last forward left it
  std::vector<DerivedValues::Source> sources_;           // that the derived values were made from
  std::vector<Ref<Storage>> derived_;                    // of the predict run
  std::vector<ArrayRef> outputs_;                        // views of the arena, made when asked for
};

}  // namespace cermet
