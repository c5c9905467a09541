// SPDX-License-Identifier: Apache-2.0
#include "ops/nn/layer_norm_rows.h"

namespace cermet::nn {
namespace CERMET_ISA {

namespace {

constexpr int kLanes = 16;
constexpr int64_t kFlush = 4096;  // terms that are summed in float

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

template <class F>
inline double sum_of(int64_t count, F f) {
  double total = 0;
  int64_t whole = count / kLanes * kLanes;
  for (int64_t first = 0; first < whole; first += kFlush) {
    float lanes[kLanes] = {};
    for (int64_t k = first; k < least(whole, first + kFlush); k += kLanes)
      for (int lane = 0; lane < kLanes; ++lane) lanes[lane] += f(k + lane);
    double parts[4] = {};  // chains that do not wait for each other: lines are short
    for (int lane = 0; lane < kLanes; ++lane) parts[lane % 4] += static_cast<double>(lanes[lane]);
    total += (parts[0] + parts[1]) + (parts[2] + parts[3]);
  }
  for (int64_t k = whole; k < count; ++k) total += static_cast<double>(f(k));
  return total;
}

void forward(const float *x, const float *gamma, const float *beta, int64_t count, double eps, float *out, float *mean,
             float *inverse) {
  auto size = static_cast<double>(count < 1 ? 1 : count);
  auto center = static_cast<float>(sum_of(count, [&](int64_t k) { return x[k]; }) / size);
  double variance = sum_of(count, [&](int64_t k) { return (x[k] - center) * (x[k] - center); }) / size;
  auto scale = static_cast<float>(1 / __builtin_sqrt(variance + eps));
  for (int64_t k = 0; k < count; ++k) out[k] = (x[k] - center) * scale * gamma[k] + beta[k];
  *mean = center;
  *inverse = scale;
}

void data_grad(const float *head, const float *x, const float *gamma, int64_t count, float mean, float inverse,
               float *grad) {
  auto size = static_cast<double>(count < 1 ? 1 : count);
  auto first = static_cast<float>(sum_of(count, [&](int64_t k) { return head[k] * gamma[k]; }) / size);
  auto second = static_cast<float>(
      sum_of(count, [&](int64_t k) { return head[k] * gamma[k] * ((x[k] - mean) * inverse); }) / size);
  for (int64_t k = 0; k < count; ++k)
    grad[k] = (head[k] * gamma[k] - first - (x[k] - mean) * inverse * second) * inverse;
}

void parameter_grads(const float *head, const float *x, int64_t rows, int64_t stride, int64_t count, const float *mean,
                     const float *deviation, double *gamma, double *beta) {
  constexpr int64_t kColumns = 64, kRows = 64;  // sums that are taken in float side by side, and their terms
  for (int64_t column = 0; column < count; column += kColumns) {
    int64_t width = least(kColumns, count - column);
    for (int64_t begin = 0; begin < rows; begin += kRows) {
      float gammas[kColumns] = {}, betas[kColumns] = {};
      for (int64_t row = begin; row < least(rows, begin + kRows); ++row) {
        const float *h = head + row * stride + column, *values = x + row * stride + column;
        float center = mean[row], scale = 1 / deviation[row];
        for (int64_t k = 0; k < width; ++k) {
          gammas[k] += h[k] * ((values[k] - center) * scale);
          betas[k] += h[k];
        }
      }
      for (int64_t k = 0; k < width; ++k) {
        gamma[column + k] += static_cast<double>(gammas[k]);
        beta[column + k] += static_cast<double>(betas[k]);
      }
    }
  }
}

}  // namespace

extern const LayerNormRows layer_norm_rows_table = {forward, data_grad, parameter_grads};

}  // namespace CERMET_ISA
}  // namespace cermet::nn
