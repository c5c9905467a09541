// SPDX-License-Identifier: Apache-2.0
// Statistics, result and gradients of batch normalisation, a channel at a time.
#include <cmath>

#include "base/parallel.h"
#include "ops/nn/batch_norm.h"
#include "ops/nn/sums.h"

namespace cermet::nn {

namespace {

// Sum of f(offset) over all elements of a channel.
template <class C, class F>
double channel_sum(const AxisView &v, int64_t channel, F f) {
  int64_t step = v.size * v.inner;
  if (v.inner == 1) return sum_of<C>(v.outer, [&](int64_t k) { return f(channel + k * step); });
  double total = 0;
  for (int64_t o = 0; o < v.outer; ++o) {
    int64_t start = o * step + channel * v.inner;
    total += sum_of<C>(v.inner, [&](int64_t k) { return f(start + k); });
  }
  return total;
}

// body(channel, first offset, count) for each run of elements that lie side by side; in memory order.
template <class Body>
void for_runs(const AxisView &v, Body &&body) {
  int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, v.inner));
  parallel_for(v.outer * v.size, grain, [&](int64_t begin, int64_t end) {
    for (int64_t run = begin; run < end; ++run) body(run % v.size, run * v.inner, v.inner);
  });
}

int64_t channel_grain(const AxisView &v) {
  return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, v.outer * v.inner));
}

}  // namespace

template <class T, class P>
void channel_statistics(const AxisView &v, const T *data, double eps, P *mean, P *variance, P *inv_std) {
  auto count = static_cast<double>(v.outer * v.inner);
  parallel_for(v.size, channel_grain(v), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      double average = 0, spread = 0;
      if (count > 0) {
        average = channel_sum<P>(v, c, [&](int64_t at) { return static_cast<P>(data[at]); }) / count;
        auto center = static_cast<P>(average);
        spread = channel_sum<P>(v, c,
                                [&](int64_t at) {
                                  P distance = static_cast<P>(data[at]) - center;
                                  return distance * distance;
                                }) /
                 count;
      }
      mean[c] = static_cast<P>(average);
      if (variance) variance[c] = static_cast<P>(spread);
      inv_std[c] = count > 0 ? static_cast<P>(1 / std::sqrt(spread + eps)) : P(0);
    }
  });
}

template <class T, class P>
void normalize_channels(const AxisView &v, const T *data, const P *mean, const P *inv_std, const P *gamma,
                        const P *beta, T *out) {
  for_runs(v, [&](int64_t c, int64_t start, int64_t count) {
    P factor = gamma ? inv_std[c] * gamma[c] : inv_std[c], center = mean[c], shift = beta[c];
    for (int64_t k = start; k < start + count; ++k) out[k] = (static_cast<P>(data[k]) - center) * factor + shift;
  });
}

template <class T, class P>
void channel_gradients(const AxisView &v, const ChannelGradient<T, P> &g) {
  auto count = static_cast<double>(v.outer * v.inner);
  parallel_for(v.size, channel_grain(v), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      P center = g.mean[c], scale = g.inv_std[c];
      g.beta_grad[c] = static_cast<P>(channel_sum<P>(v, c, [&](int64_t at) { return static_cast<P>(g.head[at]); }));
      g.gamma_grad[c] = static_cast<P>(channel_sum<P>(v, c, [&](int64_t at) {
        return static_cast<P>(g.head[at]) * ((static_cast<P>(g.data[at]) - center) * scale);
      }));
    }
  });
  for_runs(v, [&](int64_t c, int64_t start, int64_t length) {
    P center = g.mean[c], scale = g.inv_std[c], factor = g.gamma ? scale * g.gamma[c] : scale;
    P head_mean = g.batch ? static_cast<P>(static_cast<double>(g.beta_grad[c]) / count) : P(0);
    P slope = g.batch ? static_cast<P>(static_cast<double>(g.gamma_grad[c]) / count) * scale : P(0);
    for (int64_t k = start; k < start + length; ++k)
      g.data_grad[k] = (static_cast<P>(g.head[k]) - head_mean - (static_cast<P>(g.data[k]) - center) * slope) * factor;
  });
}

#define CERMET_INSTANTIATE(T, P)                                                                                  \
  template void channel_statistics(const AxisView &, const T *, double, P *, P *, P *);                           \
  template void normalize_channels(const AxisView &, const T *, const P *, const P *, const P *, const P *, T *); \
  template void channel_gradients(const AxisView &, const ChannelGradient<T, P> &);
CERMET_INSTANTIATE(float, float)
CERMET_INSTANTIATE(double, double)
CERMET_INSTANTIATE(Float16, float)
CERMET_INSTANTIATE(BFloat16, float)
#undef CERMET_INSTANTIATE

}  // namespace cermet::nn
