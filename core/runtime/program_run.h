// SPDX-License-Identifier: Apache-2.0
// A program bound to memory: prepared kernel calls that run one after the other on the calling thread. Running
// allocates nothing. One thread at a time.
#pragma once

#include "runtime/program.h"
#include "runtime/rng.h"

namespace cermet {

class ProgramRun {
 public:
  explicit ProgramRun(Ref<const Program> program);

  const Program &program() const { return *program_; }

  // Where values live from now on. Everything must be bound before the first run.
  void bind_arena(char *data);
  void bind_variable(int index, void *data) { bind(variables_[static_cast<size_t>(index)], data); }
  void bind_gradient(int index, void *data) { bind(gradients_[static_cast<size_t>(index)], data); }
  void bind_derived(size_t index, void *data) { bind(derived_[index], data); }

  // Failures of kernels name operator and node.
  // Computes these derived values; the others that they follow from must be there.
  void derive(const std::vector<size_t> &wanted);
  void forward(Rng &rng);
  // head_grads: one an output, null for ones; or none at all.
  void backward(const std::vector<ArrayRef> &head_grads);

 private:
  struct Call {
    const KernelFn *kernel;
    const FusedLoop *loop;  // runs instead of the kernel, if there is one
    const void *attrs;
    KernelContext context;
    std::shared_ptr<void> cache;
  };
  using Places = std::vector<Tensor *>;  // where kernels find a value's address

  static void bind(const Places &places, void *data) {
    for (Tensor *tensor : places) tensor->data = data;
  }
  void run(size_t first, size_t last, const std::vector<ArrayRef> &head_grads);
  void run_step(size_t s, const ArrayRef &head_grad);

  Ref<const Program> program_;
  std::vector<Call> calls_;
  std::vector<Places> variables_, gradients_, derived_;
  std::vector<std::pair<Tensor *, int64_t>> in_arena_;  // with offset
  std::vector<Call *> random_;
  std::vector<std::pair<Call *, Call *>> repeated_;  // random calls that run again, with the first of the two
};

}  // namespace cermet
