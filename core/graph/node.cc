// SPDX-License-Identifier: Apache-2.0
#include "graph/node.h"

#include <mutex>
#include <unordered_map>

#include "graph/node_index.h"

namespace cermet {

Node::Node(const Definition &definition, Attrs attributes, std::vector<Entry> input_entries, std::string node_name)
    : op(&definition), name(std::move(node_name)), attrs(std::move(attributes)), inputs(std::move(input_entries)) {
  num_outputs_ = op->num_outputs(attrs.get(), static_cast<int>(inputs.size()));
}

int Node::num_visible_outputs() const {
  int visible = 0;
  for (int k = 0; k < num_outputs_; ++k)
    if (is_variable() || !op->hides(attrs.get(), k)) ++visible;
  return visible;
}

const InputDef &Node::input_def(size_t slot) const { return op->inputs[std::min(slot, op->inputs.size() - 1)]; }

void destroy(Node *node) {
  Node *dead = node;
  while (dead) {
    Node *current = dead;
    dead = current->next_dead_;
    for (Entry &entry : current->inputs) {
      Node *input = entry.node.detach();
      if (input && input->drop()) {
        input->next_dead_ = dead;
        dead = input;
      }
    }
    delete current;
  }
}

std::vector<Node *> topological_order(const std::vector<Entry> &outputs, bool (*stop)(const Node *, const void *),
                                      const void *payload) {
  std::vector<Node *> order;
  NodeIndex seen;
  std::vector<std::pair<Node *, size_t>> stack;  // node, next input to visit
  auto visit = [&](const Entry &entry) {
    if (entry && seen.insert(entry.node.get())) stack.emplace_back(entry.node.get(), 0);
  };
  for (const Entry &output : outputs) {
    visit(output);
    while (!stack.empty()) {
      Node *node = stack.back().first;
      size_t next = stack.back().second++;
      if (next < node->inputs.size() && !(stop && stop(node, payload))) {
        visit(node->inputs[next]);
      } else {
        order.push_back(node);
        stack.pop_back();
      }
    }
  }
  return order;
}

std::string output_name(const Node &node, int index) {
  if (node.is_variable()) return node.name;
  if (node.num_visible_outputs() == 1 && index == 0) return node.name + "_output";
  const OutputDef &def = node.op->output_def(node.attrs.get(), index);
  if (!def.variadic) return node.name + "_" + def.name;
  return cat(node.name, "_", def.name, index - (static_cast<int>(node.op->outputs.size()) - 1));
}

std::string unique_name(const std::string &hint) {
  static std::mutex mutex;
  static auto *counters = new std::unordered_map<std::string, int64_t>;
  std::lock_guard<std::mutex> lock(mutex);
  return cat(hint, (*counters)[hint]++);
}

}  // namespace cermet
