// SPDX-License-Identifier: Apache-2.0
#include "runtime/derive.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/memory_plan.h"

namespace cermet {

namespace {

using Home = Program::Home;
using Value = Program::Value;
using Step = Program::Step;

constexpr size_t kLongestKey = 4096;               // of expressions that share much, keys would grow without end
constexpr int64_t kSmallBytes = int64_t{1} << 16;  // what may be kept whatever it is made from

class Deriver {
 public:
  explicit Deriver(Program &program) : program_(program), known_(program.values.size()) {
    for (size_t v = 0; v < program_.values.size(); ++v) {
      const Value &value = program_.values[v];
      if (value.home != Home::variable || !program_.parameters[static_cast<size_t>(value.index)] ||
          program_.is_changed(value))
        continue;
      known_[v] = {quoted(program_.variables[static_cast<size_t>(value.index)]), {value.index}};
    }
    for (int output : program_.outputs) known_[static_cast<size_t>(output)].kept = true;
  }

  void run() {
    for (Step &step : program_.steps) {
      if (!derivable(step)) continue;
      step.part = Program::Part::derived;
      program_.remarks.add("find_derived", "made once, and when a parameter changes", step.node->name);
    }
    std::stable_partition(program_.steps.begin(), program_.steps.end(),
                          [](const Step &step) { return step.part == Program::Part::derived; });
    for (const Step &step : program_.steps) {
      if (step.part == Program::Part::derived) continue;
      for (size_t slot = 0; slot < step.inputs.size(); ++slot)
        if (step.inputs[slot] >= 0 && !step.node->input_def(slot).shape_only) keep(step.inputs[slot]);
    }
  }

 private:
  // What is known of a value: how it follows from which variables. An empty key: it does not, or not from parameters.
  struct Known {
    std::string key;
    std::vector<int> sources;
    bool kept = false;  // as an output of the program
  };

  const Value &value(int index) const { return program_.values[static_cast<size_t>(index)]; }
  Known &known(int index) { return known_[static_cast<size_t>(index)]; }

  bool derivable(const Step &step) {
    const Definition &op = *step.node->op;
    if (op.random) return false;
    Known made;
    int64_t bytes_in = 0, bytes_out = 0;
    made.key = cat(op.name, "(");
    for (size_t slot = 0; slot < step.inputs.size(); ++slot) {
      int input = step.inputs[slot];
      const InputDef &def = step.node->input_def(slot);
      if (input < 0 || def.shape_only) continue;
      const Known &from = known(input);
      if (from.key.empty()) return false;
      made.key += cat(slot, "=", from.key, ",");
      made.sources.insert(made.sources.end(), from.sources.begin(), from.sources.end());
      bytes_in += value(input).nbytes();
    }
    for (const auto &[name, given] : step.node->attrs.given()) made.key += cat(name, "=", given.text(), ",");
    made.key += ")";
    for (int output : step.outputs) {
      const Value &out = value(output);
      if (out.home != Home::arena || known(output).kept) return false;
      bytes_out += out.nbytes();
      made.key += cat(out.shape, out.dtype, ":", out.format ? out.format->key : "", ";");
    }
    if (bytes_out > std::max(kSmallBytes, 4 * bytes_in) || made.key.size() > kLongestKey) {
      program_.remarks.add("find_derived", "not kept: much larger than what it is made from", step.node->name);
      return false;
    }
    std::sort(made.sources.begin(), made.sources.end());
    made.sources.erase(std::unique(made.sources.begin(), made.sources.end()), made.sources.end());
    for (size_t k = 0; k < step.outputs.size(); ++k) {
      known(step.outputs[k]) = made;
      known(step.outputs[k]).key += cat("#", k);
    }
    return true;
  }

  // A value of the derived part that another part reads.
  void keep(int index) {
    Value &kept = program_.values[static_cast<size_t>(index)];
    if (kept.home != Home::arena || known(index).key.empty()) return;
    kept.home = Home::derived;
    kept.index = static_cast<int>(program_.derived.size());
    program_.derived.push_back({index, known(index).key, known(index).sources});
    program_.derived_bytes = add_bytes(program_.derived_bytes, kept.nbytes());
  }

  Program &program_;
  std::vector<Known> known_;  // by value
};

}  // namespace

void find_derived(Program &program) {
  if (!program.train) Deriver(program).run();
}

}  // namespace cermet
