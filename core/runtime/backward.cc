// SPDX-License-Identifier: Apache-2.0
// Gradients of recorded calls: the gradient graph is built by the one gradient pass and then evaluated call by call,
// with values that the recorder kept.
#include <algorithm>

#include "autograd/gradient.h"
#include "runtime/engine.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// How a node of the gradient runs: in the mode of the call that it belongs to, and not recorded, since it exists.
class Mode {
 public:
  Mode(Recorder &recorder, bool train) : recorder_(recorder), train_(recorder.train), recording_(recorder.recording) {
    recorder.train = train;
    recorder.recording = false;
  }
  ~Mode() {
    recorder_.train = train_;
    recorder_.recording = recording_;
  }
  Mode(const Mode &) = delete;
  Mode &operator=(const Mode &) = delete;

 private:
  Recorder &recorder_;
  const bool train_, recording_;
};

using Values = std::unordered_map<const Node *, std::vector<ArrayRef>>;

struct Evaluation {
  Recorder &recorder;
  bool keep;      // the values stay in the recording (create_graph)
  Values values;  // that the recording does not have
  std::unordered_map<const Node *, int> uses;

  bool has_value(const Node *node) const { return values.count(node) != 0 || recorder.has_value(node); }

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
    std::vector<ArrayRef> outputs;
    {
      Mode mode(recorder, node->train);
      outputs = call(*node->op, node->attrs, inputs, &recorder, nullptr, {});
    }
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

// `given`: values of variables that are not in the recording.
std::vector<ArrayRef> evaluate(Recorder &recorder, const std::vector<Entry> &wanted, Values given, bool keep) {
  Evaluation evaluation{recorder, keep, std::move(given), {}};
  auto has_value = [](const Node *node, const void *payload) {
    return static_cast<const Evaluation *>(payload)->has_value(node);
  };
  std::vector<Entry> present;
  for (const Entry &entry : wanted)
    if (entry) present.push_back(entry);
  std::vector<Node *> order = topological_order(present, has_value, &evaluation);
  std::erase_if(order, [&](const Node *node) { return evaluation.has_value(node); });
  for (Node *node : order)
    for (const Entry &entry : node->inputs)
      if (entry) ++evaluation.uses[entry.node.get()];
  for (const Entry &entry : present) ++evaluation.uses[entry.node.get()];
  for (Node *node : order) evaluation.run(node);
  std::vector<ArrayRef> out;
  for (const Entry &entry : wanted) out.push_back(evaluation.value(entry, false));
  return out;
}

struct Heads {
  std::vector<Entry> outputs, grads;
  Values given;  // of those gradients that are not in the recording
};

// `keep`: gradients are added to the recording, as what is computed from them will be.
Heads heads_of(Recorder &recorder, const std::vector<ArrayRef> &heads, const std::vector<ArrayRef> &head_grads,
               bool keep) {
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
    if (keep || recorder.knows(head_grads[k])) {
      out.grads.back() = recorder.entry_of(head_grads[k]);
    } else {
      out.grads.back() = {make_ref<Node>("array"), 0};
      out.given[out.grads.back().node.get()] = {head_grads[k]};
    }
  }
  return out;
}

// Entries whose values will be arrays of their own, even where a gradient is the array that was given, or that of
// another variable.
void make_distinct(const Recorder &recorder, const Values &given, std::vector<Entry> &entries) {
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    if (!*entry) continue;
    bool there = recorder.has_value(entry->node.get()) || given.count(entry->node.get());
    if (there || std::find(entries.begin(), entry, *entry) != entry) *entry = apply_op("identity", {*entry});
  }
}

}  // namespace

std::vector<ArrayRef> recorded_gradient(Recorder &recorder, const std::vector<ArrayRef> &heads,
                                        const std::vector<ArrayRef> &head_grads, const std::vector<ArrayRef> &variables,
                                        bool create_graph) {
  Heads from = heads_of(recorder, heads, head_grads, create_graph);
  std::vector<Entry> wrt;
  for (size_t k = 0; k < variables.size(); ++k) {
    std::string argument = cat("variables[", k, "]");
    if (!is_float(variables[k]->dtype()))
      throw Error(Status::dtype, argument, "got ", variables[k]->dtype(), "; want a floating-point dtype");
    Entry entry = recorder.unchanged_entry_of(variables[k], argument, true);
    wrt.push_back(entry ? entry : Entry{make_ref<Node>("array"), 0});  // nothing depends on what is not recorded
  }
  std::vector<Entry> grads = gradient(from.outputs, from.grads, wrt);
  make_distinct(recorder, from.given, grads);
  std::vector<ArrayRef> out = evaluate(recorder, grads, std::move(from.given), create_graph);
  for (size_t k = 0; k < out.size(); ++k)
    if (!out[k]) out[k] = invoke_one("zeros_like", {variables[k]});
  return out;
}

void recorded_backward(Recorder &recorder, const std::vector<ArrayRef> &heads, const std::vector<ArrayRef> &head_grads,
                       bool retain) {
  Heads from = heads_of(recorder, heads, head_grads, false);
  std::vector<ArrayRef> arrays;
  std::vector<Entry> wrt;
  for (auto &[array, entry] : recorder.variables()) {
    if (!array->grad) continue;
    arrays.push_back(array);
    wrt.push_back(entry);
  }
  if (arrays.empty())
    throw Error(Status::invalid_argument, "heads", "no array with an attached gradient took part in the recording");
  std::vector<Entry> wanted = gradient(from.outputs, from.grads, wrt);
  std::vector<ArrayRef> grads = evaluate(recorder, wanted, std::move(from.given), false);
  for (size_t k = 0; k < arrays.size(); ++k) {
    bool add = arrays[k]->grad_req == GradReq::add;
    if (!grads[k] && add) continue;
    const Definition &op = find_op(add ? "add" : grads[k] ? "identity" : "zeros_like");
    std::vector<ArrayRef> inputs{grads[k] ? grads[k] : arrays[k]}, outputs{arrays[k]->grad};
    if (add) inputs.insert(inputs.begin(), arrays[k]->grad);
    invoke(op, Attrs(op, {}), inputs, nullptr, nullptr, outputs);
  }
  if (!retain) recorder.clear();
}

}  // namespace cermet
