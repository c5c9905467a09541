// SPDX-License-Identifier: Apache-2.0
// Attributes and geometry of pooling, and the walk over its windows. Kernels: pooling_kernels.cc.
#pragma once

#include <algorithm>

#include "base/parallel.h"
#include "ops/nn/window.h"

namespace cermet::nn {

enum class PoolType { avg, lp, max, sum };
enum class PoolingConvention { full, same, valid };

struct PoolingAttrs {
  std::vector<int64_t> kernel, stride, pad;
  PoolType pool_type = PoolType::max;
  bool global_pool = false, cudnn_off = false;
  PoolingConvention pooling_convention = PoolingConvention::valid;
  std::optional<int64_t> p_value;
  std::optional<bool> count_include_pad;
  std::optional<Layout> layout;
};

void declare_pooling_attrs(DefinitionBuilder<PoolingAttrs> &op);
void check_pooling(const PoolingAttrs &a);
// Throws where data and attributes do not fit.
Shape pooling_output(const Shape &data, const PoolingAttrs &a);
Window pooling_window(const Shape &data, const PoolingAttrs &a);

// The part of one window that lies inside the input plane, and what an average divides by.
struct WindowPart {
  Triple begin, end;
  int64_t divisor;

  // f(offset in the plane) for each position, in order.
  template <class F>
  void each(const Window &w, F &&f) const {
    for (int64_t z = begin[0]; z < end[0]; ++z)
      for (int64_t y = begin[1]; y < end[1]; ++y)
        for (int64_t x = begin[2]; x < end[2]; ++x) f((z * w.in[1] + y) * w.in[2] + x);
  }
};

// body(plane, out_offset, part) for all windows of all planes; planes are shared among threads.
template <class Body>
void for_windows(const Window &w, int64_t planes, bool include_pad, Body &&body) {
  int64_t work = std::max<int64_t>(1, w.out_size() * w.kernel_size());
  parallel_for(planes, std::max<int64_t>(1, 16384 / work), [&](int64_t first, int64_t last) {
    for (int64_t plane = first; plane < last; ++plane) {
      int64_t offset = 0;
      Triple at;
      for (at[0] = 0; at[0] < w.out[0]; ++at[0])
        for (at[1] = 0; at[1] < w.out[1]; ++at[1])
          for (at[2] = 0; at[2] < w.out[2]; ++at[2], ++offset) {
            WindowPart part{{}, {}, 1};
            for (size_t axis = 0; axis < 3; ++axis) {
              int64_t start = at[axis] * w.stride[axis] - w.pad[axis];
              int64_t stop = std::min(start + w.kernel[axis], w.in[axis] + w.pad[axis]);
              part.begin[axis] = std::max<int64_t>(start, 0);
              part.end[axis] = std::min(stop, w.in[axis]);
              part.divisor *= std::max<int64_t>(0, include_pad ? stop - start : part.end[axis] - part.begin[axis]);
            }
            body(plane, offset, part);
          }
    }
  });
}

// Kernels, all of one signature: context and attributes of the operator of that name.
void pool(KernelContext &c, const PoolingAttrs &a);          // data -> output
void pool_spread(KernelContext &c, const PoolingAttrs &a);   // head -> data: adjoint of avg and sum pooling
void pool_scatter(KernelContext &c, const PoolingAttrs &a);  // head, data -> data: to the position of each maximum
void pool_gather(KernelContext &c, const PoolingAttrs &a);  // values, data -> output: from the position of each maximum
void pool_lp_grad(KernelContext &c, const PoolingAttrs &a);  // head, data, output -> data

}  // namespace cermet::nn
