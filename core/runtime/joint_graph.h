// SPDX-License-Identifier: Apache-2.0
// The forward graph and its backward graph as one, ready to be scheduled: composites expanded, each gradient made by a
// node of its own, and nodes that stand for what comes from outside. Three steps, in this order: join, simplify (which
// may be left out), separate.
#pragma once

#include <string>
#include <vector>

#include "graph/infer.h"
#include "graph/remarks.h"

namespace cermet {

struct JointGraph {
  std::vector<Entry> outputs;
  std::vector<Entry> variables;  // the wanted ones
  // For each wanted variable; null where nothing is to be done (nothing to add).
  std::vector<Entry> gradients;
  // For each wanted variable: stands for the values that its gradient array had before. Null unless they are added to.
  std::vector<Entry> previous;
  // For each output: stands for the gradient that flows into it. Its operator gives what is used unless one is handed
  // in.
  std::vector<Entry> heads;
};

// `wanted` names variables. Without any, only `outputs` is filled.
JointGraph join_graphs(const std::vector<Entry> &outputs, const std::vector<std::string> &wanted, DeviceType device);

// `known`: specs of all variables.
void simplify_joint(JointGraph &graph, const std::vector<NamedSpec> &known, bool train, Remarks &remarks);

// Gives each gradient a node of its own, which is not one of the forward pass, a head or another gradient's.
void separate_gradients(JointGraph &graph, GradReq grad_req);

}  // namespace cermet
