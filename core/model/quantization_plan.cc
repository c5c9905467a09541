// SPDX-License-Identifier: Apache-2.0
#include "model/quantization_plan.h"

#include <algorithm>

#include "graph/rewrite.h"
#include "model/parameters.h"
#include "runtime/fold_batch_norm.h"
#include "schema/registry.h"

namespace cermet {

namespace {

using Part = QuantizationPlan::Part;

bool is_rectifier(const Node &node) {
  return node.op->name == "relu" ||
         (node.op->name == "activation" && attribute<std::string>(node, "act_type") == "relu");
}

// In predictions these give their input.
std::vector<Entry> without_dropout(const std::vector<Entry> &outputs) {
  return rewrite(outputs, [](Node &node, const std::vector<Entry> &inputs) -> std::optional<std::vector<Entry>> {
    if (node.is_variable() || (node.op->name != "dropout" && node.op->name != "identity")) return std::nullopt;
    if (node.op->name == "dropout" && attribute<std::string>(node, "mode") == "always") return std::nullopt;
    return std::vector<Entry>(static_cast<size_t>(node.num_outputs()), inputs[0]);
  });
}

class Planner {
 public:
  explicit Planner(const QuantizationRequest &request) {
    plan_.request = request;
    auto known = known_specs(request);
    plan_.outputs = expand_composites(request.model->symbol()->outputs, DeviceType::cpu);
    Remarks unread;
    plan_.outputs = fold_batch_norm(without_dropout(plan_.outputs), known, unread);
    inferred_ = infer(plan_.outputs, known, false);
    plan_.order = inferred_.order;
    plan_.index = NodeIndex(plan_.order);
    plan_.parts.resize(plan_.order.size());
  }

  QuantizationPlan run() {
    find_layers();
    if (plan_.request.mode != Calibration::none) {
      find_wanted();
      find_observed();
    }
    return std::move(plan_);
  }

 private:
  Part &at(const Node *node) { return plan_.at(node); }
  bool excluded(const Node &node) const {
    const auto &names = plan_.request.excluded;
    if (names.count(node.name) || names.count(node.op->name)) return true;
    for (const std::string &alias : node.op->aliases)
      if (names.count(alias)) return true;
    return false;
  }
  bool is_float(const Entry &entry) const { return *inferred_.of(entry).dtype == DType::float32; }

  void find_layers() {
    std::set<std::string> inputs;
    for (const NamedSpec &input : plan_.request.inputs) inputs.insert(input.name);
    bool any = false;
    for (Node *node : plan_.order) {
      Part &part = at(node);
      if (node->is_variable()) {
        part.constant = !inputs.count(node->name) && is_parameter(node->name);
        continue;
      }
      part.constant = !node->op->random;
      for (const Entry &entry : node->inputs) {
        if (!entry) continue;
        ++at(entry.node.get()).uses;
        part.constant = part.constant && at(entry.node.get()).constant;
      }
      if (part.constant || excluded(*node)) continue;
      part.layer = is_layer(*node);
      part.able = part.layer || passes_integers(*node);
      any = any || part.layer;
    }
    for (const Entry &entry : plan_.outputs) ++at(entry.node.get()).uses;
    if (!any)
      throw Error(Status::unsupported, "model",
                  "has no convolution or fully connected layer of float32 that could be quantized");
  }

  bool is_parameter(const std::string &name) const {
    const Model &model = *plan_.request.model;
    return !model.is_label(name) && model.parameter(name);
  }

  bool is_layer(const Node &node) {
    if (node.op->name != "convolution" && node.op->name != "fully_connected") return false;
    for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
      const Entry &entry = node.inputs[slot];
      if (entry && (!is_float(entry) || at(entry.node.get()).constant != (slot > 0))) return false;
    }
    return true;
  }

  // Whether it works on integers as well, and gets them.
  bool passes_integers(const Node &node) {
    const std::string &op = node.op->name;
    bool sum = op == "add" && inferred_.of(node.inputs[0]).shape == inferred_.of(node.inputs[1]).shape;
    bool pooling = false;
    if (op == "pooling") {
      auto type = attribute<std::string>(node, "pool_type");
      pooling = type == "max" || type == "avg";
    }
    if (!sum && !pooling && !is_rectifier(node) && op != "flatten" && op != "concat") return false;
    for (const Entry &entry : node.inputs)
      if (!at(entry.node.get()).able) return false;
    return true;
  }

  // Backwards from the layers: what reaches one through nothing but what passes integers.
  void find_wanted() {
    auto want = [this](const Entry &entry) {
      at(entry.node.get()).wanted = true;
      if (!at(entry.node.get()).able) arriving_.push_back(entry);
    };
    for (size_t k = plan_.order.size(); k-- > 0;) {
      const Node &node = *plan_.order[k];
      if (node.is_variable()) continue;
      const Part &part = at(&node);
      if (part.layer)
        want(node.inputs[0]);
      else if (part.able && part.wanted)
        for (const Entry &entry : node.inputs) want(entry);
    }
  }

  void find_observed() {
    bool whole = plan_.request.type != quantized::OutType::int8;  // what is rectified becomes uint8
    for (const Entry &entry : arriving_) observe(entry, entry);
    for (Node *node : plan_.order) {
      if (node->is_variable() || !at(node).able || !at(node).wanted || !is_rectifier(*node)) continue;
      const Entry &from = node->inputs[0];
      if (!makes_range(*from.node) || at(from.node.get()).uses != 1) continue;
      observe({Ref<Node>::share(node), 0}, from);
      at(node).absorbed = whole;
    }
    for (Node *node : plan_.order)
      if (at(node).wanted && makes_range(*node)) observe({Ref<Node>::share(node), 0}, {Ref<Node>::share(node), 0});
  }

  bool makes_range(const Node &node) {
    return !node.is_variable() && at(&node).able && (at(&node).layer || node.op->name == "add");
  }
  // `made` gets the range of `entry`, unless it has one.
  void observe(const Entry &entry, const Entry &made) {
    if (plan_.ranges.try_emplace({made.node.get(), made.index}, plan_.observed.size()).second)
      plan_.observed.push_back(entry);
  }

  std::vector<Entry> arriving_;  // real numbers that become integers
  QuantizationPlan plan_;
  Inferred inferred_;
};

}  // namespace

std::vector<NamedSpec> known_specs(const QuantizationRequest &request) {
  std::vector<NamedSpec> out = parameter_specs(*request.model, request.inputs);
  out.insert(out.end(), request.inputs.begin(), request.inputs.end());
  return out;
}

Ref<Executor> value_executor(const QuantizationRequest &request, std::vector<Entry> values) {
  Variables needed = list_variables(values);
  std::map<std::string, ArrayRole> roles;
  for (Node *node : needed.arguments) roles[node->name] = ArrayRole::argument;
  for (Node *node : needed.auxiliary_states) roles[node->name] = ArrayRole::auxiliary;
  std::vector<NamedSpec> specs;
  for (NamedSpec &known : known_specs(request))
    if (roles.count(known.name)) specs.push_back(std::move(known));
  auto executor = make_ref<Executor>(std::move(values), specs, std::vector<std::string>{}, GradReq::null);
  for (const NamedSpec &known : specs) {
    bool is_input = std::any_of(request.inputs.begin(), request.inputs.end(),
                                [&](const NamedSpec &input) { return input.name == known.name; });
    if (!is_input) executor->set_array(roles.at(known.name), known.name, request.model->parameter(known.name));
  }
  return executor;
}

QuantizationPlan plan_quantization(const QuantizationRequest &request) { return Planner(request).run(); }

}  // namespace cermet
