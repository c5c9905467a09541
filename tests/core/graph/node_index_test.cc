// SPDX-License-Identifier: Apache-2.0
#include "graph/node_index.h"

#include <criterion/criterion.h>

namespace cermet {

Test(node_index, numbers_nodes_in_their_order) {
  NodeIndex index;
  auto absent = make_ref<Node>("absent");
  cr_assert_not(index.contains(absent.get()));
  std::vector<Ref<Node>> nodes;
  for (int k = 0; k < 5000; ++k) nodes.push_back(make_ref<Node>("x"));
  for (const auto &node : nodes) cr_assert(index.insert(node.get()));
  for (const auto &node : nodes) cr_assert_not(index.insert(node.get()));
  cr_assert_eq(index.size(), nodes.size());
  for (size_t k = 0; k < nodes.size(); ++k) cr_assert_eq(index.find(nodes[k].get()), static_cast<int>(k));
  cr_assert_eq(index.find(absent.get()), -1);
}

}  // namespace cermet
