// SPDX-License-Identifier: Apache-2.0
// In prediction batch normalisation is one factor and one offset a channel, which go into the weights and bias of the
// convolution or fully connected layer before it: nothing of it is left to do at run time.
#pragma once

#include "graph/infer.h"
#include "graph/remarks.h"

namespace cermet {

// The graph without the batch normalisations for which that is possible: the layer feeds nothing else, and its
// parameters are variables (`variables` has their specs).
std::vector<Entry> fold_batch_norm(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &variables,
                                   Remarks &remarks);

}  // namespace cermet
