// SPDX-License-Identifier: Apache-2.0
// Batch normalisation of integers, by the saved statistics.
#include <cmath>

#include "base/parallel.h"
#include "ops/common/axes.h"
#include "ops/quantization/integer_kernels.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

struct Attrs : Calibrated {
  double eps = 1e-3, momentum = 0.9;
  bool fix_gamma = true, use_global_stats = false, output_mean_var = false, cudnn_off = false;
  int64_t axis = 1;
};

enum Input { kData, kGamma, kBeta, kMean, kVariance, kMinData };

void run(KernelContext &c, const Attrs &a) {
  const Shape &shape = c.in(kData).shape;
  int axis = normalize_axis(a.axis, shape.ndim());
  int64_t channels = shape[static_cast<size_t>(axis)], inner = shape.product(axis + 1, shape.ndim());
  double data = level(c.in(kData).dtype, read_range(c, kMinData, "min_data"));
  double scale = inverse(level(DType::int8, a.range()));
  parallel_for(channels * shape.product(0, axis), std::max<int64_t>(1, 16384 / std::max<int64_t>(1, inner)),
               [&](int64_t begin, int64_t end) {
                 for (int64_t row = begin; row < end; ++row) {
                   int64_t k = row % channels;
                   double gain = (a.fix_gamma ? 1.0 : c.in_as<float>(kGamma)[k]) /
                                 std::sqrt(double{c.in_as<float>(kVariance)[k]} + a.eps);
                   double shift = c.in_as<float>(kBeta)[k] - gain * c.in_as<float>(kMean)[k];
                   auto factor = static_cast<float>(gain * data * scale), offset = static_cast<float>(shift * scale);
                   float values[512];
                   for (int64_t at = 0; at < inner; at += 512) {
                     int64_t count = std::min<int64_t>(512, inner - at), place = row * inner + at;
                     dispatch_in<quantized::kBytes>(c.in(kData).dtype, [&](auto tag) {
                       const auto *x = c.in_as<typename decltype(tag)::type>(kData) + place;
                       for (int64_t j = 0; j < count; ++j) values[j] = static_cast<float>(x[j]) * factor + offset;
                     });
                     byte_kernels<int8_t>().quantize(values, count, 1, c.out_as<int8_t>(0) + place);
                   }
                 }
               });
  write_range(c, 1, around_zero(DType::int8, a.range()));
}

}  // namespace

CERMET_REGISTER(quantized_batch_norm)(Registry &registry) {
  auto op = registry.op<Attrs>("quantized_batch_norm", "quantization");
  op.precision(Precision::wide);
  op.doc("Batch normalisation of integers by the moving statistics, to int8 in a calibrated range.",
         "gamma counts as ones unless fix_gamma is switched off. The statistics are never changed.");
  op.alias("_contrib_quantized_batch_norm");
  op.depends_on_train();  // so that predictions count the statistics as read only
  op.input("data", "Integers; rank 1 or more.", quantized::kBytes);
  op.parameter("gamma", "Factor of each channel.", quantized::kFloat32);
  op.parameter("beta", "Shift of each channel.", quantized::kFloat32);
  op.state("moving_mean", "Mean of each channel.", quantized::kFloat32);
  op.state("moving_var", "Variance of each channel.", quantized::kFloat32);
  op.input("min_data", "Lower end of data's range.", quantized::kFloat32);
  op.input("max_data", "Upper end.", quantized::kFloat32);
  op.output("output");
  op.output("min_output", "Lower end of its range.");
  op.output("max_output", "Upper end.");
  op.attr("eps", &Attrs::eps, "Added to the variance.").min(0);
  op.attr("momentum", &Attrs::momentum, "Only for MXNet's files; has no effect.");
  op.attr("fix_gamma", &Attrs::fix_gamma, "Count gamma as ones.");
  op.attr("use_global_stats", &Attrs::use_global_stats, "Only for MXNet's files; the statistics are the saved ones.");
  op.attr("output_mean_var", &Attrs::output_mean_var, "Only for MXNet's files; has no effect.");
  op.attr("axis", &Attrs::axis, "Axis of the channels.").kind(AttrKind::axis);
  op.attr("cudnn_off", &Attrs::cudnn_off, "Only for MXNet's files; has no effect.");
  declare_calibrated(op, "the result's range; required.");
  op.check([](const Attrs &a) {
    check_calibrated(a);
    if (!a) throw Error(Status::invalid_argument, "min_calib_range", "is missing; want the result's range");
  });
  op.infer([](InferContext &c, const Attrs &a) {
    Shape channels{c.shape(kData)[static_cast<size_t>(normalize_axis(a.axis, c.shape(kData).ndim()))]};
    for (int k = kGamma; k <= kVariance; ++k) c.expect(k, channels, DType::float32);
    expect_range(c, kMinData);
    c.output(0, c.shape(kData), DType::int8);
    infer_range(c, 1);
  });
  op.kernel(run);
  // A level is 1 before and 1 / 10 after.
  op.sample({{{"min_calib_range", -12.75}, {"max_calib_range", 12.75}, {"eps", 0.0}, {"fix_gamma", false}},
             {{{1, 2, 1}, {3, -4}, DType::int8},
              {{2}, {2, 1}},
              {{2}, {0.5, 0}},
              {{2}, {1, 1}},
              {{2}, {4, 25}},
              {{1}, {-127.5}},
              {{1}, {127.5}}},
             {{{1, 2, 1}, {25, -10}, DType::int8}, {{1}, {-12.75}}, {{1}, {12.75}}}})
      .check_gradient = false;
}

}  // namespace cermet
