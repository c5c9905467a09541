// SPDX-License-Identifier: Apache-2.0
#include "autograd/gradient.h"

#include <algorithm>

#include "autograd/partial_gradient.h"
#include "graph/node_index.h"

namespace cermet {

Entry GradientContext::head(int k) {
  Entry &head = heads_[static_cast<size_t>(k)];
  return head ? head : apply("zeros_like", {output(k)});
}

namespace {

// What is known of each output of the nodes of a graph.
class OutputTable {
 public:
  explicit OutputTable(const std::vector<Node *> &order) : nodes_(order) {
    first_.reserve(order.size());
    for (const Node *node : order) {
      first_.push_back(size_);
      size_ += static_cast<size_t>(node->num_outputs());
    }
  }
  size_t size() const { return size_; }
  // Of nodes, by their place in the order; -1 for a node that is not in it.
  int place(const Node *node) const { return nodes_.find(node); }
  size_t row(size_t place, int index) const { return first_[place] + static_cast<size_t>(index); }

 private:
  NodeIndex nodes_;
  std::vector<size_t> first_;
  size_t size_ = 0;
};

Entry total(std::vector<Entry> &parts) {
  if (parts.size() > 1) parts = {apply_op("add_n", parts)};
  return parts.front();
}

// A reference to a node found by the traversal; its owner is one of the entries that were traversed.
Ref<Node> share(Node *node) { return Ref<Node>::share(node); }

// `partial`: the wanted entries are independent variables, even where one was computed from another.
std::vector<Entry> differentiate(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                                 const std::vector<Entry> &wrt, bool partial);

// Marks what was composed on these inputs.
void mark_trained(const std::vector<Entry> &composed, const std::vector<Entry> &inputs) {
  auto is_input = [](const Node *node, const void *payload) {
    const auto &list = *static_cast<const std::vector<Entry> *>(payload);
    return std::any_of(list.begin(), list.end(), [&](const Entry &entry) { return entry.node.get() == node; });
  };
  for (Node *node : topological_order(composed, is_input, &inputs))
    if (!is_input(node, &inputs)) node->train = true;
}

// Gradient of one node. An operator without a gradient of its own is differentiated through its composition.
std::vector<Entry> node_gradient(Node *node, std::vector<Entry> heads) {
  const Definition &op = *node->op;
  if (op.gradient) {
    GradientContext context(share(node), std::move(heads));
    op.gradient(context, node->attrs.get());
    return context.grads();
  }
  if (!op.compose) throw Error(Status::unsupported, "", "has no gradient").at_op(op.name).at_node(node->name);
  std::vector<Entry> composed = compose(op, node->attrs, node->name, node->inputs);
  if (node->train) mark_trained(composed, node->inputs);
  heads.resize(composed.size());
  std::vector<Entry> used, used_heads, wrt;
  for (size_t k = 0; k < composed.size(); ++k) {
    if (!heads[k]) continue;
    used.push_back(composed[k]);
    used_heads.push_back(heads[k]);
  }
  for (const Entry &entry : node->inputs)
    if (entry) wrt.push_back(entry);
  std::vector<Entry> inner = differentiate(used, used_heads, wrt, true), out(node->inputs.size());
  for (size_t slot = 0, next = 0; slot < node->inputs.size(); ++slot) {
    if (!node->inputs[slot]) continue;
    auto here = node->inputs.begin() + static_cast<ptrdiff_t>(slot);
    bool repeated = std::find(node->inputs.begin(), here, *here) != here;  // its gradient went to the first place
    if (!repeated) out[slot] = inner[next];
    ++next;
  }
  return out;
}

std::vector<Entry> differentiate(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                                 const std::vector<Entry> &wrt, bool partial) {
  NodeIndex leaves;
  for (const Entry &entry : wrt) leaves.insert(entry.node.get());
  auto is_leaf = [](const Node *node, const void *payload) {
    return static_cast<const NodeIndex *>(payload)->contains(node);
  };
  // What lies behind a wanted entry does not matter, unless another wanted entry is reached through it.
  std::vector<Node *> order = topological_order(outputs, is_leaf, &leaves);
  if (!partial) {
    NodeIndex reached(order);
    bool all = std::all_of(wrt.begin(), wrt.end(), [&](const Entry &e) { return reached.contains(e.node.get()); });
    if (!all) order = topological_order(outputs);
  }
  OutputTable table(order);
  std::vector<char> needed(order.size(), 0);  // nodes through which a wanted entry is reached
  auto place_of = [&](const Entry &entry) { return entry ? table.place(entry.node.get()) : -1; };
  auto is_needed = [&](const Entry &entry) {
    int place = place_of(entry);
    return place >= 0 && needed[static_cast<size_t>(place)];
  };
  for (size_t k = 0; k < order.size(); ++k)
    needed[k] = leaves.contains(order[k]) || std::any_of(order[k]->inputs.begin(), order[k]->inputs.end(), is_needed);
  std::vector<std::vector<Entry>> arrived(table.size());  // gradients, from all users of an output
  std::vector<Entry> totals(table.size());
  auto row_of = [&](const Entry &entry) { return table.row(static_cast<size_t>(place_of(entry)), entry.index); };
  for (size_t k = 0; k < outputs.size(); ++k)
    arrived[row_of(outputs[k])].push_back(head_grads[k] ? head_grads[k] : apply_op("ones_like", {outputs[k]}));
  for (size_t k = order.size(); k-- > 0;) {
    Node *node = order[k];
    if (!needed[k]) continue;
    std::vector<Entry> heads(static_cast<size_t>(node->num_outputs()));
    bool any = false;
    for (int index = 0; index < node->num_outputs(); ++index) {
      size_t row = table.row(k, index);
      if (arrived[row].empty()) continue;
      heads[static_cast<size_t>(index)] = totals[row] = total(arrived[row]);
      any = true;
    }
    // A wanted node is passed through only when something wanted lies behind it.
    bool through = std::any_of(node->inputs.begin(), node->inputs.end(), is_needed);
    if (!any || node->is_variable() || !through || (partial && leaves.contains(node))) continue;
    std::vector<Entry> grads = node_gradient(node, std::move(heads));
    for (size_t slot = 0; slot < node->inputs.size(); ++slot)
      if (grads[slot] && is_needed(node->inputs[slot])) arrived[row_of(node->inputs[slot])].push_back(grads[slot]);
  }
  std::vector<Entry> out;
  for (const Entry &entry : wrt) out.push_back(place_of(entry) < 0 ? Entry{} : totals[row_of(entry)]);
  return out;
}

}  // namespace

std::vector<Entry> gradient(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                            const std::vector<Entry> &wrt) {
  return differentiate(outputs, head_grads, wrt, false);
}

std::vector<Entry> partial_gradient(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                                    const std::vector<Entry> &wrt) {
  return differentiate(outputs, head_grads, wrt, true);
}

}  // namespace cermet
