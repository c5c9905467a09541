// SPDX-License-Identifier: Apache-2.0
// Shapes and dtypes of a graph's values, from those of some of its variables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "graph/node_index.h"

namespace cermet {

struct NamedSpec {
  std::string name;
  TensorSpec spec;
};

// What a single operator makes of its inputs (one spec for each slot, null where absent). Fills in inputs that follow
// from others. Errors name the operator.
void infer_op(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec *> &inputs, bool train,
              std::vector<TensorSpec> &outputs);

// Specs of the outputs of nodes.
class NodeSpecs {
 public:
  // Of nodes that each come once.
  explicit NodeSpecs(const std::vector<Node *> &nodes);
  NodeSpecs() = default;

  bool contains(const Node *node) const { return index_.contains(node); }
  // The outputs of all nodes are numbered through: the number of a known node's first one, and how many there are.
  size_t first(const Node *node) const { return first_[static_cast<size_t>(index_.find(node))]; }
  size_t size() const { return specs_.size(); }
  // One an output. The node must be known.
  std::span<TensorSpec> at(const Node *node) {
    auto k = static_cast<size_t>(index_.find(node));
    return {&specs_[first_[k]], first_[k + 1] - first_[k]};
  }
  std::span<const TensorSpec> at(const Node *node) const { return const_cast<NodeSpecs *>(this)->at(node); }

 private:
  NodeIndex index_;
  std::vector<size_t> first_;  // where each node's specs begin, and the last one's end
  std::vector<TensorSpec> specs_;
};

struct Inferred {
  std::vector<Node *> order;
  NodeSpecs specs;
  const TensorSpec &of(const Entry &entry) const {
    return specs.at(entry.node.get())[static_cast<size_t>(entry.index)];
  }
};

// Everything complete, or an error: shape or dtype faults name node, operator and argument; too little information
// names the variables whose shapes are missing. Variables without a known dtype are float32.
Inferred infer(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known, bool train);

}  // namespace cermet
