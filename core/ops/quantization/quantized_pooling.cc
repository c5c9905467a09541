// SPDX-License-Identifier: Apache-2.0
// Pooling of integers: the range stays.
#include <algorithm>

#include "base/parallel.h"
#include "base/per_thread.h"
#include "ops/nn/pooling.h"
#include "ops/quantization/integer_kernels.h"
#include "ops/quantization/layouts.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;
using nn::PoolingAttrs;
using nn::PoolType;
using nn::Window;

// f(place in the plane) for each tap of the window at output (z, y, x) that lies inside.
template <class F>
void for_taps(const Window &w, int64_t z, int64_t y, int64_t x, F &&f) {
  auto span = [&](size_t axis, int64_t at) {
    int64_t start = at * w.stride[axis] - w.pad[axis];
    return std::pair(std::max<int64_t>(start, 0), std::min(start + w.kernel[axis], w.in[axis]));
  };
  auto [z0, z1] = span(0, z);
  auto [y0, y1] = span(1, y);
  auto [x0, x1] = span(2, x);
  for (int64_t in_z = z0; in_z < z1; ++in_z)
    for (int64_t in_y = y0; in_y < y1; ++in_y)
      for (int64_t in_x = x0; in_x < x1; ++in_x) f((in_z * w.in[1] + in_y) * w.in[2] + in_x);
}

template <class T>
void pool(KernelContext &c, const PoolingAttrs &a) {
  Window w = nn::pooling_window(c.in(0).shape, a);
  bool last = is_channels_last(c.in(0).format), padded = a.count_include_pad.value_or(true);
  // Channels that lie side by side are pooled together; row-major, each is a plane of its own.
  int64_t width = last ? c.in(0).shape[1] : 1, planes = c.in(0).shape.product(0, 2) / std::max<int64_t>(1, width);
  const ByteKernels<T> &kernels = byte_kernels<T>();
  auto *sums = static_cast<int32_t *>(c.workspace.data);
  parallel_for(planes * w.out[0] * w.out[1], std::max<int64_t>(1, 4096 / (w.out[2] * width + 1)),
               [&](int64_t begin, int64_t end) {
                 for (int64_t row = begin; row < end; ++row) {
                   int64_t plane = row / (w.out[0] * w.out[1]), z = row / w.out[1] % w.out[0], y = row % w.out[1];
                   const T *from = c.in_as<T>(0) + plane * w.in_size() * width;
                   T *to = c.out_as<T>(0) + row * w.out[2] * width;
                   int32_t *total = sums + row * width;
                   for (int64_t x = 0; x < w.out[2]; ++x, to += width) {
                     if (a.pool_type == PoolType::max) {
                       std::fill_n(to, width, std::numeric_limits<T>::min());
                       for_taps(w, z, y, x, [&](int64_t at) { kernels.maximum(from + at * width, width, to); });
                       continue;
                     }
                     std::fill_n(total, width, 0);
                     for_taps(w, z, y, x, [&](int64_t at) { kernels.add(from + at * width, width, total); });
                     int64_t places = nn::window_positions(w, 0, z, padded) * nn::window_positions(w, 1, y, padded) *
                                      nn::window_positions(w, 2, x, padded);
                     kernels.average(total, width, static_cast<float>(std::max<int64_t>(1, places)), to);
                   }
                 }
               });
}

}  // namespace

CERMET_REGISTER(quantized_pooling)(Registry &registry) {
  auto op = registry.op<PoolingAttrs>("quantized_pooling", "quantization");
  op.precision(Precision::wide);
  op.doc("Maximum or average of integers over a sliding window.",
         "Averages are rounded, halves to even. Windows are those of pooling; one with nothing but padding gives the "
         "smallest integer as maximum and 0 as average.");
  op.alias("_contrib_quantized_pooling");
  op.input("data", "(N, C, spatial ...), with 1 to 3 spatial axes.", quantized::kBytes);
  op.input("min_data", "Lower end of its range.", quantized::kFloat32);
  op.input("max_data", "Upper end.", quantized::kFloat32);
  op.output("output", "(N, C, spatial ...).");
  op.output("min_output", "The same lower end.");
  op.output("max_output", "The same upper end.");
  nn::declare_pooling_attrs(op);
  op.check([](const PoolingAttrs &a) {
    nn::check_pooling(a);
    if (a.pool_type != PoolType::max && a.pool_type != PoolType::avg)
      throw Error(Status::invalid_argument, "pool_type", "got ", a.pool_type == PoolType::lp ? "lp" : "sum",
                  "; want max or avg for integers");
  });
  op.infer([](InferContext &c, const PoolingAttrs &a) {
    expect_range(c, 1);
    c.output(0, nn::pooling_output(c.shape(0), a), c.dtype(0));
    infer_range(c, 1);
  });
  op.kernel([](KernelContext &c, const PoolingAttrs &a) {
    if (c.out(0).numel() > 0)
      dispatch_in<quantized::kBytes>(c.in(0).dtype, [&](auto tag) { pool<typename decltype(tag)::type>(c, a); });
    write_range(c, 1, read_range(c, 1, "min_data"));
  });
  // Sums of one place for all channels, a row of the output each.
  op.workspace([](const KernelContext &c, const PoolingAttrs &a) {
    const Shape &out = c.out(0).shape;
    return a.pool_type == PoolType::max || out.numel() == 0 ? 0 : out.numel() / out.back() * int64_t{sizeof(int32_t)};
  });
  op.formats([](FormatContext &c, const PoolingAttrs &) {
    if (!is_channels_last(c.arriving(0)) || c.output_shape(0).numel() == 0) return;
    c.want(0, c.arriving(0));
    c.give(0, channels_last(c.output_shape(0)));
  });
  SampleArray plane{{1, 1, 2, 4}, {1, 2, -3, 4, 5, 8, 7, -9}, DType::int8}, low{{1}, {-1}}, high{{1}, {2}};
  op.sample({{{"kernel", {2, 2}}, {"stride", {2, 2}}},
             {plane, low, high},
             {{{1, 1, 1, 2}, {8, 7}, DType::int8}, low, high}})
      .check_gradient = false;
  op.sample({{{"kernel", {2, 2}}, {"stride", {2, 2}}, {"pool_type", "avg"}},
             {plane, low, high},
             {{{1, 1, 1, 2}, {4, 0}, DType::int8}, low, high}})
      .check_gradient = false;
}

}  // namespace cermet
