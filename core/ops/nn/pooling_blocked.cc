// SPDX-License-Identifier: Apache-2.0
// Pooling of data in blocks of channels. A window that holds nothing but padding would need a value in padded channels
// too, so only conventions under which there is none keep the blocks.
#include <vector>

#include "base/parallel.h"
#include "ops/nn/blocked.h"
#include "ops/nn/pooling.h"
#include "ops/onednn/convert.h"

namespace cermet::nn {

namespace {

bool keeps_blocks(const PoolingAttrs &a) {
  return a.pool_type != PoolType::lp && (a.global_pool || a.pooling_convention == PoolingConvention::valid);
}

int64_t block_of(const FormatRef &format) { return format ? format->block : 0; }

BlockedWindow blocked_window(const Shape &data, const PoolingAttrs &a) {
  Window w = pooling_window(data, a);
  BlockedWindow out;
  for (size_t axis = 0; axis < 3; ++axis) {
    out.in[axis] = w.in[axis], out.out[axis] = w.out[axis];
    out.kernel[axis] = w.kernel[axis], out.stride[axis] = w.stride[axis], out.pad[axis] = w.pad[axis];
  }
  return out;
}

// What an average divides by at each output position; empty for other poolings.
std::vector<float> divisors(const Shape &data, const PoolingAttrs &a) {
  std::vector<float> out;
  if (a.pool_type != PoolType::avg) return out;
  Window w = pooling_window(data, a);
  bool padded = a.count_include_pad.value_or(true);
  for (int64_t z = 0; z < w.out[0]; ++z)
    for (int64_t y = 0; y < w.out[1]; ++y)
      for (int64_t x = 0; x < w.out[2]; ++x)
        out.push_back(static_cast<float>(window_positions(w, 0, z, padded) * window_positions(w, 1, y, padded) *
                                         window_positions(w, 2, x, padded)));
  return out;
}

// body(window, kernels, offset of the plane in the data, offset in the output) for all planes.
template <class Body>
void for_planes(const Shape &data, const PoolingAttrs &a, int64_t block, Body &&body) {
  BlockedWindow w = blocked_window(data, a);
  const BlockedKernels &kernels = blocked_kernels(block);
  int64_t in = w.in[0] * w.in[1] * w.in[2] * block, out = w.out[0] * w.out[1] * w.out[2] * block;
  int64_t planes = data[0] * ((data[1] + block - 1) / block);
  parallel_for(planes, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, in)), [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane) body(w, kernels, plane * in, plane * out);
  });
}

}  // namespace

void pooling_formats(FormatContext &c, const PoolingAttrs &a) {
  int64_t block = block_of(c.arriving(0));
  if (!block || !keeps_blocks(a)) return;
  c.want(0, c.arriving(0));
  c.give(0, onednn::blocked_format(c.output_shape(0), block));
}

void pooling_scatter_formats(FormatContext &c, const PoolingAttrs &a) {
  int64_t block = block_of(c.arriving(1));
  if (!block || !keeps_blocks(a)) return;
  c.want(0, onednn::blocked_format(c.shape(0), block));
  c.want(1, c.arriving(1));
  c.give(0, c.arriving(1));
}

void pool_blocked(KernelContext &c, const PoolingAttrs &a) {
  const float *data = c.in_as<float>(0);
  float *out = c.out_as<float>(0);
  std::vector<float> divide = divisors(c.in(0).shape, a);
  for_planes(c.in(0).shape, a, c.in(0).format->block,
             [&](const BlockedWindow &w, const BlockedKernels &kernels, int64_t in_at, int64_t out_at) {
               if (a.pool_type == PoolType::max)
                 kernels.pool_max(w, data + in_at, out + out_at);
               else
                 kernels.pool_sum(w, data + in_at, divide.empty() ? nullptr : divide.data(), out + out_at);
             });
}

void pool_spread_blocked(KernelContext &c, const PoolingAttrs &a) {
  const float *head = c.in_as<float>(0);
  float *grad = c.out_as<float>(0);
  std::vector<float> divide = divisors(c.out(0).shape, a);
  for_planes(c.out(0).shape, a, c.out(0).format->block,
             [&](const BlockedWindow &w, const BlockedKernels &kernels, int64_t in_at, int64_t out_at) {
               kernels.pool_sum_backward(w, head + out_at, divide.empty() ? nullptr : divide.data(), grad + in_at);
             });
}

void pool_scatter_blocked(KernelContext &c, const PoolingAttrs &a) {
  const float *head = c.in_as<float>(0), *data = c.in_as<float>(1);
  float *grad = c.out_as<float>(0);
  for_planes(c.in(1).shape, a, c.in(1).format->block,
             [&](const BlockedWindow &w, const BlockedKernels &kernels, int64_t in_at, int64_t out_at) {
               kernels.pool_max_backward(w, head + out_at, data + in_at, grad + in_at);
             });
}

}  // namespace cermet::nn
