// SPDX-License-Identifier: Apache-2.0
#include "runtime/drop_casts.h"

#include <algorithm>
#include <numeric>

#include "graph/compose.h"

namespace cermet {

namespace {

using Home = Program::Home;
using Step = Program::Step;
using Value = Program::Value;

bool is_cast(const Step &step) {
  const std::string &name = step.node->op->name;
  return name == "amp_cast" || name == "cast" || name == "cast_like" || name == "amp_multicast";
}

class Dropper {
 public:
  explicit Dropper(Program &program) : program_(program), stands_for_(program.values.size()) {
    std::iota(stands_for_.begin(), stands_for_.end(), 0);
    kept_.resize(program.values.size());
    for (int output : program.outputs) kept_[static_cast<size_t>(output)] = true;
  }

  void run() {
    std::vector<Step> steps = std::move(program_.steps);
    program_.steps.clear();
    for (Step &step : steps) {
      for (int &input : step.inputs)
        if (input >= 0) input = stands_for_[static_cast<size_t>(input)];
      if (is_cast(step))
        keep_changes(step);
      else
        program_.steps.push_back(std::move(step));
    }
  }

 private:
  Value &value(int index) { return program_.values[static_cast<size_t>(index)]; }

  // A cast of several arrays becomes one of each that needs it.
  void keep_changes(Step &step) {
    std::vector<size_t> changes;
    for (size_t k = 0; k < step.outputs.size(); ++k)
      if (!drop(step.inputs[k], step.outputs[k])) changes.push_back(k);
    if (changes.size() == step.outputs.size() && step.outputs.size() == 1)
      return program_.steps.push_back(std::move(step));
    for (size_t k : changes) {
      Entry cast =
          apply_op("amp_cast", {step.node->inputs[k]}, {{"dtype", value(step.outputs[k]).dtype}}, step.node->name);
      program_.conversions.push_back(cast);
      Step one;
      one.node = cast.node.get();
      one.part = step.part;
      one.inputs = {step.inputs[k]};
      one.outputs = {step.outputs[k]};
      program_.steps.push_back(std::move(one));
    }
  }

  bool drop(int input, int output) {
    Value &made = value(output);
    if (made.home != Home::arena || kept_[static_cast<size_t>(output)] || made.dtype != value(input).dtype ||
        program_.is_changed(value(input)))
      return false;
    made.home = Home::nowhere;
    stands_for_[static_cast<size_t>(output)] = input;
    return true;
  }

  Program &program_;
  std::vector<int> stands_for_;  // by value
  std::vector<bool> kept_;       // outputs of the program
};

}  // namespace

void drop_casts(Program &program) {
  if (std::any_of(program.steps.begin(), program.steps.end(), is_cast)) Dropper(program).run();
}

}  // namespace cermet
