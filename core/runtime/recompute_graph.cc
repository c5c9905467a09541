// SPDX-License-Identifier: Apache-2.0
#include "runtime/recompute_graph.h"

#include <algorithm>

#include "ops/common/flops.h"
#include "ops/common/recompute.h"
#include "runtime/memory_plan.h"
#include "runtime/uses.h"

namespace cermet {

namespace {

using Home = Program::Home;

// In multiplications and additions, as many as take the time of one byte to or from memory, of a random number, of
// calling a kernel.
constexpr double kByte = 8, kRandom = 64, kCall = 1 << 16;

double cost_of(const Program &program, const Program::Step &step) {
  KernelContext context = unplaced(program, step);
  double cost = kCall + flops(*step.node->op, context);
  auto move = [&](int value) {
    cost += kByte * static_cast<double>(program.values[static_cast<size_t>(value)].nbytes());
  };
  for (size_t slot = 0; slot < step.inputs.size(); ++slot)
    if (step.inputs[slot] >= 0 && !step.node->input_def(slot).shape_only) move(step.inputs[slot]);
  for (int output : step.outputs) {
    move(output);
    if (step.node->op->random)
      cost += kRandom * static_cast<double>(program.values[static_cast<size_t>(output)].shape.numel());
  }
  return cost;
}

}  // namespace

bool is_mirrored(const Node &node) {
  auto found = node.user_attrs.find("__force_mirroring__");
  return found != node.user_attrs.end() && (found->second == "True" || found->second == "true" || found->second == "1");
}

RecomputeGraph::RecomputeGraph(const Program &program)
    : forward_end(program.backward_begin), steps(program.steps.size()), values(program.values.size()) {
  for (size_t v = 0; v < values.size(); ++v)
    if (program.values[v].home == Home::arena) values[v].nbytes = aligned_bytes(program.values[v].nbytes());
  for (int output : program.outputs) values[static_cast<size_t>(output)].output = true;
  for (size_t s = 0; s < steps.size(); ++s) {
    add_step(program, s);
    if (s < forward_end)
      add_ways(program, s);
    else
      for (int input : steps[s].reads) values[static_cast<size_t>(input)].saved = true;
  }
}

void RecomputeGraph::add_step(const Program &program, size_t s) {
  const Program::Step &from = program.steps[s];
  Step &step = steps[s];
  for (size_t slot = 0; slot < from.inputs.size(); ++slot)
    if (from.inputs[slot] >= 0 && !from.node->input_def(slot).shape_only) step.reads.push_back(from.inputs[slot]);
  step.makes = from.outputs;
  step.workspace = aligned_bytes(workspace_bytes(program, from));
  cost += step.cost = cost_of(program, from);
  const Definition &op = *from.node->op;
  auto successor = [&](size_t slot, size_t output) {
    if (slot >= from.inputs.size() || output >= from.outputs.size() || from.inputs[slot] < 0) return;
    const Program::Value &in = program.values[static_cast<size_t>(from.inputs[slot])];
    const Program::Value &out = program.values[static_cast<size_t>(from.outputs[output])];
    bool alike = in.dtype == out.dtype && in.nbytes() == out.nbytes() && same_format(in.format, out.format);
    if (in.home == Home::arena && out.home == Home::arena && alike)
      step.successors.emplace_back(from.inputs[slot], from.outputs[output]);
  };
  for (auto [slot, output] : op.in_place) successor(static_cast<size_t>(slot), static_cast<size_t>(output));
  if (op.elementwise)  // loops may write over any operand
    for (size_t slot = 0; slot < from.inputs.size(); ++slot) successor(slot, 0);
}

void RecomputeGraph::add_ways(const Program &program, size_t s) {
  const Program::Step &from = program.steps[s];
  Step &step = steps[s];
  Way &itself = step.ways[kItself], &instead = step.ways[kInstead];
  // A variable that some step changes may have changed since.
  auto reads_changed = [&](const std::vector<int> &reads) {
    return std::any_of(reads.begin(), reads.end(),
                       [&](int v) { return program.is_changed(program.values[static_cast<size_t>(v)]); });
  };
  itself = {step.reads, step.makes, step.cost, !reads_changed(step.reads)};
  if (const RecomputeForm *form = recompute_form(*from.node->op)) {
    instead.makes = {from.outputs[0]};
    for (int input : form->inputs) instead.reads.push_back(from.inputs[static_cast<size_t>(input)]);
    for (int output : form->outputs) instead.reads.push_back(from.outputs[static_cast<size_t>(output)]);
    instead.cost = kCall;
    for (int value : instead.reads)
      instead.cost += kByte * static_cast<double>(values[static_cast<size_t>(value)].nbytes);
    instead.cost += kByte * static_cast<double>(values[static_cast<size_t>(from.outputs[0])].nbytes);
    instead.possible = !reads_changed(instead.reads);
  }
  bool mirrored = is_mirrored(*from.node);
  for (int output : step.makes) {
    Value &value = values[static_cast<size_t>(output)];
    if (program.values[static_cast<size_t>(output)].home != Home::arena) continue;
    value.maker = static_cast<int>(s);
    value.forced = mirrored;
    if (value.output) continue;  // it stays anyway
    if (instead.possible && output == from.outputs[0])
      value.way = kInstead;
    else if (itself.possible)
      value.way = kItself;
  }
}

}  // namespace cermet
