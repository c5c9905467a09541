// SPDX-License-Identifier: Apache-2.0
// Reverse-mode differentiation of a graph. Gradients are graphs themselves, so any order works.
#pragma once

#include <vector>

#include "graph/compose.h"

namespace cermet {

// d(sum of outputs * head_grads)/d(wrt), one entry each; null where nothing depends on it. A null head gradient is
// ones. Works on entries of any graph: composed, recorded or itself a gradient.
std::vector<Entry> gradient(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                            const std::vector<Entry> &wrt);

// What the gradient function of an operator sees. It sets the gradient of each input that has one.
class GradientContext {
 public:
  GradientContext(const Ref<Node> &node, std::vector<Entry> heads)
      : node_(node), heads_(std::move(heads)), grads_(node->inputs.size()) {}

  int num_inputs() const { return static_cast<int>(node_->inputs.size()); }
  bool has(int k) const { return k < num_inputs() && node_->inputs[static_cast<size_t>(k)]; }
  const Entry &input(int k) const { return node_->inputs[static_cast<size_t>(k)]; }
  Entry output(int k) const { return {node_, k}; }
  // The node's attributes, to hand on to a gradient operator.
  const AttrList &attrs() const { return node_->attrs.given(); }

  // Gradient that flows into output k; zeros where nothing flows. `has_head` tells the two apart.
  bool has_head(int k) const { return static_cast<bool>(heads_[static_cast<size_t>(k)]); }
  Entry head(int k);

  Entry apply(const std::string &op, const std::vector<Entry> &inputs, const AttrList &attrs = {}) {
    Entry out = apply_op(op, inputs, attrs, node_->name + "_backward");
    out.node->train = node_->train;
    return out;
  }
  void set(int input, Entry gradient) { grads_[static_cast<size_t>(input)] = std::move(gradient); }
  const std::vector<Entry> &grads() const { return grads_; }

 private:
  Ref<Node> node_;
  std::vector<Entry> heads_, grads_;
};

}  // namespace cermet
