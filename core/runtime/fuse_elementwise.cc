// SPDX-License-Identifier: Apache-2.0
// A loop grows from its last step: a step joins when all steps that read its result are in the loop, and when it
// belongs to the same part of the program and reads no state that some step changes. So nothing outside can lie between
// two steps of a loop, and the whole may run where its last step stood.
#include "runtime/fuse_elementwise.h"

#include <algorithm>
#include <unordered_map>

namespace cermet {

namespace {

using Home = Program::Home;
using Step = Program::Step;
using Value = Program::Value;

bool is_whole(const Value &in, const Value &out) { return in.shape == out.shape && same_format(in.format, out.format); }
bool is_single(const Value &in) { return in.shape.numel() == 1 && !in.format; }

class Fuser {
 public:
  explicit Fuser(Program &program)
      : program_(program),
        maker_(program.values.size(), kNone),
        readers_(program.values.size()),
        kept_(program.values.size()),
        fusible_(program.steps.size()),
        members_(program.steps.size()),
        loop_of_(program.steps.size(), -1) {
    for (size_t s = 0; s < program_.steps.size(); ++s) {
      const Step &step = program_.steps[s];
      for (int output : step.outputs) maker_[static_cast<size_t>(output)] = s;
      for (size_t slot = 0; slot < step.inputs.size(); ++slot)
        if (step.inputs[slot] >= 0 && !step.node->input_def(slot).shape_only)
          readers_[static_cast<size_t>(step.inputs[slot])].push_back(s);
      fusible_[s] = !refusal_of(s);
    }
    for (int output : program_.outputs) kept_[static_cast<size_t>(output)] = true;
  }

  void run() {
    for (size_t s = program_.steps.size(); s-- > 0;)
      if (loop_of_[s] < 0 && fusible_[s]) grow(s);
    rewrite();
  }

 private:
  const Value &value(int index) const { return program_.values[static_cast<size_t>(index)]; }
  static int64_t numel(const Value &value) { return value.nbytes() / dtype_size(value.dtype); }

  // Why a step is in no loop; null if it is one function of each element of its output.
  const char *refusal_of(size_t s) const {
    const Step &step = program_.steps[s];
    const Definition &op = *step.node->op;
    if (!op.elementwise || op.formats) return "a loop ends at it: its operator is not elementwise";
    if (step.head >= 0) return "a loop ends at it: its values may come from outside";
    if (op.elementwise(step.node->attrs.get()).form == Elementwise::kFold && step.inputs.size() < 2)
      return "a loop ends at it: it only copies";
    const Value &out = value(step.outputs[0]);
    if ((out.dtype != DType::float32 && out.dtype != DType::float64) || numel(out) == 0)
      return "a loop ends at it: loops are of float32 and float64";
    for (int input : step.inputs) {
      if (input < 0) return "a loop ends at it: an input is absent";
      const Value &in = value(input);
      if (in.dtype != out.dtype) return "a loop ends at it: an input has another dtype";
      if (!is_whole(in, out) && !is_single(in) && !stretch_of(in, out))
        return "a loop ends at it: an input does not broadcast to its blocks of channels";
    }
    return nullptr;
  }

  size_t num_instructions(size_t s) const { return std::max<size_t>(1, program_.steps[s].inputs.size() - 1); }

  bool same_part(size_t a, size_t b) const { return program_.steps[a].part == program_.steps[b].part; }

  // Whether it reads a variable that some step changes: then it has to stay where it is.
  bool reads_state(size_t s) const {
    const std::vector<int> &inputs = program_.steps[s].inputs;
    return std::any_of(inputs.begin(), inputs.end(), [&](int input) { return program_.is_changed(value(input)); });
  }

  void grow(size_t root) {
    std::vector<size_t> &loop = members_[root];
    loop = {root};
    loop_of_[root] = static_cast<int>(root);
    size_t length = num_instructions(root);
    std::vector<std::pair<size_t, const char *>> ends;  // steps that did not join, and why
    // Steps before the root, late ones first: all readers of a step are decided before it is.
    const Value &out = value(program_.steps[root].outputs[0]);
    std::vector<size_t> candidates = makers(root);
    while (!candidates.empty() && length < FusedLoop::kLongest) {
      auto last = std::max_element(candidates.begin(), candidates.end());
      size_t s = *last;
      candidates.erase(std::remove(candidates.begin(), candidates.end(), s), candidates.end());
      if (loop_of_[s] >= 0) continue;
      if (!fusible_[s] || !same_part(s, root)) {
        ends.emplace_back(s, fusible_[s] ? "a loop ends at it: it is of the pass before" : refusal_of(s));
        continue;
      }
      int output = program_.steps[s].outputs[0];
      const Value &made = value(output);
      const std::vector<size_t> &readers = readers_[static_cast<size_t>(output)];
      auto in_loop = [&](size_t reader) { return loop_of_[reader] == static_cast<int>(root); };
      const char *refusal = nullptr;
      if (made.home != Home::arena || kept_[static_cast<size_t>(output)])
        refusal = "a loop ends at it: its result is an output or a gradient";
      else if (made.dtype != out.dtype || !is_whole(made, out))
        refusal = "a loop ends at it: its result is smaller, and broadcasts";
      else if (reads_state(s))
        refusal = "a loop ends at it: it reads a state that changes";
      else if (readers.size() > 2 * FusedLoop::kLongest || !std::all_of(readers.begin(), readers.end(), in_loop))
        refusal = "a loop ends at it: its result is used elsewhere, too";
      if (refusal) {
        ends.emplace_back(s, refusal);
        continue;
      }
      length += num_instructions(s);
      if (length > FusedLoop::kLongest) {
        candidates.push_back(s);
        break;
      }
      loop.push_back(s);
      loop_of_[s] = static_cast<int>(root);
      for (size_t maker : makers(s)) candidates.push_back(maker);
    }
    std::sort(loop.begin(), loop.end());
    if (loop.size() == 1) return loop.clear();
    auto note = [&](size_t s, const char *what) {
      program_.remarks.add("fuse_elementwise", what, program_.steps[s].node->name);
    };
    note(root, "one loop with the steps before it");
    for (auto [s, what] : ends) note(s, what);
    if (!candidates.empty()) note(root, "its loop has the longest length");
  }

  std::vector<size_t> makers(size_t s) const {
    std::vector<size_t> out;
    for (int input : program_.steps[s].inputs)
      if (input >= 0 && maker_[static_cast<size_t>(input)] != kNone) out.push_back(maker_[static_cast<size_t>(input)]);
    return out;
  }

  void rewrite() {
    std::vector<Step> before = std::move(program_.steps);
    program_.steps.clear();
    for (size_t s = 0; s < before.size(); ++s) {
      bool inner = loop_of_[s] >= 0 && loop_of_[s] != static_cast<int>(s);
      if (inner) continue;
      if (!members_[s].empty()) before[s] = fused(before, members_[s]);
      program_.steps.push_back(std::move(before[s]));
    }
  }

  static bool made_in(const std::vector<Step> &steps, const std::vector<size_t> &loop, int value) {
    return std::any_of(loop.begin(), loop.end(), [&](size_t s) { return steps[s].outputs[0] == value; });
  }

  Step fused(const std::vector<Step> &steps, const std::vector<size_t> &loop) {
    Step out;
    out.node = steps[loop.back()].node;
    out.outputs = steps[loop.back()].outputs;
    out.part = steps[loop.back()].part;
    std::unordered_map<int, int> operand;  // value -> its number
    for (size_t s : loop)
      for (int input : steps[s].inputs)
        if (!made_in(steps, loop, input) && operand.emplace(input, static_cast<int>(out.inputs.size())).second)
          out.inputs.push_back(input);
    auto num_inputs = static_cast<int>(out.inputs.size());
    const Value &whole = value(out.outputs[0]);
    std::vector<FusedLoop::Stretch> stretches;
    for (int input : out.inputs) {
      const Value &in = value(input);
      stretches.push_back(is_whole(in, whole) || is_single(in) ? std::nullopt : stretch_of(in, whole));
    }
    std::vector<FusedLoop::Instruction> instructions;
    for (size_t s : loop) {
      const Node &node = *steps[s].node;
      Elementwise function = node.op->elementwise(node.attrs.get());
      std::vector<int> operands;
      for (int input : steps[s].inputs) operands.push_back(operand.at(input));
      for (size_t k = 2; k < operands.size(); ++k) {  // a fold, two at a time
        instructions.push_back({function, {operands[0], operands[k - 1]}});
        operands[0] = num_inputs + static_cast<int>(instructions.size()) - 1;
      }
      if (operands.size() > 2) operands = {operands.front(), operands.back()};
      operand[steps[s].outputs[0]] = num_inputs + static_cast<int>(instructions.size());
      instructions.push_back({function, std::move(operands)});
      out.fused.push_back(node.op->name);
      if (s != loop.back()) program_.values[static_cast<size_t>(steps[s].outputs[0])].home = Home::nowhere;
    }
    out.loop = std::make_shared<const FusedLoop>(std::move(stretches), std::move(instructions));
    return out;
  }

  static constexpr auto kNone = static_cast<size_t>(-1);

  Program &program_;
  std::vector<size_t> maker_;                 // the step that makes a value
  std::vector<std::vector<size_t>> readers_;  // the steps that read a value
  std::vector<bool> kept_;                    // values that are outputs
  std::vector<bool> fusible_;                 // steps
  std::vector<std::vector<size_t>> members_;  // by the last step of a loop
  std::vector<int> loop_of_;                  // the last step of the loop that a step is in
};

}  // namespace

FusedLoop::Stretch stretch_of(const Value &in, const Value &out) {
  const Shape &shape = out.shape;
  if (in.format || in.shape.ndim() > shape.ndim()) return std::nullopt;
  size_t lead = shape.size() - in.shape.size();
  for (size_t axis = 0; axis < in.shape.size(); ++axis)
    if (in.shape[axis] != 1 && in.shape[axis] != shape[lead + axis]) return std::nullopt;
  Dims dims = shape, strides = broadcast_strides(in.shape, shape);
  if (out.format) {
    int64_t block = out.format->block;
    if (!block || out.format->padded) return std::nullopt;
    dims[1] /= block;
    dims.push_back(block);
    strides.push_back(strides[1]);
    strides[1] *= block;
  }
  return Walk<1>(dims, {strides});
}

void fuse_elementwise(Program &program) { Fuser(program).run(); }

}  // namespace cermet
