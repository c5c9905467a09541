// SPDX-License-Identifier: Apache-2.0
// Recurrent layers on top of each other, in one or both directions, as a graph of rnn_layer.
#pragma once

#include "graph/compose.h"
#include "ops/rnn/layer.h"

namespace cermet::rnn {

struct Stack {
  Mode mode = Mode::lstm;
  int64_t state_size = 0, num_layers = 1;
  bool bidirectional = false, use_sequence_length = false;
  double p = 0;  // dropped of what goes from layer to layer

  int64_t directions() const { return bidirectional ? 2 : 1; }
  int64_t runs() const { return num_layers * directions(); }
};

// What goes in; null entries are absent. Run k is layer k / directions; its weights and biases are entries 4 k ... of
// `parameters`, or where that is empty variables <name>_l0_i2h_weight ... (r for the reverse direction), as MXNet's.
struct StackInputs {
  Entry data, state, cell, length;
  std::vector<Entry> parameters;
};

struct StackOutputs {
  Entry out;
  std::vector<Entry> states, cells;  // the last ones, one a run
};

StackOutputs stack_layers(ComposeContext &c, const Stack &stack, const StackInputs &inputs);

}  // namespace cermet::rnn
