// SPDX-License-Identifier: Apache-2.0
// Making a graph from another one, node by node.
#pragma once

#include <functional>
#include <optional>

#include "graph/node.h"

namespace cermet {

// What stands for a node's outputs, given what stands for its inputs; nothing: the node stays, on those inputs.
using RewriteRule = std::function<std::optional<std::vector<Entry>>(Node &node, const std::vector<Entry> &inputs)>;

// Applies the rule to all nodes, inputs before users. Nodes that nothing changes are shared with the old graph.
std::vector<Entry> rewrite(const std::vector<Entry> &outputs, const RewriteRule &rule);
// The same for who knows the order of the outputs' graph.
std::vector<Entry> rewrite(const std::vector<Entry> &outputs, const std::vector<Node *> &order,
                           const RewriteRule &rule);

// The same node on other inputs.
Ref<Node> on_inputs(const Node &node, const std::vector<Entry> &inputs);

// An attribute as a pass reads it. The type is the definition's; an optional attribute must be there.
inline AttrValue attr(const Node &node, const char *name) { return node.op->find_attr(name)->load(node.attrs.get()); }
template <class T>
T attr(const Node &node, const char *name) {
  return *attr(node, name).get_if<T>();
}

}  // namespace cermet
