// SPDX-License-Identifier: Apache-2.0
// Attributes of pooling, and the shapes that follow from them.
#include <algorithm>

#include "ops/nn/pooling.h"

namespace cermet::nn {

void declare_pooling_attrs(DefinitionBuilder<PoolingAttrs> &op) {
  using A = PoolingAttrs;
  op.attr("kernel", &A::kernel, "Size of the window, one number a spatial axis; not needed with global_pool.")
      .min(1)
      .max(kMaxWindow)
      .kind(AttrKind::window);
  op.choice("pool_type", &A::pool_type, {"avg", "lp", "max", "sum"}, "What is made of the values of a window.");
  op.attr("global_pool", &A::global_pool,
          "One window that covers the whole plane; kernel, stride and pad are ignored.");
  op.attr("cudnn_off", &A::cudnn_off, "Only for MXNet's files; has no effect.");
  op.choice("pooling_convention", &A::pooling_convention, {"full", "same", "valid"},
            "Rounding of the output's size: valid down, full up; same pads until it is size / stride, rounded up.");
  op.attr("stride", &A::stride, "Step of the window; default 1.").min(1).max(kMaxWindow).kind(AttrKind::window);
  op.attr("pad", &A::pad, "Padding at both ends of each spatial axis; default 0.")
      .min(0)
      .max(kMaxWindow)
      .kind(AttrKind::window);
  op.attr("p_value", &A::p_value, "Exponent of lp pooling.").min(1).max(3);
  op.attr("count_include_pad", &A::count_include_pad, "Whether an average counts the padding too; default true.");
  op.choice("layout", &A::layout, layout_names(), "Order of the axes; channels first is what there is.");
  op.check(check_pooling);
}

void check_pooling(const PoolingAttrs &a) {
  if (a.pool_type == PoolType::lp && !a.p_value)
    throw Error(Status::invalid_argument, "p_value", "is missing; want 1, 2 or 3 for pool_type lp");
  if (a.global_pool) return;
  check_kernel(a.kernel);
  check_axes("stride", a.stride, a.kernel.size());
  check_axes("pad", a.pad, a.kernel.size());
  check_layout(a.layout, a.kernel.size());
  for (size_t k = 0; k < a.pad.size(); ++k) {
    if (a.pad[k] >= a.kernel[k])
      throw Error(Status::invalid_argument, "pad", "got ", a.pad[k], "; want less than the kernel's ", a.kernel[k]);
    if (a.pad[k] && a.pooling_convention == PoolingConvention::same)
      throw Error(Status::invalid_argument, "pad", "got ", a.pad[k], "; want 0 with pooling_convention same");
  }
}

Window pooling_window(const Shape &data, const PoolingAttrs &a) {
  Window w;
  w.in = spatial(data);
  if (a.global_pool) {
    w.kernel = w.in;
    return w;
  }
  size_t axes = a.kernel.size();
  w.kernel = triple(a.kernel, axes, 1);
  w.stride = triple(a.stride, axes, 1);
  w.pad = triple(a.pad, axes, 0);
  for (size_t axis = 0; axis < 3; ++axis) {
    int64_t padded = w.in[axis] + 2 * w.pad[axis], stride = w.stride[axis];
    if (a.pooling_convention == PoolingConvention::same) {
      w.out[axis] = (w.in[axis] + stride - 1) / stride;
      w.pad[axis] = std::max<int64_t>(0, (w.out[axis] - 1) * stride + w.kernel[axis] - w.in[axis]) / 2;
    } else {
      int64_t up = a.pooling_convention == PoolingConvention::full ? stride - 1 : 0;
      w.out[axis] = (padded - w.kernel[axis] + up) / stride + 1;
    }
  }
  return w;
}

Shape pooling_output(const Shape &data, const PoolingAttrs &a) {
  if (a.global_pool) {
    if (data.ndim() < 3 || data.ndim() > 5)
      throw Error(Status::shape, "data", "got ", data, "; want 3 to 5 dimensions: batch, channels, spatial");
    check_layout(a.layout, data.size() - 2);
  } else {
    check_data_rank(data, a.kernel.size());
  }
  size_t axes = data.size() - 2;
  for (size_t k = 0; k < axes && !a.global_pool; ++k) {
    int64_t padded = data[2 + k] + 2 * (a.pad.empty() ? 0 : a.pad[k]);
    if (a.kernel[k] > padded && a.pooling_convention != PoolingConvention::same)
      throw Error(Status::shape, "kernel", "got ", a.kernel[k], " for spatial axis ", k,
                  "; want at most the padded size ", padded, " of data ", data);
  }
  Window w = pooling_window(data, a);
  Shape out{data[0], data[1]};
  for (size_t k = 0; k < axes; ++k) out.push_back(w.out[3 - axes + k]);
  return out;
}

}  // namespace cermet::nn
