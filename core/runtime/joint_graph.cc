// SPDX-License-Identifier: Apache-2.0
#include "runtime/joint_graph.h"

#include <set>
#include <unordered_map>

#include "autograd/gradient.h"
#include "graph/node_index.h"
#include "graph/symbol.h"

namespace cermet {

namespace {

std::vector<Entry> find_variables(const std::vector<Node *> &order, const std::vector<std::string> &names) {
  std::unordered_map<std::string, Node *> variables;
  for (Node *node : order)
    if (node->is_variable()) variables.emplace(node->name, node);
  std::vector<Entry> out;
  for (const std::string &name : names) out.push_back({Ref<Node>::share(variables.at(name)), 0});
  return out;
}

// Gradients written to arrays of their own: not one that is also a variable, a value of the forward pass, a head or
// another variable's gradient.
void separate(JointGraph &graph, const std::vector<Node *> &forward, const std::vector<Entry> &variables,
              GradReq grad_req) {
  NodeIndex taken(forward);
  for (const Entry &head : graph.heads) taken.insert(head.node.get());
  std::set<std::pair<const Node *, int>> used;  // two outputs of one node may be two gradients; one output may not
  for (size_t k = 0; k < variables.size(); ++k) {
    Entry &gradient = graph.gradients[k];
    const std::string name = variables[k].node->name + "_grad";
    if (grad_req == GradReq::add) {
      if (!gradient) continue;
      graph.previous[k] = apply_op("zeros_like", {variables[k]}, {}, name);
      gradient = apply_op("add", {graph.previous[k], gradient}, {}, name);
    } else if (!gradient) {
      gradient = apply_op("zeros_like", {variables[k]}, {}, name);
    } else if (taken.contains(gradient.node.get()) || !used.emplace(gradient.node.get(), gradient.index).second) {
      gradient = apply_op("identity", {gradient}, {}, name);
    }
  }
}

}  // namespace

JointGraph join_graphs(const std::vector<Entry> &outputs, const std::vector<std::string> &wanted, GradReq grad_req,
                       DeviceType device) {
  JointGraph graph;
  graph.outputs = expand_composites(outputs, device);
  if (wanted.empty()) return graph;
  std::vector<Node *> forward = topological_order(graph.outputs);
  // In the graph as given: expansion may drop a variable, whose gradient is then zero.
  std::vector<Entry> variables = find_variables(topological_order(outputs), wanted);
  graph.previous.resize(wanted.size());
  for (const Entry &output : graph.outputs)
    graph.heads.push_back(apply_op("ones_like", {output}, {}, output.node->name + "_head_grad"));
  graph.gradients = gradient(graph.outputs, graph.heads, variables);
  // Gradients are written in terms of operators that may be composites themselves.
  std::vector<Entry> present;
  for (const Entry &entry : graph.gradients)
    if (entry) present.push_back(entry);
  present = expand_composites(present, device);
  size_t next = 0;
  for (Entry &entry : graph.gradients)
    if (entry) entry = present[next++];
  separate(graph, forward, variables, grad_req);
  return graph;
}

}  // namespace cermet
