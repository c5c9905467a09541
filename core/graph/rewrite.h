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

}  // namespace cermet
