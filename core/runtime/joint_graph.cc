// SPDX-License-Identifier: Apache-2.0
#include "runtime/joint_graph.h"

#include <set>
#include <unordered_map>

#include "autograd/gradient.h"
#include "graph/simplify.h"
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

// An output stays an array of its own where it was one: not a variable's, nor that of another output.
void keep_apart(const std::vector<Entry> &before, std::vector<Entry> &after) {
  std::set<std::pair<const Node *, int>> seen_before, seen;
  for (size_t k = 0; k < after.size(); ++k) {
    bool own = seen_before.emplace(before[k].node.get(), before[k].index).second && !before[k].node->is_variable();
    bool taken = !seen.emplace(after[k].node.get(), after[k].index).second || after[k].node->is_variable();
    if (own && taken) after[k] = apply_op("identity", {after[k]}, {}, before[k].node->name);
  }
}

}  // namespace

JointGraph join_graphs(const std::vector<Entry> &outputs, const std::vector<std::string> &wanted, DeviceType device) {
  JointGraph graph;
  graph.outputs = expand_composites(outputs, device);
  if (wanted.empty()) return graph;
  // In the graph as given: expansion may drop a variable, whose gradient is then zero.
  graph.variables = find_variables(topological_order(outputs), wanted);
  for (const Entry &output : graph.outputs)
    graph.heads.push_back(apply_op("ones_like", {output}, {}, output.node->name + "_head_grad"));
  graph.gradients = gradient(graph.outputs, graph.heads, graph.variables);
  // Gradients are written in terms of operators that may be composites themselves.
  std::vector<Entry> present;
  for (const Entry &entry : graph.gradients)
    if (entry) present.push_back(entry);
  present = expand_composites(present, device);
  size_t next = 0;
  for (Entry &entry : graph.gradients)
    if (entry) entry = present[next++];
  return graph;
}

void simplify_joint(JointGraph &graph, const std::vector<NamedSpec> &known, bool train, Remarks &remarks) {
  std::vector<Entry> all = graph.outputs;
  for (const Entry &gradient : graph.gradients)
    if (gradient) all.push_back(gradient);
  all.insert(all.end(), graph.heads.begin(), graph.heads.end());
  all = simplify(all, infer(all, known, train), graph.heads, train, remarks);
  std::vector<Entry> before = std::move(graph.outputs);
  auto next = all.begin() + static_cast<ptrdiff_t>(before.size());
  graph.outputs.assign(all.begin(), next);
  for (Entry &gradient : graph.gradients)
    if (gradient) gradient = *next++;
  graph.heads.assign(next, all.end());
  keep_apart(before, graph.outputs);
}

void separate_gradients(JointGraph &graph, GradReq grad_req) {
  if (graph.variables.empty()) return;
  NodeIndex taken(topological_order(graph.outputs));
  for (const Entry &head : graph.heads) taken.insert(head.node.get());
  graph.previous.resize(graph.variables.size());
  std::set<std::pair<const Node *, int>> used;  // two outputs of one node may be two gradients; one output may not
  for (size_t k = 0; k < graph.variables.size(); ++k) {
    Entry &gradient = graph.gradients[k];
    const Entry &variable = graph.variables[k];
    const std::string name = variable.node->name + "_grad";
    if (grad_req == GradReq::add) {
      if (!gradient) continue;
      graph.previous[k] = apply_op("zeros_like", {variable}, {}, name);
      gradient = apply_op("add", {graph.previous[k], gradient}, {}, name);
    } else if (!gradient) {
      gradient = apply_op("zeros_like", {variable}, {}, name);
    } else if (gradient.node->is_variable() || taken.contains(gradient.node.get()) ||
               !used.emplace(gradient.node.get(), gradient.index).second) {
      gradient = apply_op("identity", {gradient}, {}, name);
    }
  }
}

}  // namespace cermet
