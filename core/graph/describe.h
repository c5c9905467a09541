// SPDX-License-Identifier: Apache-2.0
// Graphs as JSON for tables and drawings.
#pragma once

#include <string>

#include "graph/infer.h"

namespace cermet {

// A list of nodes in topological order: {id, name, op (null for variables), attrs, inputs}. An input is {node, output,
// name, role}. With `known` shapes (null: none) each node also has `outputs`, a list of {name, shape, dtype}, and
// `num_parameters`: values in the parameters and states that it is the first to take.
std::string describe_graph(const std::vector<Entry> &outputs, const std::vector<NamedSpec> *known);

}  // namespace cermet
