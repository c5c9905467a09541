// SPDX-License-Identifier: Apache-2.0
// Attributes and geometry of pooling. Kernels: pooling_kernels.cc.
#pragma once

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

// Number of positions of window `at` along an axis that an average divides by; `padded`: with those in the padding.
int64_t window_positions(const Window &w, size_t axis, int64_t at, bool padded);

// Whether data in blocks of channels stays so; and kernels for that, of the operators named below.
void pooling_formats(FormatContext &c, const PoolingAttrs &a);          // data -> output, or head -> data
void pooling_scatter_formats(FormatContext &c, const PoolingAttrs &a);  // head, data -> data
void pool_blocked(KernelContext &c, const PoolingAttrs &a);
void pool_spread_blocked(KernelContext &c, const PoolingAttrs &a);
void pool_scatter_blocked(KernelContext &c, const PoolingAttrs &a);

// Kernels, all of one signature: context and attributes of the operator of that name.
void pool(KernelContext &c, const PoolingAttrs &a);          // data -> output
void pool_spread(KernelContext &c, const PoolingAttrs &a);   // head -> data: adjoint of avg and sum pooling
void pool_scatter(KernelContext &c, const PoolingAttrs &a);  // head, data -> data: to the position of each maximum
void pool_gather(KernelContext &c, const PoolingAttrs &a);  // values, data -> output: from the position of each maximum
void pool_lp_grad(KernelContext &c, const PoolingAttrs &a);  // head, data, output -> data

}  // namespace cermet::nn
