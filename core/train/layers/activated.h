// SPDX-License-Identifier: Apache-2.0
// Layers that can end in an activation: the attribute, and the node that it adds.
#pragma once

#include <optional>

#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet::layers {

enum class Act { relu, sigmoid, softrelu, softsign, tanh };
inline std::vector<std::string> act_names() { return {"relu", "sigmoid", "softrelu", "softsign", "tanh"}; }

// The value after the activation, a node "<layer>_<activation>"; the value itself without one.
inline Entry activated(ComposeContext &c, Entry value, const std::optional<Act> &act) {
  if (!act) return value;
  std::string name = act_names()[static_cast<size_t>(*act)];
  return c.apply("activation", {value}, {{"act_type", name}}, name);
}

template <class A>
void declare_activation(DefinitionBuilder<A> &layer) {
  layer.choice("activation", &A::activation, act_names(), "Activation applied to the result; none by default.");
}

}  // namespace cermet::layers
