// SPDX-License-Identifier: Apache-2.0
// Differentiation with several entries held independent of each other: what the gradient of a composition needs.
#pragma once

#include <vector>

#include "graph/compose.h"

namespace cermet {

// As `gradient`, with the wanted entries as independent variables, even where one was computed from another.
std::vector<Entry> partial_gradient(const std::vector<Entry> &outputs, const std::vector<Entry> &head_grads,
                                    const std::vector<Entry> &wrt);

}  // namespace cermet
