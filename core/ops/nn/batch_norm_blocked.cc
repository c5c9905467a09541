// SPDX-License-Identifier: Apache-2.0
// Batch normalisation of data in blocks of channels. Padded channels have a factor of zero, so they stay zero.
#include <cmath>

#include "base/parallel.h"
#include "ops/nn/batch_norm.h"
#include "ops/nn/blocked.h"

namespace cermet::nn {

namespace {

constexpr int64_t kMaxBlock = 16;

// One block of per-channel numbers, zero for padded channels.
struct BlockOf {
  float values[kMaxBlock] = {};
  template <class F>
  BlockOf(const BlockedChannels &v, int64_t block, F f) {
    for (int64_t c = 0; c < v.block && block * v.block + c < v.channels; ++c) values[c] = f(block * v.block + c);
  }
};

// body(block) for all blocks of channels.
template <class Body>
void for_blocks(const BlockedChannels &v, Body &&body) {
  int64_t work = std::max<int64_t>(1, v.batch * v.rows * v.block);
  parallel_for(v.blocks(), std::max<int64_t>(1, 16384 / work), [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) body(block);
  });
}

// body(block, offset of the plane) for all planes.
template <class Body>
void for_planes(const BlockedChannels &v, Body &&body) {
  int64_t size = v.rows * v.block;
  parallel_for(v.batch * v.blocks(), std::max<int64_t>(1, 16384 / std::max<int64_t>(1, size)),
               [&](int64_t begin, int64_t end) {
                 for (int64_t plane = begin; plane < end; ++plane) body(plane % v.blocks(), plane * size);
               });
}

int64_t plane_offset(const BlockedChannels &v, int64_t image, int64_t block) {
  return (image * v.blocks() + block) * v.rows * v.block;
}

}  // namespace

void blocked_statistics(const BlockedChannels &v, const float *data, double eps, float *mean, float *variance,
                        float *inv_std) {
  const BlockedKernels &kernels = blocked_kernels(v.block);
  for_blocks(v, [&](int64_t block) {
    int64_t count = 0;
    double means[kMaxBlock] = {}, distances[kMaxBlock] = {};
    for (int64_t image = 0; image < v.batch; ++image)
      kernels.moments(data + plane_offset(v, image, block), v.rows, &count, means, distances);
    for (int64_t c = 0; c < v.block && block * v.block + c < v.channels; ++c) {
      int64_t channel = block * v.block + c;
      double spread = distances[c] / static_cast<double>(count);
      mean[channel] = static_cast<float>(means[c]);
      if (variance) variance[channel] = static_cast<float>(spread);
      inv_std[channel] = static_cast<float>(1 / std::sqrt(spread + eps));
    }
  });
}

void normalize_blocked(const BlockedChannels &v, const float *data, const float *mean, const float *inv_std,
                       const float *gamma, const float *beta, float *out) {
  const BlockedKernels &kernels = blocked_kernels(v.block);
  for_planes(v, [&](int64_t block, int64_t at) {
    BlockOf center(v, block, [&](int64_t c) { return mean[c]; });
    BlockOf factor(v, block, [&](int64_t c) { return gamma ? inv_std[c] * gamma[c] : inv_std[c]; });
    BlockOf shift(v, block, [&](int64_t c) { return beta[c]; });
    kernels.affine(data + at, v.rows, center.values, factor.values, shift.values, out + at);
  });
}

void blocked_gradients(const BlockedChannels &v, const ChannelGradient<float, float> &g) {
  const BlockedKernels &kernels = blocked_kernels(v.block);
  auto count = static_cast<double>(v.batch * v.rows);
  for_blocks(v, [&](int64_t block) {
    double sum[kMaxBlock] = {}, sum_times[kMaxBlock] = {};
    BlockOf center(v, block, [&](int64_t c) { return g.mean[c]; });
    for (int64_t image = 0; image < v.batch; ++image) {
      int64_t at = plane_offset(v, image, block);
      kernels.head_sums(g.head + at, g.data + at, v.rows, center.values, sum, sum_times);
    }
    for (int64_t c = 0; c < v.block && block * v.block + c < v.channels; ++c) {
      int64_t channel = block * v.block + c;
      g.beta_grad[channel] = static_cast<float>(sum[c]);
      g.gamma_grad[channel] = static_cast<float>(sum_times[c] * static_cast<double>(g.inv_std[channel]));
    }
  });
  for_planes(v, [&](int64_t block, int64_t at) {
    auto mean_of = [&](float total) { return g.batch ? static_cast<float>(static_cast<double>(total) / count) : 0; };
    BlockOf center(v, block, [&](int64_t c) { return g.mean[c]; });
    BlockOf offset(v, block, [&](int64_t c) { return mean_of(g.beta_grad[c]); });
    BlockOf slope(v, block, [&](int64_t c) { return mean_of(g.gamma_grad[c]) * g.inv_std[c]; });
    BlockOf factor(v, block, [&](int64_t c) { return g.gamma ? g.inv_std[c] * g.gamma[c] : g.inv_std[c]; });
    kernels.affine_backward(g.head + at, g.data + at, v.rows, center.values, offset.values, slope.values, factor.values,
                            g.data_grad + at);
  });
}

}  // namespace cermet::nn
