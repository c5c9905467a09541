// SPDX-License-Identifier: Apache-2.0
// What blocked.h declares, compiled for each instruction set. B is the size of the block: the innermost loops go over
// it, and become one or two vector instructions.
#include "ops/nn/blocked.h"

namespace cermet::nn {
namespace CERMET_ISA {

namespace {

constexpr int64_t kChunk = 256;  // rows whose sums are taken in float

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// The numbers of one block as one value, and where it may lie in memory.
template <int B>
using Numbers __attribute__((vector_size(B * sizeof(float)))) = float;
template <int B>
using Places __attribute__((vector_size(B * sizeof(int32_t)))) = int32_t;
template <int B>
using Loose __attribute__((vector_size(B * sizeof(float)), aligned(sizeof(float)), may_alias)) = float;

template <int B>
void moments(const float *x, int64_t rows, int64_t *count, double *mean, double *distances) {
  for (int64_t first = 0; first < rows; first += kChunk) {
    int64_t size = least(kChunk, rows - first);
    const float *chunk = x + first * B;
    auto *numbers = reinterpret_cast<const Loose<B> *>(chunk);
    Numbers<B> sum{}, spread{};
    for (int64_t row = 0; row < size; ++row) sum += numbers[row];
    Numbers<B> center = sum / static_cast<float>(size);
    for (int64_t row = 0; row < size; ++row) spread += (numbers[row] - center) * (numbers[row] - center);
    auto old_count = static_cast<double>(*count), new_count = static_cast<double>(size), total = old_count + new_count;
    for (int c = 0; c < B; ++c) {
      double shift = static_cast<double>(center[c]) - mean[c];
      mean[c] += shift * new_count / total;
      distances[c] += static_cast<double>(spread[c]) + shift * shift * old_count * new_count / total;
    }
    *count += size;
  }
}

template <int B>
void affine(const float *x, int64_t rows, const float *center, const float *factor, const float *shift, float *out) {
  float m[B], f[B], s[B];
  for (int c = 0; c < B; ++c) m[c] = center[c], f[c] = factor[c], s[c] = shift[c];
  for (int64_t row = 0; row < rows; ++row)
    for (int c = 0; c < B; ++c) out[row * B + c] = (x[row * B + c] - m[c]) * f[c] + s[c];
}

template <int B>
void head_sums(const float *head, const float *x, int64_t rows, const float *center, double *sum, double *sum_times) {
  Numbers<B> m = *reinterpret_cast<const Loose<B> *>(center);
  for (int64_t first = 0; first < rows; first += kChunk) {
    Numbers<B> heads{}, products{};
    for (int64_t row = first; row < least(rows, first + kChunk); ++row) {
      Numbers<B> value = reinterpret_cast<const Loose<B> *>(head)[row];
      heads += value;
      products += value * (reinterpret_cast<const Loose<B> *>(x)[row] - m);
    }
    for (int c = 0; c < B; ++c)
      sum[c] += static_cast<double>(heads[c]), sum_times[c] += static_cast<double>(products[c]);
  }
}

template <int B>
void affine_backward(const float *head, const float *x, int64_t rows, const float *center, const float *offset,
                     const float *slope, const float *factor, float *out) {
  float m[B], o[B], s[B], f[B];
  for (int c = 0; c < B; ++c) m[c] = center[c], o[c] = offset[c], s[c] = slope[c], f[c] = factor[c];
  for (int64_t row = 0; row < rows; ++row)
    for (int c = 0; c < B; ++c) out[row * B + c] = (head[row * B + c] - o[c] - (x[row * B + c] - m[c]) * s[c]) * f[c];
}

// f(offset of the output row, number of the output) for all outputs of a plane, and g(offset of an input row, number of
// the tap) for each tap in the plane.
template <class F>
void for_outputs(const BlockedWindow &w, F &&f) {
  int64_t at = 0;
  for (int64_t z = 0; z < w.out[0]; ++z)
    for (int64_t y = 0; y < w.out[1]; ++y)
      for (int64_t x = 0; x < w.out[2]; ++x, ++at) f(z, y, x, at);
}

template <class F>
void for_taps(const BlockedWindow &w, int64_t z, int64_t y, int64_t x, F &&f) {
  int64_t first[3] = {z * w.stride[0] - w.pad[0], y * w.stride[1] - w.pad[1], x * w.stride[2] - w.pad[2]}, last[3];
  for (int axis = 0; axis < 3; ++axis) {
    last[axis] = least(first[axis] + w.kernel[axis], w.in[axis]);
    if (first[axis] < 0) first[axis] = 0;
  }
  for (int64_t in_z = first[0]; in_z < last[0]; ++in_z)
    for (int64_t in_y = first[1]; in_y < last[1]; ++in_y)
      for (int64_t in_x = first[2]; in_x < last[2]; ++in_x) f((in_z * w.in[1] + in_y) * w.in[2] + in_x);
}

template <int B>
void pool_max(const BlockedWindow &w, const float *data, float *out) {
  for_outputs(w, [&](int64_t z, int64_t y, int64_t x, int64_t at) {
    auto top = Numbers<B>{} - __builtin_inff();
    for_taps(w, z, y, x, [&](int64_t tap) {
      Numbers<B> value = reinterpret_cast<const Loose<B> *>(data)[tap];
      top = (value > top) | (value != value) ? value : top;
    });
    reinterpret_cast<Loose<B> *>(out)[at] = top;
  });
}

template <int B>
void pool_sum(const BlockedWindow &w, const float *data, const float *divisors, float *out) {
  for_outputs(w, [&](int64_t z, int64_t y, int64_t x, int64_t at) {
    float sum[B] = {};
    for_taps(w, z, y, x, [&](int64_t tap) {
      for (int c = 0; c < B; ++c) sum[c] += data[tap * B + c];
    });
    float divisor = divisors ? divisors[at] : 1;
    for (int c = 0; c < B; ++c) out[at * B + c] = sum[c] / divisor;
  });
}

template <int B>
void clear(const BlockedWindow &w, float *grad) {
  for (int64_t k = 0; k < w.in[0] * w.in[1] * w.in[2] * B; ++k) grad[k] = 0;
}

// The first maximum of each window gets the head; a NaN counts as one, as in pool_max.
template <int B>
void pool_max_backward(const BlockedWindow &w, const float *head, const float *data, float *grad) {
  clear<B>(w, grad);
  for_outputs(w, [&](int64_t z, int64_t y, int64_t x, int64_t at) {
    auto top = Numbers<B>{} - __builtin_inff();
    auto where = Places<B>{} - 1;
    int32_t number = 0;
    for_taps(w, z, y, x, [&](int64_t tap) {
      Numbers<B> value = reinterpret_cast<const Loose<B> *>(data)[tap];
      auto better = (where < 0) | (value > top) | ((value != value) & (top == top));
      top = better ? value : top;
      where = better ? Places<B>{} + number : where;
      ++number;
    });
    Numbers<B> given = reinterpret_cast<const Loose<B> *>(head)[at];
    number = 0;
    for_taps(w, z, y, x, [&](int64_t tap) {
      reinterpret_cast<Loose<B> *>(grad)[tap] += where == number ? given : Numbers<B>{};
      ++number;
    });
  });
}

template <int B>
void pool_sum_backward(const BlockedWindow &w, const float *head, const float *divisors, float *grad) {
  clear<B>(w, grad);
  for_outputs(w, [&](int64_t z, int64_t y, int64_t x, int64_t at) {
    float share[B], divisor = divisors ? divisors[at] : 1;
    for (int c = 0; c < B; ++c) share[c] = head[at * B + c] / divisor;
    for_taps(w, z, y, x, [&](int64_t tap) {
      for (int c = 0; c < B; ++c) grad[tap * B + c] += share[c];
    });
  });
}

template <int B>
constexpr BlockedKernels kernels{moments<B>,  affine<B>,   head_sums<B>,         affine_backward<B>,
                                 pool_max<B>, pool_sum<B>, pool_max_backward<B>, pool_sum_backward<B>};

}  // namespace

const BlockedTable blocked_table_table{kernels<8>, kernels<16>};

}  // namespace CERMET_ISA
}  // namespace cermet::nn
