// SPDX-License-Identifier: Apache-2.0
#include "graph/describe.h"

#include <optional>
#include <unordered_set>

#include "base/json.h"

namespace cermet {
namespace {

OrderedJson attributes(const Node &node) {
  OrderedJson out = OrderedJson::object();
  if (!node.is_variable())
    for (const auto &[name, value] : node.attrs.given()) out[name] = value.text();
  for (const auto &[name, value] : node.user_attrs) out[name] = value;
  return out;
}

OrderedJson outputs_of(const Node &node, const Inferred &inferred) {
  OrderedJson out = OrderedJson::array();
  const auto &specs = inferred.specs.at(&node);
  for (size_t k = 0; k < specs.size(); ++k) {
    if (!node.is_variable() && node.op->hides(node.attrs.get(), static_cast<int>(k))) continue;
    out.push_back({{"name", output_name(node, static_cast<int>(k))},
                   {"shape", std::vector<int64_t>(specs[k].shape->begin(), specs[k].shape->end())},
                   {"dtype", dtype_name(*specs[k].dtype)}});
  }
  return out;
}

}  // namespace

std::string describe_graph(const std::vector<Entry> &outputs, const std::vector<NamedSpec> *known) {
  std::optional<Inferred> inferred;
  if (known) inferred = infer(outputs, *known, false);
  std::unordered_map<const Node *, int64_t> ids;
  std::unordered_set<const Node *> counted;
  OrderedJson out = OrderedJson::array();
  for (const Node *node : topological_order(outputs)) {
    auto id = static_cast<int64_t>(ids.size());
    ids[node] = id;
    OrderedJson inputs = OrderedJson::array();
    int64_t num_parameters = 0;
    for (size_t slot = 0; slot < node->inputs.size(); ++slot) {
      const Entry &entry = node->inputs[slot];
      if (!entry) continue;
      const InputDef &def = node->input_def(slot);
      inputs.push_back({{"node", ids.at(entry.node.get())},
                        {"output", entry.index},
                        {"name", def.name},
                        {"role", role_name(def.role)}});
      bool kept = entry.node->is_variable() && (def.role == Role::parameter || def.role == Role::state);
      if (kept && inferred && counted.insert(entry.node.get()).second)
        num_parameters += inferred->of(entry).shape->numel();
    }
    OrderedJson row = {{"id", id}, {"name", node->name}};
    row["op"] = node->is_variable() ? OrderedJson(nullptr) : OrderedJson(node->op->name);
    row["attrs"] = attributes(*node);
    row["inputs"] = std::move(inputs);
    if (inferred) {
      row["outputs"] = outputs_of(*node, *inferred);
      row["num_parameters"] = num_parameters;
    }
    out.push_back(std::move(row));
  }
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace cermet
