// SPDX-License-Identifier: Apache-2.0
// One layer of a recurrent net in one direction: the attributes that its operators share, and its sizes.
#pragma once

#include "schema/builder.h"

namespace cermet::rnn {

enum class Mode { gru, lstm, rnn_relu, rnn_tanh };
inline const std::vector<std::string> kModes{"gru", "lstm", "rnn_relu", "rnn_tanh"};
constexpr int64_t gates_of(Mode mode) { return mode == Mode::gru ? 3 : mode == Mode::lstm ? 4 : 1; }

struct LayerAttrs {
  int64_t state_size = 0;
  Mode mode = Mode::lstm;
  bool reverse = false;              // from the last step to the first
  bool state = false, cell = false;  // whether the first state, the first cell state are given; else 0
  bool use_sequence_length = false;

  int64_t gates() const { return gates_of(mode); }
  // LSTM keeps its cell states, GRU the recurrent part of its new gate.
  bool has_memory() const { return mode == Mode::lstm || mode == Mode::gru; }
  bool has_cell() const { return mode == Mode::lstm; }
};

struct Sizes {
  int64_t steps, batch, inputs, hidden, gates;
  int64_t rows() const { return steps * batch; }
  int64_t wide() const { return gates * hidden; }
};

inline Sizes sizes_of(const Shape &data, const LayerAttrs &a) {
  return {data[0], data[1], data[2], a.state_size, a.gates()};
}

// Places of the inputs of rnn_layer; those of its gradient have the heads before them and what the layer gave behind.
enum Input { kData, kInputWeight, kStateWeight, kInputBias, kStateBias, kState, kCell, kLength };
constexpr int kHeads = 3;
enum GradientInput { kGivenOut = kLength + 1, kGivenGates, kGivenMemory };  // counted from behind the heads
enum Output { kOut, kLastState, kLastCell, kGates, kMemory };

}  // namespace cermet::rnn
