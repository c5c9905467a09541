// SPDX-License-Identifier: Apache-2.0
#include "runtime/program_run.h"

#include <unordered_map>

#include "base/parallel.h"
#include "runtime/profiler.h"

namespace cermet {

namespace {
constexpr const char *kParts[] = {"derived", "forward", "backward"};  // by Program::Part
}

ProgramRun::ProgramRun(Ref<const Program> program) : program_(std::move(program)), calls_(program_->steps.size()) {
  variables_.resize(program_->variables.size());
  gradients_.resize(program_->wanted.size());
  derived_.resize(program_->derived.size());
  auto add = [this](Tensor &tensor, int index, bool flat) {
    if (index < 0) return;
    const Program::Value &value = program_->values[static_cast<size_t>(index)];
    tensor = unplaced(value);
    if (flat && tensor.format) tensor = {tensor.data, {value.nbytes() / dtype_size(value.dtype)}, value.dtype};
    switch (value.home) {
      case Program::Home::arena:
        in_arena_.emplace_back(&tensor, value.offset);
        break;
      case Program::Home::variable:
        variables_[static_cast<size_t>(value.index)].push_back(&tensor);
        break;
      case Program::Home::gradient:
        gradients_[static_cast<size_t>(value.index)].push_back(&tensor);
        break;
      case Program::Home::derived:
        derived_[static_cast<size_t>(value.index)].push_back(&tensor);
        break;
      case Program::Home::nowhere:
        break;
    }
  };
  std::unordered_map<const Node *, Call *> first_random;
  for (size_t s = 0; s < calls_.size(); ++s) {
    const Program::Step &step = program_->steps[s];
    Call &call = calls_[s];
    call.kernel = &step.node->op->kernel(DeviceType::cpu);
    call.loop = step.loop.get();
    call.attrs = step.node->attrs.get();
    call.context.train = program_->train;
    call.context.cache = &call.cache;
    call.context.inputs.resize(step.inputs.size());
    call.context.outputs.resize(step.outputs.size());
    // Elementwise kernels see a format as one long row, padding included.
    bool flat = !step.node->op->formats && step.node->op->elementwise;
    for (size_t k = 0; k < step.inputs.size(); ++k) add(call.context.inputs[k], step.inputs[k], flat);
    for (size_t k = 0; k < step.outputs.size(); ++k) add(call.context.outputs[k], step.outputs[k], flat);
    call.context.workspace.nbytes = step.workspace_bytes;
    if (!step.node->op->random) continue;
    if (step.recomputed)
      repeated_.emplace_back(&call, first_random.at(step.node));
    else
      random_.push_back(first_random[step.node] = &call);
  }
}

void ProgramRun::bind_arena(char *data) {
  for (auto [tensor, offset] : in_arena_) tensor->data = data + offset;
  for (size_t s = 0; s < calls_.size(); ++s)
    if (const Program::Step &step = program_->steps[s]; step.workspace_bytes)
      calls_[s].context.workspace.data = data + step.workspace_offset;
}

void ProgramRun::forward(Rng &rng) {
  for (Call *call : random_) call->context.random = rng.next_stream();
  for (auto [call, first] : repeated_) call->context.random = first->context.random;
  run(program_->forward_begin, program_->backward_begin, {});
}

void ProgramRun::backward(const std::vector<ArrayRef> &head_grads) {
  run(program_->backward_begin, calls_.size(), head_grads);
}

void ProgramRun::derive(const std::vector<size_t> &wanted) {
  std::vector<bool> needed(program_->values.size()), runs(program_->forward_begin);
  for (size_t k : wanted) needed[static_cast<size_t>(program_->derived[k].value)] = true;
  for (size_t s = program_->forward_begin; s-- > 0;) {
    const Program::Step &step = program_->steps[s];
    for (int output : step.outputs) runs[s] = runs[s] || needed[static_cast<size_t>(output)];
    if (!runs[s]) continue;
    for (int input : step.inputs)
      if (input >= 0 && program_->values[static_cast<size_t>(input)].home == Program::Home::arena)
        needed[static_cast<size_t>(input)] = true;
  }
  LibraryThreads threads;
  for (size_t s = 0; s < runs.size(); ++s)
    if (runs[s]) run_step(s, nullptr);
}

void ProgramRun::run(size_t first, size_t last, const std::vector<ArrayRef> &head_grads) {
  LibraryThreads threads;
  for (size_t s = first; s < last; ++s) {
    int head = program_->steps[s].head;
    run_step(s, head >= 0 && !head_grads.empty() ? head_grads[static_cast<size_t>(head)] : nullptr);
  }
}

void ProgramRun::run_step(size_t s, const ArrayRef &head_grad) try {
  Call &call = calls_[s];
  int64_t begin = profile_begin();
  if (head_grad) {
    const Tensor &target = call.context.outputs[0];
    auto memory = make_ref<Storage>(Device{}, target.data, target.nbytes(), nullptr, nullptr);
    copy_values(*head_grad, NDArray(memory, target.shape, target.dtype));
  } else if (call.loop) {
    call.loop->run(call.context);
  } else {
    (*call.kernel)(call.context, call.attrs);
  }
  if (begin) {
    const Program::Step &step = program_->steps[s];
    profile_end(begin, *step.node->op, kParts[static_cast<int>(step.part)], step.node->name, call.context, step.fused);
  }
} catch (Error &error) {
  const Node &node = *program_->steps[s].node;
  error.at_op(node.op->name).at_node(node.name);
  throw;
}

}  // namespace cermet
