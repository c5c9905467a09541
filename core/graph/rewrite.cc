// SPDX-License-Identifier: Apache-2.0
#include "graph/rewrite.h"

#include <unordered_map>

namespace cermet {

std::vector<Entry> rewrite(const std::vector<Entry> &outputs, const RewriteRule &rule) {
  std::unordered_map<const Node *, std::vector<Entry>> replaced;  // node -> what stands for its outputs
  auto mapped = [&](const Entry &entry) -> Entry {
    if (!entry) return entry;
    auto found = replaced.find(entry.node.get());
    return found == replaced.end() ? entry : found->second[static_cast<size_t>(entry.index)];
  };
  for (Node *node : topological_order(outputs)) {
    std::vector<Entry> inputs;
    bool changed = false;
    for (const Entry &entry : node->inputs) {
      inputs.push_back(mapped(entry));
      changed = changed || !(inputs.back() == entry);
    }
    if (auto made = rule(*node, inputs)) {
      replaced[node] = std::move(*made);
    } else if (changed) {
      auto fresh = make_ref<Node>(*node->op, node->attrs, std::move(inputs), node->name);
      fresh->user_attrs = node->user_attrs;
      auto &entries = replaced[node];
      for (int k = 0; k < node->num_outputs(); ++k) entries.push_back({fresh, k});
    }
  }
  std::vector<Entry> out;
  for (const Entry &entry : outputs) out.push_back(mapped(entry));
  return out;
}

}  // namespace cermet
