// SPDX-License-Identifier: Apache-2.0
// Normalisation of each line along an axis, scaled by parameters that run along the line. P: float or double.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "base/parallel.h"
#include "ops/nn/axis_view.h"
#include "ops/nn/layer_norm_rows.h"
#include "ops/nn/sums.h"
#include "tensor/dtype.h"

namespace cermet::nn {

template <class P>
struct LineStatistics {
  P mean, inv_std;
};

template <class P, class F>
LineStatistics<P> line_statistics(int64_t size, double eps, F value) {
  auto count = static_cast<double>(std::max<int64_t>(size, 1));
  double mean = sum_of<P>(size, value) / count;
  auto center = static_cast<P>(mean);
  double variance = sum_of<P>(size,
                              [&](int64_t k) {
                                P distance = value(k) - center;
                                return distance * distance;
                              }) /
                    count;
  return {center, static_cast<P>(1 / std::sqrt(variance + eps))};
}

// Whether lines are floats side by side, for which there are faster rows.
template <class T, class P>
bool has_rows(const AxisView &v) {
  return std::is_same_v<T, float> && std::is_same_v<P, float> && v.inner == 1;
}

inline int64_t norm_grain(const AxisView &v) { return std::max<int64_t>(1, 8192 / std::max<int64_t>(1, v.size)); }

template <class T, class P>
void layer_norm_forward(const AxisView &v, double eps, const T *data, const T *gamma, const T *beta, T *out, P *mean,
                        P *deviation) {
  parallel_for(v.lines(), norm_grain(v), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      int64_t start = v.start(line);
      if constexpr (std::is_same_v<T, float> && std::is_same_v<P, float>) {
        if (has_rows<T, P>(v)) {
          float inverse;
          layer_norm_rows().forward(data + start, gamma, beta, v.size, eps, out + start, mean + line, &inverse);
          deviation[line] = 1 / inverse;
          continue;
        }
      }
      auto s = line_statistics<P>(v.size, eps, [&](int64_t k) { return static_cast<P>(data[start + k * v.inner]); });
      mean[line] = s.mean;
      deviation[line] = P(1) / s.inv_std;
      for (int64_t k = 0; k < v.size; ++k) {
        int64_t at = start + k * v.inner;
        out[at] = (static_cast<P>(data[at]) - s.mean) * s.inv_std * static_cast<P>(gamma[k]) + static_cast<P>(beta[k]);
      }
    }
  });
}

template <class T, class P>
void layer_norm_data_grad(const AxisView &v, const T *head, const T *data, const T *gamma, const P *mean,
                          const P *deviation, T *grad) {
  auto count = static_cast<double>(std::max<int64_t>(v.size, 1));
  parallel_for(v.lines(), norm_grain(v), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      int64_t start = v.start(line);
      P center = mean[line], scale = P(1) / deviation[line];
      if constexpr (std::is_same_v<T, float> && std::is_same_v<P, float>) {
        if (has_rows<T, P>(v)) {
          layer_norm_rows().data_grad(head + start, data + start, gamma, v.size, center, scale, grad + start);
          continue;
        }
      }
      auto slope = [&](int64_t k) { return static_cast<P>(head[start + k * v.inner]) * static_cast<P>(gamma[k]); };
      auto unit = [&](int64_t k) { return (static_cast<P>(data[start + k * v.inner]) - center) * scale; };
      auto first = static_cast<P>(sum_of<P>(v.size, slope) / count);
      auto second = static_cast<P>(sum_of<P>(v.size, [&](int64_t k) { return slope(k) * unit(k); }) / count);
      for (int64_t k = 0; k < v.size; ++k) grad[start + k * v.inner] = (slope(k) - first - unit(k) * second) * scale;
    }
  });
}

// Sums over all lines, in their order, for each place along the line.
template <class T, class P>
void layer_norm_parameter_grads(const AxisView &v, const T *head, const T *data, const P *mean, const P *deviation,
                                T *gamma_grad, T *beta_grad) {
  constexpr int64_t kColumns = 64;  // a thread's share, which it sums side by side
  parallel_for(v.size, kColumns, [&](int64_t begin, int64_t end) {
    std::vector<double> sums(static_cast<size_t>(2 * (end - begin)));
    double *gammas = sums.data(), *betas = gammas + (end - begin);
    bool done = false;
    if constexpr (std::is_same_v<T, float> && std::is_same_v<P, float>) {
      done = has_rows<T, P>(v);
      if (done)
        layer_norm_rows().parameter_grads(head + begin, data + begin, v.lines(), v.size, end - begin, mean, deviation,
                                          gammas, betas);
    }
    for (int64_t line = 0; line < v.lines() && !done; ++line) {
      int64_t start = v.start(line);
      P center = mean[line], scale = P(1) / deviation[line];
      for (int64_t k = begin; k < end; ++k) {
        int64_t at = start + k * v.inner;
        auto h = static_cast<P>(head[at]);
        gammas[k - begin] += static_cast<double>(h * ((static_cast<P>(data[at]) - center) * scale));
        betas[k - begin] += static_cast<double>(h);
      }
    }
    for (int64_t k = begin; k < end; ++k) {
      gamma_grad[k] = static_cast<T>(static_cast<Compute<T>>(gammas[k - begin]));
      beta_grad[k] = static_cast<T>(static_cast<Compute<T>>(betas[k - begin]));
    }
  });
}

}  // namespace cermet::nn
