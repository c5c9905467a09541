// SPDX-License-Identifier: Apache-2.0
#include "graph/rewrite.h"

#include "graph/node_index.h"

namespace cermet {

std::vector<Entry> rewrite(const std::vector<Entry> &outputs, const RewriteRule &rule) {
  return rewrite(outputs, topological_order(outputs), rule);
}

std::vector<Entry> rewrite(const std::vector<Entry> &outputs, const std::vector<Node *> &order,
                           const RewriteRule &rule) {
  NodeIndex replaced;
  std::vector<std::vector<Entry>> replacements;  // what stands for the outputs of a replaced node
  auto mapped = [&](const Entry &entry) -> const Entry & {
    int found = entry ? replaced.find(entry.node.get()) : -1;
    return found < 0 ? entry : replacements[static_cast<size_t>(found)][static_cast<size_t>(entry.index)];
  };
  std::vector<Entry> inputs;
  for (Node *node : order) {
    inputs.clear();
    bool changed = false;
    for (const Entry &entry : node->inputs) {
      inputs.push_back(mapped(entry));
      changed = changed || !(inputs.back() == entry);
    }
    std::optional<std::vector<Entry>> made = rule(*node, inputs);
    if (!made && changed) {
      auto fresh = on_inputs(*node, inputs);
      made.emplace();
      for (int k = 0; k < node->num_outputs(); ++k) made->push_back({fresh, k});
    }
    if (!made) continue;
    replaced.insert(node);
    replacements.push_back(std::move(*made));
  }
  std::vector<Entry> out;
  for (const Entry &entry : outputs) out.push_back(mapped(entry));
  return out;
}

Ref<Node> on_inputs(const Node &node, const std::vector<Entry> &inputs) {
  auto fresh = make_ref<Node>(*node.op, node.attrs, inputs, node.name);
  fresh->user_attrs = node.user_attrs;
  fresh->train = node.train;
  return fresh;
}

}  // namespace cermet
