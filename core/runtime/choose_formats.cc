// SPDX-License-Identifier: Apache-2.0
#include "runtime/choose_formats.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "graph/compose.h"
#include "ops/nn/winograd.h"
#include "runtime/fuse_elementwise.h"

namespace cermet {

namespace {

using Home = Program::Home;
using Value = Program::Value;
using Step = Program::Step;

// Whether zeros give zero: then padding stays what it must be.
bool keeps_zeros(const Elementwise &e) {
  float zero = 0, out = 1, number = static_cast<float>(e.number);
  switch (e.form) {
    case Elementwise::kUnary:
      e.unary.float32(&zero, &out, 1);
      break;
    case Elementwise::kBinary:
    case Elementwise::kFold:
      e.binary.float32[kBothVary](&zero, &zero, &out, 1);
      break;
    case Elementwise::kNumberRight:
      e.binary.float32[kRightFixed](&zero, &number, &out, 1);
      break;
    case Elementwise::kNumberLeft:
      e.binary.float32[kLeftFixed](&number, &zero, &out, 1);
      break;
  }
  return out == 0;
}

class Chooser {
 public:
  explicit Chooser(Program &program) : program_(program), kept_(program.outputs.begin(), program.outputs.end()) {}

  void run() {
    std::vector<Step> before = std::move(program_.steps);
    program_.steps.clear();
    for (Step &step : before) {
      part_ = step.part;
      add(std::move(step));
    }
  }

 private:
  Value &value(int index) { return program_.values[static_cast<size_t>(index)]; }

  void add(Step step) {
    const Definition &op = *step.node->op;
    auto row_major = [&](int input) { return input < 0 || (!value(input).format && !best_format(input)); };
    if (!op.formats && std::all_of(step.inputs.begin(), step.inputs.end(), row_major))
      return program_.steps.push_back(std::move(step));
    FormatContext formats = context(step);
    if (op.formats) {
      op.formats(formats, step.node->attrs.get());
      remark(step, formats);
    }
    if (!op.formats && op.elementwise) follow_inputs(step, op.elementwise(step.node->attrs.get()), formats);
    for (size_t slot = 0; slot < step.inputs.size(); ++slot)
      if (step.inputs[slot] >= 0 && !step.node->input_def(slot).shape_only &&
          step.node->input_def(slot).role != Role::state)
        step.inputs[slot] = in_format(step.inputs[slot], formats.wanted[slot], step.node->inputs[slot]);
    std::vector<std::pair<int, int>> seen;  // (as the step gives it, as others see it)
    for (size_t k = 0; k < step.outputs.size(); ++k) {
      if (!formats.given[k]) continue;
      int &output = step.outputs[k];
      if (value(output).home == Home::arena && !kept_.count(output)) {
        value(output).format = formats.given[k];
        continue;
      }
      int given = another(output, formats.given[k]);
      seen.emplace_back(given, output);
      output = given;
    }
    if (!op.formats && value(step.outputs[0]).format) run_as_loop(step);
    Node *node = step.node;
    auto outputs = step.outputs;
    program_.steps.push_back(std::move(step));
    for (auto [given, wanted] : seen) {
      auto k = std::find(outputs.begin(), outputs.end(), given) - outputs.begin();
      convert(given, wanted, {Ref<Node>::share(node), static_cast<int>(k)});
      variants_[wanted].push_back(given);
    }
  }

  void note(const char *what, const Node &node) { program_.remarks.add("choose_formats", what, node.name); }

  void remark(const Step &step, const FormatContext &formats) {
    bool given = std::any_of(formats.given.begin(), formats.given.end(), [](const auto &f) { return f != nullptr; });
    note(given ? "works on blocks of channels" : "stays row-major: no kernel for blocks fits", *step.node);
    const std::string &op = step.node->op->name;
    if (op != "convolution" && op != "convolution_data_grad") return;
    const auto &attrs = *static_cast<const nn::ConvolutionAttrs *>(step.node->attrs.get());
    const char *refusal = nn::winograd_refusal(formats, attrs);
    program_.remarks.add(refusal ? "winograd: direct instead" : "winograd", refusal ? refusal : "chosen",
                         step.node->name);
  }

  FormatContext context(const Step &step) {
    std::vector<const TensorSpec *> inputs, outputs;
    std::vector<FormatRef> arriving;
    auto spec = [this](int index) {
      specs_.push_back({value(index).shape, value(index).dtype});
      return &specs_.back();
    };
    specs_.clear();
    specs_.reserve(step.inputs.size() + step.outputs.size());
    for (int input : step.inputs) {
      inputs.push_back(input >= 0 ? spec(input) : nullptr);
      arriving.push_back(input >= 0 ? best_format(input) : nullptr);
    }
    for (int output : step.outputs) outputs.push_back(spec(output));
    return {std::move(inputs), std::move(outputs), std::move(arriving)};
  }

  // The format of a value, or of a variant of it if it is row-major itself.
  FormatRef best_format(int index) {
    if (value(index).format) return value(index).format;
    auto found = variants_.find(index);
    return found == variants_.end() || value(index).home == Home::variable ? nullptr
                                                                           : value(found->second.front()).format;
  }

  // An elementwise operator works in the format of the first input that has any, if the others have the same shape or
  // stretch to it.
  void follow_inputs(const Step &step, const Elementwise &e, FormatContext &formats) {
    const Value &out = value(step.outputs[0]);
    auto has_shape = [&](int input) { return value(input).shape == out.shape; };
    Value whole = out;
    for (size_t slot = 0; slot < step.inputs.size() && !whole.format; ++slot)
      if (step.inputs[slot] >= 0 && has_shape(step.inputs[slot]))
        whole.format = formats.arriving(static_cast<int>(slot));
    if (!whole.format) return;
    if (whole.format->padded && !keeps_zeros(e))
      return note("made row-major: it would turn the padding of blocks into other values than 0", *step.node);
    for (int input : step.inputs) {
      if (input < 0 || value(input).dtype != out.dtype) return;
      if (has_shape(input)) continue;
      Value small = value(input);
      small.format = nullptr;
      if (!stretch_of(small, whole))
        return note("made row-major: an input does not broadcast to padded blocks", *step.node);
    }
    for (size_t slot = 0; slot < step.inputs.size(); ++slot)
      if (has_shape(step.inputs[slot])) formats.want(static_cast<int>(slot), whole.format);
    formats.give(0, whole.format);
  }

  // Kernels of elementwise operators see values in a format as one long row: with inputs that stretch, a loop runs.
  void run_as_loop(Step &step) {
    const Value &out = value(step.outputs[0]);
    std::vector<FusedLoop::Stretch> stretches;
    for (int input : step.inputs)
      stretches.push_back(value(input).shape == out.shape ? std::nullopt : stretch_of(value(input), out));
    if (std::none_of(stretches.begin(), stretches.end(), [](const auto &stretch) { return stretch.has_value(); }))
      return;
    std::vector<FusedLoop::Instruction> only{{step.node->op->elementwise(step.node->attrs.get()), {0, 1}}};
    note("broadcasts in blocks of channels, as a loop", *step.node);
    step.loop = std::make_shared<const FusedLoop>(std::move(stretches), std::move(only));
    step.fused = {step.node->op->name};
  }

  // The value, or a variant of it, in the wanted format. `source` is where it comes from in the graph.
  int in_format(int index, const FormatRef &wanted, const Entry &source) {
    if (same_format(value(index).format, wanted)) return index;
    if (auto found = variants_.find(index); found != variants_.end())
      for (int variant : found->second)
        if (same_format(value(variant).format, wanted)) return variant;
    int out = another(index, wanted);
    convert(index, out, source);
    if (!program_.is_changed(value(index))) variants_[index].push_back(out);
    return out;
  }

  int another(int index, const FormatRef &format) {
    Value copy = value(index);
    copy.home = Home::arena;
    copy.format = format;
    program_.values.push_back(std::move(copy));
    return static_cast<int>(program_.values.size()) - 1;
  }

  void convert(int from, int to, const Entry &source) {
    note("converted between formats", *source.node);
    Entry conversion = apply_op("convert_format", {source}, {}, source.node->name + "_convert");
    program_.conversions.push_back(conversion);
    Step step;
    step.node = conversion.node.get();
    step.part = part_;
    step.inputs = {from};
    step.outputs = {to};
    program_.steps.push_back(std::move(step));
  }

  Program &program_;
  Program::Part part_ = Program::Part::forward;         // of the step at hand
  std::unordered_set<int> kept_;                        // outputs of the program
  std::unordered_map<int, std::vector<int>> variants_;  // the same values in other formats
  std::vector<TensorSpec> specs_;                       // of the step at hand
};

}  // namespace

void choose_formats(Program &program) { Chooser(program).run(); }

}  // namespace cermet
