// SPDX-License-Identifier: Apache-2.0
// Recurrent nets with all parameters in one vector: the weights of all layers and directions (inputs, then state), then
// their biases in the same order.
#include <cstring>

#include "autograd/gradient.h"
#include "base/checked.h"
#include "ops/rnn/samples.h"
#include "ops/rnn/stack.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace rnn;

struct Attrs : Stack {
  bool state_outputs = false, lstm_state_clip_nan = false;
  std::optional<int64_t> projection_size;
  std::optional<double> lstm_state_clip_min, lstm_state_clip_max;
};

void declare_sizes(DefinitionBuilder<Attrs> &op) {
  op.attr("state_size", &Attrs::state_size, "Number of units of a layer.").required().min(1).max(0x7fffffff);
  op.attr("num_layers", &Attrs::num_layers, "Number of layers.").required().min(1).max(1 << 16);
  op.attr("bidirectional", &Attrs::bidirectional, "Run each layer in both directions and join the results.");
  op.choice("mode", &Attrs::mode, kModes, "Kind of the cell.").required();
}

// Shapes of the pieces, four a run, in the order of rnn_layer's inputs.
std::vector<Shape> pieces_of(const Attrs &a, int64_t inputs) {
  std::vector<Shape> out;
  int64_t wide = gates_of(a.mode) * a.state_size;
  for (int64_t run = 0; run < a.runs(); ++run) {
    int64_t width = run < a.directions() ? inputs : a.directions() * a.state_size;
    out.insert(out.end(), {{wide, width}, {wide, a.state_size}, {wide}, {wide}});
  }
  return out;
}

// The pieces in the order in which the vector holds them.
std::vector<size_t> packed_order(size_t pieces) {
  std::vector<size_t> order;
  for (size_t first : {size_t{0}, size_t{2}})
    for (size_t piece = first; piece < pieces; piece += 4) order.insert(order.end(), {piece, piece + 1});
  return order;
}

void register_split(Registry &registry) {
  auto op = registry.op<Attrs>("rnn_split_parameters", "nn");
  op.doc("Parts of the parameter vector of a recurrent net.");
  op.internal();
  op.parameter("parameters", "The vector.", kFloats);
  op.shape_input("data", "Lends its shape.");
  op.variadic_output("output", "", [](const Attrs &a, int) { return static_cast<int>(4 * a.runs()); });
  declare_sizes(op);
  op.infer([](InferContext &c, const Attrs &a) {
    const Shape &data = c.shape(1);
    if (data.ndim() != 3)
      throw Error(Status::shape, "data", "got ", data, "; want 3 dimensions (steps, batch, inputs)");
    std::vector<Shape> pieces = pieces_of(a, data[2]);
    int64_t size = 0;
    for (const Shape &piece : pieces) {
      auto sum = checked_add(size, piece.numel());
      if (!sum) throw Error(Status::limit, "state_size", "got ", a.state_size, "; want parameters that can be counted");
      size = *sum;
    }
    c.expect(0, {size}, c.dtype(1));
    for (size_t k = 0; k < pieces.size(); ++k) c.output(static_cast<int>(k), pieces[k], c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Attrs &) {
    const char *from = c.in_as<char>(0);
    for (size_t piece : packed_order(c.outputs.size())) {
      const Tensor &to = c.outputs[piece];
      if (to.nbytes()) std::memcpy(to.data, from, static_cast<size_t>(to.nbytes()));
      from += to.nbytes();
    }
  });
  op.gradient([](GradientContext &g, const Attrs &a) {
    std::vector<Entry> parts;
    for (size_t piece : packed_order(static_cast<size_t>(4 * a.runs())))
      parts.push_back(g.apply("reshape", {g.head(static_cast<int>(piece))}, {{"shape", {-1}}}));
    g.set(0, g.apply("concat", parts, {{"dim", 0}}));
  });
}

void compose_rnn(ComposeContext &c, const Attrs &a) {
  StackInputs inputs;
  inputs.data = c.input(0);
  inputs.state = c.input(2);
  if (a.mode == Mode::lstm) inputs.cell = c.input(3);
  if (a.use_sequence_length) inputs.length = c.input(4);
  Entry pieces = c.apply("rnn_split_parameters", {c.input(1), c.input(0)},
                         {{"state_size", a.state_size},
                          {"num_layers", a.num_layers},
                          {"bidirectional", a.bidirectional},
                          {"mode", kModes[static_cast<size_t>(a.mode)]}},
                         "pieces");
  for (int k = 0; k < 4 * a.runs(); ++k) inputs.parameters.push_back({pieces.node, k});
  StackOutputs out = stack_layers(c, a, inputs);
  c.output(out.out);
  c.output(c.apply("concat", out.states, {{"dim", 0}}, "last_state"));
  if (a.mode == Mode::lstm) c.output(c.apply("concat", out.cells, {{"dim", 0}}, "last_cell"));
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("rnn", "nn");
  op.precision(Precision::narrow);
  op.doc(
      "Recurrent net: layers of LSTM, GRU or plain cells over sequences.",
      "The vector of parameters holds the weights of each layer and direction, for the inputs (G * state_size, inputs) "
      "and for the state (G * state_size, state_size), and behind all of them the biases in the same order, each "
      "(G * state_size). G is 4 for lstm (gates i, f, g, o), 3 for gru (r, z, n) and 1 for the plain cells. Dropout "
      "acts between layers, in training.");
  op.alias("RNN", "_npx_rnn");
  op.input("data", "Sequences (steps, batch, inputs).", kFloats);
  op.parameter("parameters", "All weights, then all biases.", kFloats);
  op.input("state", "The first states (layers * directions, batch, state_size).", kFloats);
  op.input("state_cell", "The first cell states, as many.", kFloats).when = {"mode", {"lstm"}};
  op.input("sequence_length", "Length of each sequence of the batch; any dtype.", kAll | kOwnDType).when = {
      "use_sequence_length", {true}};
  op.output("output", "States of the last layer (steps, batch, directions * state_size); 0 behind a sequence's end.");
  op.hidden_output("last_state", "The last states (layers * directions, batch, state_size).").shown_when = {
      "state_outputs", {true}};
  auto &last_cell = op.hidden_output("last_cell", "The last cell states, as many.");
  last_cell.when = {"mode", {"lstm"}};
  last_cell.shown_when = {"state_outputs", {true}};
  declare_sizes(op);
  op.attr("p", &Attrs::p, "Part that is dropped between layers in training.").min(0).max(1);
  op.attr("state_outputs", &Attrs::state_outputs, "Give the last states too.");
  op.attr("projection_size", &Attrs::projection_size, "Not supported: leave it out.");
  op.attr("lstm_state_clip_min", &Attrs::lstm_state_clip_min, "Not supported: leave it out.");
  op.attr("lstm_state_clip_max", &Attrs::lstm_state_clip_max, "Not supported: leave it out.");
  op.attr("lstm_state_clip_nan", &Attrs::lstm_state_clip_nan, "Has no effect without clipping.");
  op.attr("use_sequence_length", &Attrs::use_sequence_length, "Lengths of the sequences are given.");
  op.check([](const Attrs &a) {
    if (a.projection_size)
      throw Error(Status::unsupported, "projection_size", "got ", *a.projection_size, "; want none");
    for (const auto &[name, clip] :
         {std::pair{"lstm_state_clip_min", a.lstm_state_clip_min}, {"lstm_state_clip_max", a.lstm_state_clip_max}})
      if (clip) throw Error(Status::unsupported, name, "got ", *clip, "; want none");
  });
  op.compose(compose_rnn);
  add_samples(op);
}

}  // namespace

CERMET_REGISTER(rnn)(Registry &registry) {
  register_split(registry);
  register_forward(registry);
}

}  // namespace cermet
