// SPDX-License-Identifier: Apache-2.0
// A symbol: outputs of a graph, as users compose, inspect and save them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/node.h"

namespace cermet {

class Symbol : public RefCounted {
 public:
  explicit Symbol(std::vector<Entry> entries) : outputs(std::move(entries)) {}
  const std::vector<Entry> outputs;
};

// Variables in topological order. A variable is an auxiliary state when some node changes it in place.
struct Variables {
  std::vector<Node *> arguments, auxiliary_states;
};
Variables list_variables(const std::vector<Entry> &outputs);
// What each variable is by the nodes that take it: a state where one changes it, else a parameter where one learns it,
// a label where all take it as that, else data.
std::map<std::string, Role> variable_roles(const std::vector<Entry> &outputs);
// Whether the loss outputs' gradients are averages over the batch; throws if no output is a loss, or if they differ.
bool loss_is_mean(const std::vector<Entry> &outputs);
// What a variable's own attribute ("__shape__", "__lr_mult__" ...) states; none where it is absent, or says "None".
// Throws, naming both, where it is not of this type.
AttrValue stated(const Node &variable, const char *key, AttrType type);
std::vector<std::string> output_names(const std::vector<Entry> &outputs);

// Throws unless the graph is well-formed: known operators, inputs in range, names of variables unique.
void verify(const std::vector<Entry> &outputs);

// MXNet's symbol JSON. `from_json` reads every generation of it and names the place of what is wrong. `texts` are kept
// among the attributes of the graph, under their keys with kTextPrefix before them.
using GraphTexts = std::map<std::string, std::string>;
inline constexpr std::string_view kTextPrefix = "cermet.";
std::string to_json(const std::vector<Entry> &outputs, const GraphTexts &texts = {});
std::vector<Entry> from_json(const std::string &text, GraphTexts *texts = nullptr);

// Composites without a kernel replaced by what they are composed of, until none is left.
std::vector<Entry> expand_composites(const std::vector<Entry> &outputs, DeviceType device);

}  // namespace cermet
