// SPDX-License-Identifier: Apache-2.0
// What the rules of simplification see and say. The table is in simplify_rules.cc.
#pragma once

#include <vector>

#include "graph/infer.h"

namespace cermet {

// Shape and dtype of the entries of a graph that is being rewritten: made nodes have those of the nodes they stand for.
class RewrittenSpecs {
 public:
  explicit RewrittenSpecs(const Inferred &inferred) : inferred_(inferred) {}
  const TensorSpec &of(const Entry &entry) const {
    int made = made_.find(entry.node.get());
    const Node *node = made < 0 ? entry.node.get() : likes_[static_cast<size_t>(made)];
    return inferred_.specs.at(node)[static_cast<size_t>(entry.index)];
  }
  void note(const Node *made, const Node &like) {
    if (made_.insert(made)) likes_.push_back(&like);
  }
  bool knows(const Node *node) const { return made_.contains(node) || inferred_.specs.contains(node); }

 private:
  const Inferred &inferred_;
  NodeIndex made_;
  std::vector<const Node *> likes_;
};

// A node, and what stands for its inputs by now.
struct RewriteSite {
  const Node &node;
  const std::vector<Entry> &inputs;
  const RewrittenSpecs &specs;
  const NodeIndex &fixed;  // nodes that rules must not look through
  bool train;

  const Shape &in_shape(size_t slot) const { return shape_of(inputs[slot]); }
  DType in_dtype(size_t slot) const { return *specs.of(inputs[slot]).dtype; }
  const Shape &shape_of(const Entry &entry) const { return *specs.of(entry).shape; }
  const TensorSpec &out() const { return specs.of({Ref<Node>::share(const_cast<Node *>(&node)), 0}); }
  // The node that makes an input; null if it is a variable or fixed.
  const Node *maker(const Entry &entry) const {
    const Node *made = entry.node.get();
    return made->is_variable() || fixed.contains(made) ? nullptr : made;
  }
};

struct SimplifyRule {
  const char *op;
  const char *what;  // it does, for remarks
  // What stands for the node's outputs; nothing where the rule does not hold.
  std::vector<Entry> (*replace)(const RewriteSite &site);
};

// The rules for an operator, in the order in which they are tried.
const std::vector<const SimplifyRule *> &simplify_rules(const Definition &op);

}  // namespace cermet
