// SPDX-License-Identifier: Apache-2.0
#include "runtime/recompute.h"

#include <algorithm>

#include "graph/compose.h"
#include "ops/common/recompute.h"
#include "runtime/memory_plan.h"
#include "runtime/recompute_choice.h"

namespace cermet {

namespace {

// Nobody misses less than this, and small programs should start quickly.
constexpr int64_t kWorthwhile = int64_t{1} << 20, kLarge = int64_t{16} << 20;

// The program with the steps of a schedule.
class Rewriter {
 public:
  Rewriter(Program &program, const RecomputeSchedule &schedule)
      : program_(program), schedule_(schedule), forward_end_(program.backward_begin) {}

  void run() {
    std::vector<Program::Step> before = std::move(program_.steps);
    copies_.assign(program_.values.size(), -1);
    program_.steps.clear();
    for (const RecomputeSchedule::Turn &turn : schedule_.turns) {
      const Program::Step &step = before[static_cast<size_t>(turn.step)];
      program_.steps.push_back(turn.way >= 0 ? once_more(step, turn.way) : step);
      if (turn.way < 0 && static_cast<size_t>(turn.step) >= forward_end_) read_copies(program_.steps.back());
    }
  }

 private:
  void read_copies(Program::Step &step) const {
    for (size_t slot = 0; slot < step.inputs.size(); ++slot) {
      int &input = step.inputs[slot];
      if (input >= 0 && !step.node->input_def(slot).shape_only && schedule_.reads_again(input))
        input = copies_[static_cast<size_t>(input)];
    }
  }

  Program::Step once_more(const Program::Step &from, int way) {
    Program::Step step = from;
    step.part = Program::Part::backward;
    step.recomputed = true;
    program_.remarks.add("recompute", "computed once more", from.node->name);
    if (way == RecomputeGraph::kInstead) {
      Ref<Node> node = instead_of(*from.node);
      step.node = node.get();
      program_.conversions.push_back({std::move(node), 0});
      const RecomputeForm &form = *recompute_form(*from.node->op);
      step.inputs.clear();
      for (int input : form.inputs) step.inputs.push_back(from.inputs[static_cast<size_t>(input)]);
      for (int output : form.outputs) step.inputs.push_back(from.outputs[static_cast<size_t>(output)]);
      step.outputs.resize(1);
    }
    read_copies(step);
    for (int &output : step.outputs) {
      copies_[static_cast<size_t>(output)] = static_cast<int>(program_.values.size());
      program_.values.push_back(Program::Value(program_.values[static_cast<size_t>(output)]));
      output = copies_[static_cast<size_t>(output)];
    }
    return step;
  }

  static Ref<Node> instead_of(Node &node) {
    const RecomputeForm &form = *recompute_form(*node.op);
    std::vector<Entry> inputs;
    for (int input : form.inputs) inputs.push_back(node.inputs[static_cast<size_t>(input)]);
    for (int output : form.outputs) inputs.push_back({Ref<Node>::share(&node), output});
    return apply_op(form.op, inputs, node.attrs.given(), node.name + "_again").node;
  }

  Program &program_;
  const RecomputeSchedule &schedule_;
  const size_t forward_end_;
  std::vector<int> copies_;  // by value: the last one computed
};

}  // namespace

Recomputed recompute(Program &program, const RecomputeOptions &options) {
  int64_t all_bytes = 0;
  for (const Program::Value &value : program.values)
    if (value.home == Program::Home::arena) all_bytes = add_bytes(all_bytes, value.nbytes());
  bool asked = options.limited || options.arena_budget > 0 ||
               std::any_of(program.steps.begin(), program.steps.end(),
                           [](const Program::Step &step) { return is_mirrored(*step.node); });
  if (program.backward_begin == program.steps.size() || (!asked && all_bytes < kLarge)) return {};
  RecomputeGraph graph(program);
  RecomputeChoice choice = choose_recomputed(graph, options);
  RecomputeSchedule schedule(graph, choice.kept);
  if (!asked) {
    int64_t before = RecomputeSchedule(graph, std::vector<char>(graph.values.size(), true)).peak;
    if (before - schedule.peak < std::max(kWorthwhile, before / 32)) return {};
  }
  if (schedule.extra_cost > 0) Rewriter(program, schedule).run();
  int num_steps = static_cast<int>(schedule.turns.size() - graph.steps.size());
  return {num_steps, schedule.extra_cost / graph.cost, schedule.peak};
}

}  // namespace cermet
