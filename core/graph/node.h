// SPDX-License-Identifier: Apache-2.0
// The one graph of the engine: composed by hand, recorded from imperative calls, or built by a gradient. Nodes point to
// their inputs, never back, so a graph is freed when its last output is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ref.h"
#include "schema/attrs.h"

namespace cermet {

class Node;

// One output of a node. A null entry stands for an optional input that is absent, or a gradient that is zero.
struct Entry {
  Ref<Node> node;
  int index = 0;
  explicit operator bool() const { return static_cast<bool>(node); }
  bool operator==(const Entry &other) const { return node == other.node && index == other.index; }
};

class Node : public RefCounted {
 public:
  explicit Node(std::string variable_name) : name(std::move(variable_name)) {}
  // `inputs` has one entry for each input of the definition (variadic ones at the end), null where absent.
  Node(const Definition &definition, Attrs attributes, std::vector<Entry> input_entries, std::string node_name);

  bool is_variable() const { return op == nullptr; }
  int num_outputs() const { return num_outputs_; }
  int num_visible_outputs() const;
  // Role of input `slot`.
  const InputDef &input_def(size_t slot) const;

  const Definition *op = nullptr;  // null: a variable
  std::string name;
  Attrs attrs;
  std::vector<Entry> inputs;
  std::map<std::string, std::string> user_attrs;  // "__lr_mult__" ...
  // Of recorded nodes and their gradients: whether the call was made in training. A symbol runs in either mode.
  bool train = false;

 private:
  friend void destroy(Node *node);
  int num_outputs_ = 1;
  Node *next_dead_ = nullptr;  // chain of nodes to free, so that freeing neither recurses nor allocates
};

void destroy(Node *node);

// All nodes that the entries depend on, inputs before users, in a fixed order (depth first, inputs in order). Nodes for
// which `stop` holds are listed, but what is behind them is not.
std::vector<Node *> topological_order(const std::vector<Entry> &outputs,
                                      bool (*stop)(const Node *, const void *) = nullptr,
                                      const void *payload = nullptr);

// Name of an output as MXNet has it: the variable's name, "<node>_output", or "<node>_<output>".
std::string output_name(const Node &node, int index);

// A fresh name: the hint and a number that no other call got.
std::string unique_name(const std::string &hint);

}  // namespace cermet
