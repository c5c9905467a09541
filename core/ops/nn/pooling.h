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

// Kernels, all of one signature: context and attributes of the operator of that name.
void pool(KernelContext &c, const PoolingAttrs &a);          // data -> output
void pool_spread(KernelContext &c, const PoolingAttrs &a);   // head -> data: adjoint of avg and sum pooling
void pool_scatter(KernelContext &c, const PoolingAttrs &a);  // head, data -> data: to the position of each maximum
void pool_gather(KernelContext &c, const PoolingAttrs &a);  // values, data -> output: from the position of each maximum
void pool_lp_grad(KernelContext &c, const PoolingAttrs &a);  // head, data, output -> data

}  // namespace cermet::nn
