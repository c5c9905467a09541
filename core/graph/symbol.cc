// SPDX-License-Identifier: Apache-2.0
#include "graph/symbol.h"

#include <algorithm>
#include <unordered_set>

#include "graph/compose.h"
#include "graph/node_index.h"
#include "graph/rewrite.h"
#include "schema/registry.h"

namespace cermet {

Variables list_variables(const std::vector<Entry> &outputs) {
  std::vector<Node *> order = topological_order(outputs);
  NodeIndex states;
  for (Node *node : order)
    for (size_t slot = 0; slot < node->inputs.size(); ++slot)
      if (node->inputs[slot] && node->input_def(slot).role == Role::state) states.insert(node->inputs[slot].node.get());
  Variables out;
  for (Node *node : order)
    if (node->is_variable()) (states.contains(node) ? out.auxiliary_states : out.arguments).push_back(node);
  return out;
}

std::map<std::string, Role> variable_roles(const std::vector<Entry> &outputs) {
  std::map<std::string, Role> roles;
  auto take = [&](const Entry &entry, Role role) {
    if (!entry || !entry.node->is_variable()) return;
    auto [found, fresh] = roles.emplace(entry.node->name, role);
    auto weight = [](Role value) {
      return value == Role::state ? 3 : value == Role::parameter ? 2 : value == Role::data;
    };
    if (!fresh && weight(role) > weight(found->second)) found->second = role;
  };
  for (const Entry &output : outputs) take(output, Role::data);
  for (Node *node : topological_order(outputs))
    for (size_t slot = 0; slot < node->inputs.size(); ++slot) take(node->inputs[slot], node->input_def(slot).role);
  return roles;
}

bool loss_is_mean(const std::vector<Entry> &outputs) {
  const Node *first = nullptr;
  bool mean = false;
  for (const Entry &output : outputs) {
    const Node &node = *output.node;
    if (node.is_variable() || !node.op->loss) continue;
    bool here = node.op->mean_when && node.op->holds(node.op->mean_when, node.attrs.get());
    if (first && here != mean)
      throw Error(Status::unsupported, "symbol", "loss outputs ", quoted(first->name), " and ", quoted(node.name),
                  " differ: one gradient is an average over the batch, the other a sum");
    first = &node;
    mean = here;
  }
  if (!first) throw Error(Status::not_found, "symbol", "has no loss output");
  return mean;
}

AttrValue stated(const Node &variable, const char *key, AttrType type) {
  auto found = variable.user_attrs.find(key);
  if (found == variable.user_attrs.end()) return None{};
  try {
    return parse_attr(type, found->second);
  } catch (Error &error) {
    error.argument = key;
    error.at_node(variable.name);
    throw;
  }
}

std::vector<std::string> output_names(const std::vector<Entry> &outputs) {
  std::vector<std::string> out;
  for (const Entry &entry : outputs) out.push_back(output_name(*entry.node, entry.index));
  return out;
}

void verify(const std::vector<Entry> &outputs) {
  std::unordered_set<std::string> names;
  auto check_entry = [](const Entry &entry, const std::string &user) {
    if (entry.index < 0 || entry.index >= entry.node->num_outputs())
      throw Error(Status::internal, "", "node ", quoted(user), " uses output ", entry.index, " of ",
                  quoted(entry.node->name), ", which has ", entry.node->num_outputs());
  };
  for (const Entry &output : outputs) {
    if (!output) throw Error(Status::internal, "outputs", "an output is empty");
    check_entry(output, "(output)");
  }
  for (Node *node : topological_order(outputs)) {
    if (node->is_variable()) {
      if (!names.insert(node->name).second)
        throw Error(Status::invalid_argument, "name", "got two variables called ", quoted(node->name));
      continue;
    }
    for (const Entry &entry : node->inputs)
      if (entry) check_entry(entry, node->name);
    for (size_t slot = 0; slot < node->op->inputs.size(); ++slot) {
      const InputDef &input = node->op->inputs[slot];
      bool absent = slot >= node->inputs.size() || !node->inputs[slot];
      if (absent && !input.optional && node->op->holds(input.when, node->attrs.get()))
        throw Error(Status::internal, input.name, "is missing").at_op(node->op->name).at_node(node->name);
    }
  }
}

std::vector<Entry> expand_composites(const std::vector<Entry> &outputs, DeviceType device) {
  auto composite = [device](const Node *node) {
    return !node->is_variable() && node->op->kind == Kind::op && !node->op->kernel(device) && node->op->compose;
  };
  std::vector<Entry> current = outputs;
  for (;;) {
    std::vector<Node *> order = topological_order(current);
    if (std::none_of(order.begin(), order.end(), composite)) return current;
    current = rewrite(current, [&](Node &node, const std::vector<Entry> &inputs) -> std::optional<std::vector<Entry>> {
      if (!composite(&node)) return std::nullopt;
      return compose(*node.op, node.attrs, node.name, inputs);
    });
  }
}

}  // namespace cermet
