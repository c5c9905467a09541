// SPDX-License-Identifier: Apache-2.0
// One recurrent layer in one direction. The inputs of all steps are multiplied by the weights at once; a step
// multiplies the state by weights that are packed once, each thread for its share of the units, whose gates it then
// works out. What is kept for the gradient are gates and cell states.
#include "ops/rnn/layer.h"

#include <cstring>

#include "autograd/gradient.h"
#include "base/parallel.h"
#include "ops/common/as_float.h"
#include "ops/common/gemm.h"
#include "ops/common/packed_matrix.h"
#include "ops/indexing/indices.h"
#include "ops/rnn/cells.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace rnn;

constexpr int64_t kThreadWork = int64_t{1} << 15;  // multiply-adds of a step that are worth another thread

// Units that one thread works on.
int64_t share_of_units(const Sizes &s) {
  int64_t work = s.batch * s.hidden * s.wide();
  int64_t parts = std::clamp<int64_t>(work / kThreadWork, 1, num_threads());
  int64_t share = (s.hidden + parts - 1) / parts;
  return (share + kPackColumns - 1) / kPackColumns * kPackColumns;
}

template <class F>
void for_shares(int64_t hidden, int64_t share, F f) {
  parallel_for((hidden + share - 1) / share, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) f(part * share, std::min(hidden, (part + 1) * share) - part * share);
  });
}

// Parts of a workspace, one after the other.
template <class T>
class Memory {
 public:
  explicit Memory(void *data) : next_(static_cast<T *>(data)) {}
  T *take(int64_t count) {
    T *data = next_;
    next_ += (count + 15) / 16 * 16;
    used_ += (count + 15) / 16 * 16;
    return data;
  }
  int64_t nbytes() const { return used_ * static_cast<int64_t>(sizeof(T)); }

 private:
  T *next_;
  int64_t used_ = 0;
};

template <class T>
struct ForwardMemory {
  T *packed, *bias, *zeros, *states[2];
  int64_t nbytes;
};

template <class T>
ForwardMemory<T> forward_memory(const Sizes &s, void *data) {
  Memory<T> memory(data);
  ForwardMemory<T> out{memory.take(s.gates * packed_size<T>(s.hidden, s.hidden)),
                       memory.take(4 * s.hidden),
                       memory.take(s.batch * s.hidden),
                       {memory.take(s.batch * s.hidden), memory.take(s.batch * s.hidden)},
                       0};
  out.nbytes = memory.nbytes();
  return out;
}

template <class T>
struct BackwardMemory {
  T *packed, *zeros, *dgates, *dgates_h, *before, *dh, *dc;
  int64_t nbytes;
};

template <class T>
BackwardMemory<T> backward_memory(const Sizes &s, Mode mode, void *data) {
  Memory<T> memory(data);
  BackwardMemory<T> out{};
  out.packed = memory.take(packed_size<T>(s.hidden, s.wide()));
  out.zeros = memory.take(s.batch * s.hidden);
  out.dgates = memory.take(s.rows() * s.wide());
  out.dgates_h = mode == Mode::gru ? memory.take(s.rows() * s.wide()) : out.dgates;
  out.before = memory.take(s.rows() * s.hidden);
  out.dh = memory.take(s.batch * s.hidden);
  out.dc = memory.take(s.batch * s.hidden);
  out.nbytes = memory.nbytes();
  return out;
}

// Lengths of the sequences; empty where all have every step.
std::vector<int64_t> lengths_of(const Tensor &lengths, const Sizes &s) {
  std::vector<int64_t> out = read_indices(lengths);
  for (int64_t length : out)
    if (length < 0 || length > s.steps)
      throw Error(Status::invalid_argument, "sequence_length", "got ", length, "; want 0 to ", s.steps);
  return out;
}

// Biases of both products, summed where they act on one sum.
template <class T>
void join_biases(Mode mode, const Sizes &s, const T *input, const T *state, T *out) {
  int64_t apart = mode == Mode::gru ? s.hidden : 0;
  for (int64_t u = 0; u < s.wide(); ++u) out[u] = input[u] + (u < s.wide() - apart ? state[u] : T(0));
  if (apart) std::copy_n(state + s.wide() - apart, apart, out + s.wide());
}

template <class T>
void forward(KernelContext &c, const LayerAttrs &a) {
  Sizes s = sizes_of(c.in(kData).shape, a);
  const T *first_h = a.state ? c.in_as<T>(kState) : nullptr, *first_c = a.cell ? c.in_as<T>(kCell) : nullptr;
  std::vector<int64_t> lengths;
  if (a.use_sequence_length) lengths = lengths_of(c.in(kLength), s);
  ForwardMemory<T> m = forward_memory<T>(s, c.workspace.data);
  T *gates = c.out_as<T>(kGates), *memory = c.out_as<T>(kMemory), *out = c.out_as<T>(kOut);
  std::fill_n(m.zeros, s.batch * s.hidden, T(0));
  join_biases(a.mode, s, c.in_as<T>(kInputBias), c.in_as<T>(kStateBias), m.bias);
  gemm<T>({.m = s.rows(), .n = s.wide(), .k = s.inputs, .transpose_b = true}, c.in_as<T>(kData),
          c.in_as<T>(kInputWeight), gates);
  int64_t share = share_of_units(s);
  const T *weight = c.in_as<T>(kStateWeight);
  auto packed = [&](int64_t unit, int64_t count, int64_t gate) {
    return m.packed + unit * s.wide() + gate * packed_size<T>(count, s.hidden);
  };
  for_shares(s.hidden, share, [&](int64_t unit, int64_t count) {
    for (int64_t gate = 0; gate < s.gates; ++gate)
      pack_matrix<T>({weight + (gate * s.hidden + unit) * s.hidden, s.hidden, true}, count, s.hidden,
                     packed(unit, count, gate));
  });
  const T *h = first_h ? first_h : m.zeros, *cell = first_c ? first_c : m.zeros;
  for (int64_t step = 0; step < s.steps; ++step) {
    int64_t t = a.reverse ? s.steps - 1 - step : step;
    T *h_next = m.states[step % 2];
    for_shares(s.hidden, share, [&](int64_t unit, int64_t count) {
      T *step_gates = gates + t * s.batch * s.wide() + unit;
      T *step_memory = a.has_memory() ? memory + t * s.batch * s.hidden + unit : nullptr;
      bool started = step > 0 || first_h;
      for (int64_t gate = 0; gate < s.gates; ++gate) {
        bool apart = a.mode == Mode::gru && gate == 2;
        T *to = apart ? step_memory : step_gates + gate * s.hidden;
        if (started)
          multiply_packed<T>(h, s.hidden, s.batch, packed(unit, count, gate), count, s.hidden, !apart, to,
                             apart ? s.hidden : s.wide());
        else if (apart)
          for (int64_t n = 0; n < s.batch; ++n) std::fill_n(to + n * s.hidden, count, T(0));
      }
      for (int64_t n = 0; n < s.batch; ++n) {
        int64_t at = n * s.hidden + unit;
        Units<T> units{count,
                       s.hidden,
                       step_gates + n * s.wide(),
                       step_memory ? step_memory + n * s.hidden : nullptr,
                       h + at,
                       cell + at,
                       h_next + at};
        T *row = out + t * s.batch * s.hidden + at;
        if (!lengths.empty() && t >= lengths[static_cast<size_t>(n)]) {  // behind the end: states stay as they are
          std::copy_n(h + at, count, h_next + at);
          if (a.has_cell()) std::copy_n(cell + at, count, units.memory);
          std::fill_n(row, count, T(0));
          continue;
        }
        if (a.mode == Mode::lstm)
          lstm_forward(units, m.bias + unit);
        else if (a.mode == Mode::gru)
          gru_forward(units, m.bias + unit);
        else
          plain_forward(a.mode, units, m.bias + unit);
        std::copy_n(h_next + at, count, row);
      }
    });
    h = h_next;
    if (a.has_cell()) cell = memory + t * s.batch * s.hidden;
  }
  std::copy_n(h, s.batch * s.hidden, c.out_as<T>(kLastState));
  if (a.has_cell()) std::copy_n(cell, s.batch * s.hidden, c.out_as<T>(kLastCell));
}

// The state before each step, row by row.
template <class T>
void states_before(const LayerAttrs &a, const Sizes &s, const std::vector<int64_t> &lengths, const T *first,
                   const T *out, T *before) {
  parallel_for(s.rows(), 64, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      int64_t t = row / s.batch, n = row % s.batch, earlier = a.reverse ? t + 1 : t - 1;
      int64_t length = lengths.empty() ? s.steps : lengths[static_cast<size_t>(n)];
      if (earlier >= 0 && earlier < length)
        std::copy_n(out + (earlier * s.batch + n) * s.hidden, s.hidden, before + row * s.hidden);
      else if (first)
        std::copy_n(first + n * s.hidden, s.hidden, before + row * s.hidden);
      else
        std::fill_n(before + row * s.hidden, s.hidden, T(0));
    }
  });
}

template <class T>
void sum_rows(int64_t rows, int64_t columns, const T *x, T *out) {
  constexpr int64_t kColumns = 64;
  parallel_for((columns + kColumns - 1) / kColumns, 1, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin * kColumns; first < std::min(columns, end * kColumns); first += kColumns) {
      int64_t count = std::min(kColumns, columns - first);
      double sums[kColumns] = {};
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t k = 0; k < count; ++k) sums[k] += static_cast<double>(x[row * columns + first + k]);
      for (int64_t k = 0; k < count; ++k) out[first + k] = static_cast<T>(sums[k]);
    }
  });
}

template <class T>
void backward(KernelContext &c, const LayerAttrs &a) {
  auto in = [&](int k) { return c.in_as<T>(kHeads + k); };
  Sizes s = sizes_of(c.in(kHeads + kData).shape, a);
  const T *first_h = a.state ? in(kState) : nullptr, *first_c = a.cell ? in(kCell) : nullptr;
  std::vector<int64_t> lengths;
  if (a.use_sequence_length) lengths = lengths_of(c.in(kHeads + kLength), s);
  const T *out = in(kGivenOut), *gates = in(kGivenGates), *memory = a.has_memory() ? in(kGivenMemory) : nullptr;
  BackwardMemory<T> m = backward_memory<T>(s, a.mode, c.workspace.data);
  std::fill_n(m.zeros, s.batch * s.hidden, T(0));
  std::copy_n(c.in_as<T>(1), s.batch * s.hidden, m.dh);
  if (a.has_cell()) std::copy_n(c.in_as<T>(2), s.batch * s.hidden, m.dc);
  states_before(a, s, lengths, first_h, out, m.before);

  int64_t share = share_of_units(s);
  for_shares(s.hidden, share, [&](int64_t unit, int64_t count) {
    pack_matrix<T>({in(kStateWeight) + unit, s.hidden, false}, count, s.wide(), m.packed + unit * s.wide());
  });
  auto add_recurrent = [&](int64_t t, int64_t unit, int64_t count) {
    multiply_packed<T>(m.dgates_h + t * s.batch * s.wide(), s.wide(), s.batch, m.packed + unit * s.wide(), count,
                       s.wide(), true, m.dh + unit, s.hidden);
  };
  for (int64_t step = s.steps - 1; step >= 0; --step) {
    int64_t t = a.reverse ? s.steps - 1 - step : step, later = a.reverse ? t - 1 : t + 1;
    int64_t earlier = a.reverse ? t + 1 : t - 1;
    const T *cell = step > 0 && a.has_cell() ? memory + earlier * s.batch * s.hidden : first_c ? first_c : m.zeros;
    for_shares(s.hidden, share, [&](int64_t unit, int64_t count) {
      if (step + 1 < s.steps) add_recurrent(later, unit, count);
      for (int64_t n = 0; n < s.batch; ++n) {
        int64_t row = t * s.batch + n, at = n * s.hidden + unit, wide = row * s.wide() + unit;
        if (!lengths.empty() && t >= lengths[static_cast<size_t>(n)]) {
          for (int64_t gate = 0; gate < s.gates; ++gate) {
            std::fill_n(m.dgates + wide + gate * s.hidden, count, T(0));
            std::fill_n(m.dgates_h + wide + gate * s.hidden, count, T(0));
          }
          continue;
        }
        UnitsBack<T> units{count,
                           s.hidden,
                           gates + wide,
                           memory ? memory + row * s.hidden + unit : nullptr,
                           m.before + row * s.hidden + unit,
                           cell + at,
                           c.in_as<T>(0) + row * s.hidden + unit,
                           m.dh + at,
                           m.dc + at,
                           m.dgates + wide,
                           m.dgates_h + wide};
        if (a.mode == Mode::lstm)
          lstm_backward(units);
        else if (a.mode == Mode::gru)
          gru_backward(units);
        else
          plain_backward(a.mode, units);
      }
    });
  }
  if (s.steps > 0)
    for_shares(s.hidden, share,
               [&](int64_t unit, int64_t count) { add_recurrent(a.reverse ? s.steps - 1 : 0, unit, count); });

  gemm<T>({.m = s.rows(), .n = s.inputs, .k = s.wide()}, m.dgates, in(kInputWeight), c.out_as<T>(kData));
  gemm<T>({.m = s.wide(), .n = s.inputs, .k = s.rows(), .transpose_a = true}, m.dgates, in(kData),
          c.out_as<T>(kInputWeight));
  gemm<T>({.m = s.wide(), .n = s.hidden, .k = s.rows(), .transpose_a = true}, m.dgates_h, m.before,
          c.out_as<T>(kStateWeight));
  sum_rows(s.rows(), s.wide(), m.dgates, c.out_as<T>(kInputBias));
  if (a.mode == Mode::gru)
    sum_rows(s.rows(), s.wide(), m.dgates_h, c.out_as<T>(kStateBias));
  else
    std::copy_n(c.out_as<T>(kInputBias), s.wide(), c.out_as<T>(kStateBias));
  std::copy_n(m.dh, s.batch * s.hidden, c.out_as<T>(kState));
  if (a.has_cell()) std::copy_n(m.dc, s.batch * s.hidden, c.out_as<T>(kCell));
}

void declare_attrs(DefinitionBuilder<LayerAttrs> &op) {
  op.attr("state_size", &LayerAttrs::state_size, "Number of units.").required().min(1).max(0x7fffffff);
  op.choice("mode", &LayerAttrs::mode, kModes, "Kind of the cell.");
  op.attr("reverse", &LayerAttrs::reverse, "Go from the last step to the first.");
  op.attr("state", &LayerAttrs::state, "The first state is given; else it is 0.");
  op.attr("cell", &LayerAttrs::cell, "The first cell state is given (LSTM); else it is 0.");
  op.attr("use_sequence_length", &LayerAttrs::use_sequence_length, "Lengths of the sequences are given.");
}

void declare_inputs(DefinitionBuilder<LayerAttrs> &op) {
  op.input("data", "Sequences (steps, batch, inputs).", kFloats);
  op.parameter("i2h_weight", "Weights of the inputs (gates * state_size, inputs).", kFloats);
  op.parameter("h2h_weight", "Weights of the state (gates * state_size, state_size).", kFloats);
  op.parameter("i2h_bias", "Added to the products of the inputs (gates * state_size).", kFloats);
  op.parameter("h2h_bias", "Added to the products of the state (gates * state_size).", kFloats);
  op.input("state", "The first state (1, batch, state_size).", kFloats).when = {"state", {true}};
  op.input("state_cell", "The first cell state (1, batch, state_size).", kFloats).when = {"cell", {true}};
  op.input("sequence_length", "Length of each sequence of the batch; any dtype.", kAll | kOwnDType).when = {
      "use_sequence_length", {true}};
}

Shape state_shape(const Sizes &s) { return {1, s.batch, s.hidden}; }

Sizes expect_inputs(InferContext &c, const LayerAttrs &a, int first) {
  const Shape &data = c.shape(first + kData);
  DType dtype = c.dtype(first + kData);
  if (data.ndim() != 3) throw Error(Status::shape, "data", "got ", data, "; want 3 dimensions (steps, batch, inputs)");
  Sizes s = sizes_of(data, a);
  c.expect(first + kInputWeight, {s.wide(), s.inputs}, dtype);
  c.expect(first + kStateWeight, {s.wide(), s.hidden}, dtype);
  c.expect(first + kInputBias, {s.wide()}, dtype);
  c.expect(first + kStateBias, {s.wide()}, dtype);
  c.expect(first + kState, state_shape(s), dtype);
  c.expect(first + kCell, state_shape(s), dtype);
  c.expect_shape(first + kLength, {s.batch});
  return s;
}

// No cell state but LSTM's: outputs that do not exist have no elements.
Shape cell_shape(const LayerAttrs &a, const Sizes &s) { return a.has_cell() ? state_shape(s) : Shape{0}; }

void register_forward(Registry &registry) {
  auto op = registry.op<LayerAttrs>("rnn_layer", "nn");
  op.precision(Precision::narrow);
  op.doc("One layer of a recurrent net in one direction.");
  op.internal();
  declare_inputs(op);
  op.output("output", "States of all steps (steps, batch, state_size); 0 behind the end of a sequence.");
  op.output("last_state");
  op.output("last_cell");
  op.hidden_output("gates", "Gates of all steps.");
  op.hidden_output("memory", "Cell states, or the recurrent part of GRU's new gate.");
  declare_attrs(op);
  op.check([](const LayerAttrs &a) {
    if (a.cell && !a.has_cell()) throw Error(Status::invalid_argument, "cell", "got true; want false but for lstm");
  });
  op.infer([](InferContext &c, const LayerAttrs &a) {
    Sizes s = expect_inputs(c, a, 0);
    DType dtype = c.dtype(kData);
    c.output(kOut, {s.steps, s.batch, s.hidden}, dtype);
    c.output(kLastState, state_shape(s), dtype);
    c.output(kLastCell, cell_shape(a, s), dtype);
    c.output(kGates, {s.steps, s.batch, s.wide()}, dtype);
    c.output(kMemory, a.has_memory() ? Shape{s.steps, s.batch, s.hidden} : Shape{0}, dtype);
  });
  op.workspace([](const KernelContext &c, const LayerAttrs &a) {
    Sizes s = sizes_of(c.in(kData).shape, a);
    int64_t bytes = forward_memory<float>(s, nullptr).nbytes;
    if (c.in(kData).dtype == DType::float64) return forward_memory<double>(s, nullptr).nbytes;
    if (c.in(kData).dtype == DType::float32) return bytes;
    return as_float_workspace(c, FloatPart::all, [=](const KernelContext &) { return bytes; });
  });
  op.kernel([](KernelContext &c, const LayerAttrs &a) {
    if (c.in(kData).dtype == DType::float64) return forward<double>(c, a);
    if (c.in(kData).dtype == DType::float32) return forward<float>(c, a);
    run_as_float(c, FloatPart::all, [&](KernelContext &floats) { forward<float>(floats, a); });
  });
  op.gradient([](GradientContext &g, const LayerAttrs &a) {
    std::vector<Entry> inputs{g.head(kOut), g.head(kLastState)};
    if (a.has_cell()) inputs.push_back(g.head(kLastCell));
    for (int k = 0; k < g.num_inputs(); ++k)
      if (g.has(k)) inputs.push_back(g.input(k));
    inputs.push_back(g.output(kOut));
    inputs.push_back(g.output(kGates));
    if (a.has_memory()) inputs.push_back(g.output(kMemory));
    Entry all = g.apply("rnn_layer_backward", inputs, g.attrs());
    for (int k = 0; k < kLength; ++k)
      if (g.has(k)) g.set(k, {all.node, k});
  });
}

void register_backward(Registry &registry) {
  auto op = registry.op<LayerAttrs>("rnn_layer_backward", "nn");
  op.doc("Gradients of rnn_layer by its inputs.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("head_state", "Gradient of the last state.", kFloats);
  op.input("head_cell", "Gradient of the last cell state.", kFloats).when = {"mode", {"lstm"}};
  declare_inputs(op);
  op.input("output", "As the layer gave it.", kFloats);
  op.input("gates", "As the layer gave them.", kFloats);
  op.input("memory", "As the layer gave it.", kFloats).when = {"mode", {"lstm", "gru"}};
  for (const char *name :
       {"data_grad", "i2h_weight_grad", "h2h_weight_grad", "i2h_bias_grad", "h2h_bias_grad", "state_grad", "cell_grad"})
    op.output(name);
  declare_attrs(op);
  op.infer([](InferContext &c, const LayerAttrs &a) {
    Sizes s = expect_inputs(c, a, kHeads);
    DType dtype = c.dtype(kHeads);
    for (int given : {int{kOut}, kHeads + kGivenOut, kHeads + kGivenMemory})
      c.expect(given, {s.steps, s.batch, s.hidden}, dtype);
    c.expect(kHeads + kGivenGates, {s.steps, s.batch, s.wide()}, dtype);
    c.expect(kLastState, state_shape(s), dtype);
    c.expect(kLastCell, cell_shape(a, s), dtype);
    for (int k = 0; k < kState; ++k) c.output(k, c.shape(kHeads + k), c.dtype(kHeads));
    c.output(kState, state_shape(s), c.dtype(kHeads));
    c.output(kCell, cell_shape(a, s), c.dtype(kHeads));
  });
  op.workspace([](const KernelContext &c, const LayerAttrs &a) {
    Sizes s = sizes_of(c.in(kHeads + kData).shape, a);
    int64_t bytes = backward_memory<float>(s, a.mode, nullptr).nbytes;
    if (c.in(0).dtype == DType::float64) return backward_memory<double>(s, a.mode, nullptr).nbytes;
    if (c.in(0).dtype == DType::float32) return bytes;
    return as_float_workspace(c, FloatPart::all, [=](const KernelContext &) { return bytes; });
  });
  op.kernel([](KernelContext &c, const LayerAttrs &a) {
    if (c.in(0).dtype == DType::float64) return backward<double>(c, a);
    if (c.in(0).dtype == DType::float32) return backward<float>(c, a);
    run_as_float(c, FloatPart::all, [&](KernelContext &floats) { backward<float>(floats, a); });
  });
}

}  // namespace

CERMET_REGISTER(rnn_layer)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
}

}  // namespace cermet
