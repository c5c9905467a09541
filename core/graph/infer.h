// SPDX-License-Identifier: Apache-2.0
// Shapes and dtypes of a graph's values, from those of some of its variables.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "graph/node.h"

namespace cermet {

struct NamedSpec {
  std::string name;
  TensorSpec spec;
};

// What a single operator makes of its inputs (one spec for each slot, null where absent). Fills in inputs that follow
// from others. Errors name the operator.
std::vector<TensorSpec> infer_op(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec *> &inputs,
                                 bool train);

struct Inferred {
  std::vector<Node *> order;
  std::unordered_map<const Node *, std::vector<TensorSpec>> specs;
  const TensorSpec &of(const Entry &entry) const {
    return specs.at(entry.node.get())[static_cast<size_t>(entry.index)];
  }
};

// Everything complete, or an error: shape or dtype faults name node, operator and argument; too little information
// names the variables whose shapes are missing. Variables without a known dtype are float32.
Inferred infer(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known, bool train);

}  // namespace cermet
