// SPDX-License-Identifier: Apache-2.0
#include "ops/rnn/stack.h"

namespace cermet::rnn {

StackOutputs stack_layers(ComposeContext &c, const Stack &stack, const StackInputs &inputs) {
  StackOutputs out;
  Entry data = inputs.data;
  for (int64_t layer = 0; layer < stack.num_layers; ++layer) {
    std::vector<Entry> directions;
    for (int64_t direction = 0; direction < stack.directions(); ++direction) {
      int64_t run = layer * stack.directions() + direction;
      std::string name = cat(direction ? "r" : "l", layer);
      std::vector<Entry> given{data};
      for (int64_t k = 0; k < 4; ++k)
        given.push_back(inputs.parameters.empty() ? Entry{} : inputs.parameters[static_cast<size_t>(4 * run + k)]);
      for (const auto &[states, suffix] : {std::pair{inputs.state, "_state"}, {inputs.cell, "_cell"}})
        if (states)
          given.push_back(
              c.apply("slice_axis", {states}, {{"axis", 0}, {"begin", run}, {"end", run + 1}}, name + suffix));
      if (stack.use_sequence_length) given.push_back(inputs.length);
      Entry result = c.apply("rnn_layer", given,
                             {{"state_size", stack.state_size},
                              {"mode", kModes[static_cast<size_t>(stack.mode)]},
                              {"reverse", direction == 1},
                              {"state", static_cast<bool>(inputs.state)},
                              {"cell", static_cast<bool>(inputs.cell)},
                              {"use_sequence_length", stack.use_sequence_length}},
                             name);
      directions.push_back(result);
      out.states.push_back({result.node, kLastState});
      out.cells.push_back({result.node, kLastCell});
    }
    data = directions[0];
    if (stack.bidirectional) data = c.apply("concat", directions, {{"dim", 2}}, cat("both", layer));
    if (stack.p > 0 && layer + 1 < stack.num_layers)
      data = c.apply("dropout", {data}, {{"p", stack.p}}, cat("dropout", layer));
  }
  out.out = data;
  return out;
}

}  // namespace cermet::rnn
