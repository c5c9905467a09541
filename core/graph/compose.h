// SPDX-License-Identifier: Apache-2.0
// Building graphs: applying operators to entries, and the context in which composite operators and layers are written.
#pragma once

#include "graph/node.h"
#include "schema/placement.h"

namespace cermet {

// A node of operator `name` on these inputs (in order, null for absent), all outputs of it at `.node`.
Entry apply_op(const std::string &op, const std::vector<Entry> &inputs, const AttrList &attrs = {},
               const std::string &node_name = "");

// Applies an operator or layer by hand: missing parameters, labels and states become variables <name>_<input>, any
// other missing input is an error. Returns the visible outputs.
std::vector<Entry> apply(const Definition &def, const AttrList &attrs, std::string name,
                         const std::vector<Entry> &inputs);

// What composite operators and layers see.
class ComposeContext {
 public:
  ComposeContext(std::string name, std::vector<Entry> inputs) : name_(std::move(name)), inputs_(std::move(inputs)) {}

  bool has(int k) const { return k < num_inputs() && inputs_[static_cast<size_t>(k)]; }
  const Entry &input(int k) const { return inputs_[static_cast<size_t>(k)]; }
  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  const std::string &name() const { return name_; }

  // An inner node, called <name>_<suffix> (or <name> where the suffix is empty). Missing parameters become variables
  // <name>_<input>: so a dense layer "fc1" has the parameters that MXNet's FullyConnected "fc1" has.
  Entry apply(const std::string &op, const std::vector<Entry> &inputs, const AttrList &attrs = {},
              const std::string &suffix = "");
  void output(Entry entry) { outputs_.push_back(std::move(entry)); }
  const std::vector<Entry> &outputs() const { return outputs_; }

 private:
  std::string name_;
  std::vector<Entry> inputs_, outputs_;
};

// Outputs of a composite definition on these inputs.
std::vector<Entry> compose(const Definition &def, const Attrs &attrs, const std::string &name,
                           const std::vector<Entry> &inputs);

}  // namespace cermet
