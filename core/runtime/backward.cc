// SPDX-License-Identifier: Apache-2.0
// Gradients of recorded calls: the gradient graph is built by the one gradient pass and then evaluated call by call,
// with values that the recorder kept.
#include "autograd/gradient.h"
#include "runtime/engine.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct Evaluation {
  Recorder &recorder;
  bool keep;  // the values stay in the recording (create_graph)
  std::unordered_map<const Node *, std::vector<ArrayRef>> values;
  std::unordered_map<const Node *, int> uses;

  ArrayRef value(const Entry &entry, bool shape_only) {
    if (!entry) return nullptr;
    auto found = values.find(entry.node.get());
    if (found != values.end()) return found->second[static_cast<size_t>(entry.index)];
    return recorder.value(entry, shape_only);
  }

  void run(Node *node) {
    std::vector<ArrayRef> inputs;
    for (size_t slot = 0; slot < node->inputs.size(); ++slot)
      inputs.push_back(value(node->inputs[slot], node->input_def(slot).shape_only));
    bool recording = recorder.recording;
    recorder.recording = false;  // the nodes exist already
    std::vector<ArrayRef> outputs;
    try {
      outputs = call(*node->op, node->attrs, inputs, &recorder, nullptr, {});
    } catch (...) {
      recorder.recording = recording;
      throw;
    }
    recorder.recording = recording;
    if (keep) {
      auto owner = Ref<Node>::share(node);
      recorder.keep(owner, outputs);
      for (size_t k = 0; k < outputs.size(); ++k) recorder.bind(outputs[k], {owner, static_cast<int>(k)});
    } else {
      values[node] = std::move(outputs);
      for (const Entry &entry : node->inputs)
        if (entry && uses.count(entry.node.get()) && --uses[entry.node.get()] == 0) values.erase(entry.node.get());
    }
  }
};

std::vector<ArrayRef> evaluate(Recorder &recorder, const std::vector<Entry> &wanted, bool keep) {
  Evaluation evaluation{recorder, keep, {}, {}};
  auto has_value = [](const Node *node, const void *payload) {
    return static_cast<const Recorder *>(payload)->has_value(node);
  };
  std::vector<Entry> present;
  for (const Entry &entry : wanted)
    if (entry) present.push_back(entry);
  std::vector<Node *> order = topological_order(present, has_value, &recorder);
  for (Node *node : order)
    if (!recorder.has_value(node))
      for (const Entry &entry : node->inputs)
        if (entry) ++evaluation.uses[entry.node.get()];
  for (const Entry &entry : present) ++evaluation.uses[entry.node.get()];
  for (Node *node : order)
    if (!recorder.has_value(node)) evaluation.run(node);
  std::vector<ArrayRef> out;
  for (const Entry &entry : wanted) out.push_back(evaluation.value(entry, false));
  return out;
}

struct Heads {
  std::vector<Entry> outputs, grads;
};

Heads heads_of(Recorder &recorder, const std::vector<ArrayRef> &heads, const std::vector<ArrayRef> &head_grads) {
  Heads out;
  for (size_t k = 0; k < heads.size(); ++k) {
    out.outputs.push_back(recorder.unchanged_entry_of(heads[k], cat("heads[", k, "]")));
    if (!out.outputs.back())
      throw Error(Status::invalid_argument, cat("heads[", k, "]"), "was not computed while this recorder recorded");
    out.grads.emplace_back();
    if (!head_grads[k]) continue;
    std::string argument = cat("head_grads[", k, "]");
    if (!(head_grads[k]->shape() == heads[k]->shape()))
      throw Error(Status::shape, argument, "got ", head_grads[k]->shape(), "; want ", heads[k]->shape());
    if (head_grads[k]->dtype() != heads[k]->dtype())
      throw Error(Status::dtype, argument, "got ", head_grads[k]->dtype(), "; want ", heads[k]->dtype());
    out.grads.back() = recorder.entry_of(head_grads[k]);
  }
  return out;
}

}  // namespace

std::vector<ArrayRef> recorded_gradient(Recorder &recorder, const std::vector<ArrayRef> &heads,
                                        const std::vector<ArrayRef> &head_grads, const std::vector<ArrayRef> &variables,
                                        bool create_graph) {
  Heads from = heads_of(recorder, heads, head_grads);
  std::vector<Entry> wrt;
  for (size_t k = 0; k < variables.size(); ++k) {
    std::string argument = cat("variables[", k, "]");
    if (!is_float(variables[k]->dtype()))
      throw Error(Status::dtype, argument, "got ", variables[k]->dtype(), "; want a floating-point dtype");
    Entry entry = recorder.unchanged_entry_of(variables[k], argument, true);
    wrt.push_back(entry ? entry : recorder.entry_of(variables[k]));
  }
  std::vector<ArrayRef> out = evaluate(recorder, gradient(from.outputs, from.grads, wrt), create_graph);
  for (size_t k = 0; k < out.size(); ++k)
    if (!out[k]) out[k] = invoke_one("zeros_like", {variables[k]});
  return out;
}

void recorded_backward(Recorder &recorder, const std::vector<ArrayRef> &heads, const std::vector<ArrayRef> &head_grads,
                       bool retain) {
  Heads from = heads_of(recorder, heads, head_grads);
  std::vector<ArrayRef> arrays;
  std::vector<Entry> wrt;
  for (auto &[array, entry] : recorder.variables()) {
    if (!array->grad) continue;
    arrays.push_back(array);
    wrt.push_back(entry);
  }
  if (arrays.empty())
    throw Error(Status::invalid_argument, "heads", "no array with an attached gradient took part in the recording");
  std::vector<ArrayRef> grads = evaluate(recorder, gradient(from.outputs, from.grads, wrt), false);
  for (size_t k = 0; k < arrays.size(); ++k) {
    if (!grads[k]) continue;
    const char *name = arrays[k]->grad_req == GradReq::add ? "add" : "identity";
    const Definition &op = find_op(name);
    std::vector<ArrayRef> inputs{grads[k]}, outputs{arrays[k]->grad};
    if (arrays[k]->grad_req == GradReq::add) inputs.insert(inputs.begin(), arrays[k]->grad);
    invoke(op, Attrs(op, {}), inputs, nullptr, nullptr, outputs);
  }
  if (!retain) recorder.clear();
}

}  // namespace cermet
