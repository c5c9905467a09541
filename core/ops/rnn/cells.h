// SPDX-License-Identifier: Apache-2.0
// What a cell does with its gates: some units of one row, forward and backward. Gates lie `hidden` apart: LSTM's are
// i, f, g, o and GRU's r, z, n.
//   LSTM: c' = f c + i g;  h' = o tanh(c')            (Hochreiter and Schmidhuber, 1997)
//   GRU:  n = tanh(x_n + r h_n);  h' = (1 - z) n + z h     (Cho et al., 2014, as cuDNN has it)
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "ops/nn/exponential.h"
#include "ops/rnn/layer.h"

namespace cermet::rnn {

template <class T>
void sigmoid(T *x, int64_t count) {
  if constexpr (std::is_same_v<T, float>)
    exponential_kernels().sigmoid(x, x, count);
  else
    for (int64_t u = 0; u < count; ++u) x[u] = 1 / (1 + std::exp(-x[u]));
}

template <class T>
void tanh_of(const T *x, T *out, int64_t count) {
  if constexpr (std::is_same_v<T, float>)
    exponential_kernels().tanh(x, out, count);
  else
    for (int64_t u = 0; u < count; ++u) out[u] = std::tanh(x[u]);
}

// Units of one row at one step. `gates` holds x W + h U (GRU: x W in the new gate, whose h U is in `memory`) and
// becomes the gates; `bias` is laid out like them, with GRU's fourth part for h U.
template <class T>
struct Units {
  int64_t count, hidden;
  T *gates, *memory;
  const T *h, *c;  // before the step
  T *h_next;
};

template <class T>
void add_bias(const T *bias, T *x, int64_t count) {
  for (int64_t u = 0; u < count; ++u) x[u] += bias[u];
}

template <class T>
void lstm_forward(const Units<T> &s, const T *bias) {
  T *i = s.gates, *f = i + s.hidden, *g = f + s.hidden, *o = g + s.hidden;
  for (int gate = 0; gate < 4; ++gate) add_bias(bias + gate * s.hidden, s.gates + gate * s.hidden, s.count);
  sigmoid(i, s.count);
  sigmoid(f, s.count);
  tanh_of(g, g, s.count);
  sigmoid(o, s.count);
  for (int64_t u = 0; u < s.count; ++u) s.memory[u] = f[u] * s.c[u] + i[u] * g[u];
  tanh_of(s.memory, s.h_next, s.count);
  for (int64_t u = 0; u < s.count; ++u) s.h_next[u] *= o[u];
}

template <class T>
void gru_forward(const Units<T> &s, const T *bias) {
  T *r = s.gates, *z = r + s.hidden, *n = z + s.hidden;
  for (int gate = 0; gate < 3; ++gate) add_bias(bias + gate * s.hidden, s.gates + gate * s.hidden, s.count);
  add_bias(bias + 3 * s.hidden, s.memory, s.count);
  sigmoid(r, s.count);
  sigmoid(z, s.count);
  for (int64_t u = 0; u < s.count; ++u) n[u] += r[u] * s.memory[u];
  tanh_of(n, n, s.count);
  for (int64_t u = 0; u < s.count; ++u) s.h_next[u] = n[u] + z[u] * (s.h[u] - n[u]);
}

template <class T>
void plain_forward(Mode mode, const Units<T> &s, const T *bias) {
  add_bias(bias, s.gates, s.count);
  if (mode == Mode::rnn_tanh)
    tanh_of(s.gates, s.gates, s.count);
  else
    for (int64_t u = 0; u < s.count; ++u) s.gates[u] = s.gates[u] < 0 ? T(0) : s.gates[u];
  std::copy_n(s.gates, s.count, s.h_next);
}

// The same units on the way back. `head` flows into the output of the step; `dh` and `dc` into its states, and become
// what flows on without passing through the gates. Slopes of the gates before their activation go to `dgates`; GRU's of
// h U, which differ in the new gate, to `dgates_h`.
template <class T>
struct UnitsBack {
  int64_t count, hidden;
  const T *gates, *memory, *h, *c, *head;
  T *dh, *dc, *dgates, *dgates_h;
};

template <class T>
void lstm_backward(const UnitsBack<T> &s) {
  const T *i = s.gates, *f = i + s.hidden, *g = f + s.hidden, *o = g + s.hidden;
  T *di = s.dgates, *df = di + s.hidden, *dg = df + s.hidden, *dout = dg + s.hidden;
  tanh_of(s.memory, dout, s.count);
  for (int64_t u = 0; u < s.count; ++u) {
    T dh = s.dh[u] + s.head[u], top = dout[u], dc = s.dc[u] + dh * o[u] * (1 - top * top);
    dout[u] = dh * top * o[u] * (1 - o[u]);
    di[u] = dc * g[u] * i[u] * (1 - i[u]);
    df[u] = dc * s.c[u] * f[u] * (1 - f[u]);
    dg[u] = dc * i[u] * (1 - g[u] * g[u]);
    s.dc[u] = dc * f[u];
    s.dh[u] = 0;
  }
}

template <class T>
void gru_backward(const UnitsBack<T> &s) {
  const T *r = s.gates, *z = r + s.hidden, *n = z + s.hidden;
  for (int64_t u = 0; u < s.count; ++u) {
    T dh = s.dh[u] + s.head[u], dn = dh * (1 - z[u]) * (1 - n[u] * n[u]);
    T dr = dn * s.memory[u] * r[u] * (1 - r[u]), dz = dh * (s.h[u] - n[u]) * z[u] * (1 - z[u]);
    s.dgates[u] = s.dgates_h[u] = dr;
    s.dgates[s.hidden + u] = s.dgates_h[s.hidden + u] = dz;
    s.dgates[2 * s.hidden + u] = dn;
    s.dgates_h[2 * s.hidden + u] = dn * r[u];
    s.dh[u] = dh * z[u];
  }
}

template <class T>
void plain_backward(Mode mode, const UnitsBack<T> &s) {
  for (int64_t u = 0; u < s.count; ++u) {
    T dh = s.dh[u] + s.head[u], y = s.gates[u];
    s.dgates[u] = mode == Mode::rnn_tanh ? dh * (1 - y * y) : y > 0 ? dh : T(0);
    s.dh[u] = 0;
  }
}

}  // namespace cermet::rnn
