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

std::vector<Entry> entries_of(Recorder &recorder, const std::vector<ArrayRef> &arrays) {
  std::vector<Entry> out;
  for (const ArrayRef &array : arrays) out.push_back(array ? recorder.entry_of(array) : Entry{});
  return out;
}

void check_heads(const Recorder &recorder, const std::vector<ArrayRef> &heads,
                 const std::vector<ArrayRef> &head_grads) {
  for (size_t k = 0; k < heads.size(); ++k) {
    if (!recorder.knows(heads[k].get()))
      throw Error(Status::invalid_argument, cat("heads[", k, "]"), "was not computed while this recorder recorded");
    if (!head_grads[k]) continue;
    if (!(head_grads[k]->shape() == heads[k]->shape()))
      throw Error(Status::shape, cat("head_grads[", k, "]"), "got ", head_grads[k]->shape(), "; want ",
                  heads[k]->shape());
    if (head_grads[k]->dtype() != heads[k]->dtype())
      throw Error(Status::dtype, cat("head_grads[", k, "]"), "got ", head_grads[k]->dtype(), "; want ",
                  heads[k]->dtype());
  }
}

std::vector<ArrayRef> gradients(Recorder &recorder, const std::vector<ArrayRef> &heads,
                                const std::vector<ArrayRef> &head_grads, const std::vector<Entry> &wrt,
                                bool create_graph) {
  check_heads(recorder, heads, head_grads);
  std::vector<Entry> grads = gradient(entries_of(recorder, heads), entries_of(recorder, head_grads), wrt);
  return evaluate(recorder, grads, create_graph);
}

}  // namespace

std::vector<ArrayRef> recorded_gradient(Recorder &recorder, const std::vector<ArrayRef> &heads,
                                        const std::vector<ArrayRef> &head_grads, const std::vector<ArrayRef> &variables,
                                        bool create_graph) {
  for (size_t k = 0; k < variables.size(); ++k)
    if (!is_float(variables[k]->dtype()))
      throw Error(Status::dtype, cat("variables[", k, "]"), "got ", variables[k]->dtype(),
                  "; want a floating-point dtype");
  std::vector<ArrayRef> out = gradients(recorder, heads, head_grads, entries_of(recorder, variables), create_graph);
  for (size_t k = 0; k < out.size(); ++k)
    if (!out[k]) out[k] = invoke_one("zeros_like", {variables[k]});
  return out;
}

void recorded_backward(Recorder &recorder, const std::vector<ArrayRef> &heads, const std::vector<ArrayRef> &head_grads,
                       bool retain) {
  std::vector<ArrayRef> arrays;
  std::vector<Entry> wrt;
  for (auto &[array, entry] : recorder.variables()) {
    if (!array->grad) continue;
    arrays.push_back(array);
    wrt.push_back(entry);
  }
  if (arrays.empty())
    throw Error(Status::invalid_argument, "heads", "no array with an attached gradient took part in the recording");
  std::vector<ArrayRef> grads = gradients(recorder, heads, head_grads, wrt, false);
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
