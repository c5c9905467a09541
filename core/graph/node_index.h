// SPDX-License-Identifier: Apache-2.0
// Numbers of nodes, for passes over whole graphs: what a pass knows of a node lies in vectors by its number. One flat
// table finds them, so that a pass allocates a few times and not once a node.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/node.h"

namespace cermet {

// Nodes are numbered from 0 in the order in which they are inserted.
class NodeIndex {
 public:
  NodeIndex() = default;
  template <class Nodes>
  explicit NodeIndex(const Nodes &nodes) {
    reserve(nodes.size());
    for (const Node *node : nodes) insert(node);
  }

  size_t size() const { return nodes_.size(); }
  bool contains(const Node *node) const { return find(node) >= 0; }
  // -1 for a node that was not inserted.
  int find(const Node *node) const {
    if (places_.empty()) return -1;
    for (size_t at = home(node);; at = next(at)) {
      int number = places_[at];
      if (number < 0 || nodes_[static_cast<size_t>(number)] == node) return number;
    }
  }
  // False if it had a number already.
  bool insert(const Node *node) {
    if (2 * (nodes_.size() + 1) > places_.size()) grow();
    size_t at = home(node);
    for (; places_[at] >= 0; at = next(at))
      if (nodes_[static_cast<size_t>(places_[at])] == node) return false;
    places_[at] = static_cast<int>(nodes_.size());
    nodes_.push_back(node);
    return true;
  }
  void reserve(size_t count) {
    nodes_.reserve(count);
    while (places_.size() < 2 * count) grow();
  }

 private:
  // Nodes made one after the other lie one after the other, and are visited so: their places should, too.
  size_t home(const Node *node) const {
    auto address = reinterpret_cast<uintptr_t>(node) / alignof(std::max_align_t);
    return (address ^ address >> 20) / 4 & (places_.size() - 1);
  }
  size_t next(size_t at) const { return (at + 1) & (places_.size() - 1); }
  void grow() {
    places_.assign(places_.empty() ? 16 : 2 * places_.size(), -1);
    for (size_t k = 0; k < nodes_.size(); ++k) {
      size_t at = home(nodes_[k]);
      while (places_[at] >= 0) at = next(at);
      places_[at] = static_cast<int>(k);
    }
  }

  std::vector<const Node *> nodes_;
  std::vector<int> places_;  // numbers by place, a power of two of them; -1: free
};

}  // namespace cermet
