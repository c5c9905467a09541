// SPDX-License-Identifier: Apache-2.0
// A symbol: outputs of a graph, as users compose, inspect and save them.
#pragma once

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
std::vector<std::string> output_names(const std::vector<Entry> &outputs);

// Throws unless the graph is well-formed: known operators, inputs in range, names of variables unique.
void verify(const std::vector<Entry> &outputs);

// MXNet's symbol JSON (graph/json.cc). `from_json` reads every generation of it and names the place of what is wrong.
std::string to_json(const std::vector<Entry> &outputs);
std::vector<Entry> from_json(const std::string &text);

// Composites without a kernel replaced by what they are composed of, until none is left.
std::vector<Entry> expand_composites(const std::vector<Entry> &outputs, DeviceType device);

}  // namespace cermet
