// SPDX-License-Identifier: Apache-2.0
// Recurrent layers over whole sequences, which begin with states of 0.
#include <optional>

#include "ops/rnn/stack.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Layout { ntc, tnc };
enum class Activation { relu, tanh };

struct Recurrent {
  int64_t hidden_size = 0, num_layers = 1;
  double dropout = 0;
  bool bidirectional = false;
  Layout layout = Layout::tnc;
  Activation activation = Activation::relu;
};

void register_layer(Registry &registry, const char *name, const char *summary, std::optional<rnn::Mode> mode) {
  auto layer = registry.add<Recurrent>(Kind::layer, name, "nn");
  layer.doc(summary,
            "Parameters of layer k: <name>_lk_i2h_weight (G * hidden_size, inputs), <name>_lk_h2h_weight (G * "
            "hidden_size, hidden_size), <name>_lk_i2h_bias and <name>_lk_h2h_bias; r instead of l for the reverse "
            "direction. G is 4 for lstm, 3 for gru, 1 for rnn.");
  layer.input("data", "Sequences (steps, batch, inputs), or (batch, steps, inputs) where `layout` is NTC.");
  layer.output("output", "States of the last layer at all steps; twice hidden_size wide if bidirectional.");
  layer.attr("hidden_size", &Recurrent::hidden_size, "Number of units of a layer.").required().min(1).max(0x7fffffff);
  if (!mode) layer.choice("activation", &Recurrent::activation, {"relu", "tanh"}, "What the units apply.");
  layer.attr("num_layers", &Recurrent::num_layers, "Layers on top of each other.").min(1).max(1 << 16);
  layer.attr("dropout", &Recurrent::dropout, "Part that is dropped between layers in training.").min(0).max(1);
  layer.attr("bidirectional", &Recurrent::bidirectional, "Run each layer in both directions and join the results.");
  layer.choice("layout", &Recurrent::layout, {"NTC", "TNC"}, "Order of the axes: steps T, batch N, inputs C.");
  layer.compose([mode](ComposeContext &c, const Recurrent &a) {
    rnn::Stack stack;
    stack.mode = mode ? *mode : a.activation == Activation::relu ? rnn::Mode::rnn_relu : rnn::Mode::rnn_tanh;
    stack.state_size = a.hidden_size;
    stack.num_layers = a.num_layers;
    stack.bidirectional = a.bidirectional;
    stack.p = a.dropout;
    AttrList swap{{"dim1", 0}, {"dim2", 1}};
    bool batch_first = a.layout == Layout::ntc;
    rnn::StackInputs inputs;
    inputs.data = batch_first ? c.apply("swapaxes", {c.input(0)}, swap, "steps_first") : c.input(0);
    Entry out = rnn::stack_layers(c, stack, inputs).out;
    c.output(batch_first ? c.apply("swapaxes", {out}, swap, "batch_first") : out);
  });
}

}  // namespace

CERMET_REGISTER(recurrent_layers)(Registry &registry) {
  register_layer(registry, "lstm", "Long short-term memory (Hochreiter and Schmidhuber, 1997).", rnn::Mode::lstm);
  register_layer(registry, "gru", "Gated recurrent units (Cho et al., 2014).", rnn::Mode::gru);
  register_layer(registry, "rnn", "Recurrent units without gates (Elman, 1990).", std::nullopt);
}

}  // namespace cermet
