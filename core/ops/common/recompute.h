// SPDX-License-Identifier: Apache-2.0
// Operators that compute an output of others once more, where a backward pass needs it and it was not kept: cheaper
// than the operator itself, or without changing its states a second time.
#pragma once

#include <string>
#include <vector>

#include "schema/definition.h"

namespace cermet {

// Gives output 0 from these inputs and other outputs of the operator, with the same attributes.
struct RecomputeForm {
  std::string op;
  std::vector<int> inputs, outputs;
};

// Null where the operator itself serves, if anything does.
const RecomputeForm *recompute_form(const Definition &op);

}  // namespace cermet
