// SPDX-License-Identifier: Apache-2.0
// Softmax over the lines of an array along one axis, in float or double whatever the arrays hold.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "ops/nn/axis_view.h"
#include "ops/nn/exponential.h"
#include "tensor/dtype.h"

namespace cermet::nn {

enum class SoftmaxForm { plain, log };

inline int64_t line_grain(const AxisView &view) { return std::max<int64_t>(1, 4096 / std::max<int64_t>(1, view.size)); }

// One line of floats that lie side by side, for a scale above 0.
inline void softmax_line(SoftmaxForm form, float scale, const float *in, float *out, int64_t count) {
  const ExponentialKernels &kernels = exponential_kernels();
  float top = kernels.max(in, count);
  if (form == SoftmaxForm::log) {
    auto offset = static_cast<float>(std::log(kernels.exp_sum(in, nullptr, count, scale, top)));
    for (int64_t k = 0; k < count; ++k) out[k] = scale * (in[k] - top) - offset;
  } else {
    auto factor = static_cast<float>(1 / kernels.exp_sum(in, out, count, scale, top));
    for (int64_t k = 0; k < count; ++k) out[k] *= factor;
  }
}

// out = softmax(scale * in), or its logarithm, over the first `length(line)` elements of each line; the others become
// 0.
template <class In, class Out, class Length>
void softmax_lines(const AxisView &view, SoftmaxForm form, double scale, const In *in, Out *out, Length length) {
  using C = std::conditional_t<std::is_same_v<In, double> || std::is_same_v<Out, double>, double, float>;
  parallel_for(view.lines(), line_grain(view), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      int64_t start = view.start(line), count = std::clamp<int64_t>(length(line), 0, view.size);
      if constexpr (std::is_same_v<In, float> && std::is_same_v<Out, float>) {
        if (view.inner == 1 && scale > 0) {
          softmax_line(form, static_cast<float>(scale), in + start, out + start, count);
          std::fill(out + start + count, out + start + view.size, 0.0f);
          continue;
        }
      }
      auto value = [&](int64_t k) { return static_cast<C>(in[start + k * view.inner]) * static_cast<C>(scale); };
      C top = -std::numeric_limits<C>::infinity();
      double sum = 0;
      for (int64_t k = 0; k < count; ++k) top = std::max(top, value(k));
      for (int64_t k = 0; k < count; ++k) sum += static_cast<double>(std::exp(value(k) - top));
      auto log_sum = static_cast<C>(std::log(sum)), factor = static_cast<C>(1 / sum);
      for (int64_t k = 0; k < view.size; ++k) {
        C result = k >= count                 ? C(0)
                   : form == SoftmaxForm::log ? value(k) - top - log_sum
                                              : std::exp(value(k) - top) * factor;
        out[start + k * view.inner] = static_cast<Out>(result);
      }
    }
  });
}

template <class In, class Out>
void softmax_lines(const AxisView &view, SoftmaxForm form, double scale, const In *in, Out *out) {
  softmax_lines(view, form, scale, in, out, [&](int64_t) { return view.size; });
}

}  // namespace cermet::nn
