// SPDX-License-Identifier: Apache-2.0
// Mixed precision (Micikevicius et al., 2018) as a change of the graph: where an operator computes is said by its own
// definition (`Precision` in schema/definition.h), and casts stand where values go from one to another.
#pragma once

#include <vector>

#include "graph/node.h"
#include "tensor/dtype.h"

namespace cermet {

// The same graph, where products and convolutions compute in `dtype`, float16 or bfloat16, and what needs range or
// exact sums in float32; the others follow their widest input. Variables and outputs keep their dtypes and names, so
// parameters are the float32 masters. A value is cast once. Converting twice changes nothing more.
std::vector<Entry> mixed_precision(const std::vector<Entry> &outputs, DType dtype);

}  // namespace cermet
