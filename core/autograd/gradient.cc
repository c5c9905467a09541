// SPDX-License-Identifier: Apache-2.0
#include "autograd/gradient.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "autograd/partial_gradient.h"

namespace cermet {

Entry GradientContext::head(int k) {
  Entry &head = heads_[static_cast<size_t>(k)];
  return head ? head : apply("zeros_like", {output(k)});
}

namespace {

struct EntryHash {
  size_t operator()(const Entry &entry) const {
    return std::hash<const void *>()(entry.node.get()) * 31 + static_cast<size_t>(entry.index);
  }
};

// Gradients that have arrived at an entry from all its users.
using Arrived = std::unordered_map<Entry, std::vector<Entry>, EntryHash>;

Entry total(std::vector<Entry> &parts) {
  if (parts.empty()) return {};
  if (parts.size() > 1) parts = {apply_op("add_n", parts)};
  return parts.front();
}

// A reference to a node found by the traversal; its owner is one of the entries that were traversed.
Ref<Node> share(Node *node) { return Ref<Node>::share(node); }

// `partial`: the wanted entries are independent variables, even where one was computed from another.
std::vector<Entry> differentiate(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                                 const std::vector<Entry> &wrt, bool partial);

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
  std::unordered_set<const Node *> leaves;
  for (const Entry &entry : wrt) leaves.insert(entry.node.get());
  auto is_leaf = [](const Node *node, const void *payload) {
    return static_cast<const std::unordered_set<const Node *> *>(payload)->count(node) != 0;
  };
  // What lies behind a wanted entry does not matter, unless another wanted entry is reached through it.
  std::vector<Node *> order = topological_order(outputs, is_leaf, &leaves);
  std::unordered_set<const Node *> reached(order.begin(), order.end());
  for (const Entry &entry : wrt) {
    if (partial || reached.count(entry.node.get())) continue;
    order = topological_order(outputs);
    break;
  }
  std::unordered_set<const Node *> needed;  // nodes through which a wanted entry is reached
  for (Node *node : order) {
    bool useful = leaves.count(node) != 0;
    for (const Entry &entry : node->inputs) useful = useful || (entry && needed.count(entry.node.get()));
    if (useful) needed.insert(node);
  }
  Arrived arrived;
  for (size_t k = 0; k < outputs.size(); ++k)
    arrived[outputs[k]].push_back(head_grads[k] ? head_grads[k] : apply_op("ones_like", {outputs[k]}));
  std::unordered_map<Entry, Entry, EntryHash> totals;
  for (size_t k = order.size(); k-- > 0;) {
    Node *node = order[k];
    if (!needed.count(node)) continue;
    std::vector<Entry> heads(static_cast<size_t>(node->num_outputs()));
    bool any = false;
    for (int index = 0; index < node->num_outputs(); ++index) {
      Entry entry{share(node), index};
      auto found = arrived.find(entry);
      if (found == arrived.end()) continue;
      heads[static_cast<size_t>(index)] = totals[entry] = total(found->second);
      any = true;
    }
    bool through = false;  // a wanted node is passed through only when something wanted lies behind it
    for (const Entry &entry : node->inputs) through = through || (entry && needed.count(entry.node.get()));
    if (!any || node->is_variable() || !through || (partial && leaves.count(node))) continue;
    std::vector<Entry> grads = node_gradient(node, std::move(heads));
    for (size_t slot = 0; slot < node->inputs.size(); ++slot)
      if (grads[slot] && node->inputs[slot] && needed.count(node->inputs[slot].node.get()))
        arrived[node->inputs[slot]].push_back(grads[slot]);
  }
  std::vector<Entry> out;
  for (const Entry &entry : wrt) {
    auto found = totals.find(entry);
    out.push_back(found == totals.end() ? Entry{} : found->second);
  }
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
