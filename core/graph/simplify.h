// SPDX-License-Identifier: Apache-2.0
// A graph with fewer nodes and the same values to the bit, those of NaN, infinities and -0 included: equal nodes become
// one, and the rules of simplify_rules.cc hold.
#pragma once

#include "graph/infer.h"
#include "graph/remarks.h"

namespace cermet {

// `inferred` is of these outputs. `fixed` stand for what comes from outside: they stay nodes of their own.
std::vector<Entry> simplify(const std::vector<Entry> &outputs, const Inferred &inferred,
                            const std::vector<Entry> &fixed, bool train, Remarks &remarks);

}  // namespace cermet
