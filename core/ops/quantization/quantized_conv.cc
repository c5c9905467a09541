// SPDX-License-Identifier: Apache-2.0
// Convolution of integers.
#include "ops/quantization/integer_layer.h"
#include "ops/quantization/layouts.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

struct Attrs : nn::ConvolutionAttrs, ResultAttrs {};

Layer layer_of(const KernelContext &c, const Attrs &a) {
  return {nn::convolution_geometry(c.in(kData).shape, c.out(0).shape, a), a, !a.no_bias};
}

}  // namespace

CERMET_REGISTER(quantized_conv)(Registry &registry) {
  auto op = registry.op<Attrs>("quantized_conv", "quantization");
  op.precision(Precision::wide);
  op.doc("Convolution of integers of 8 bits, with exact sums of 32 bits.",
         "Without a calibrated range the sums come out, with the range that MXNet states for them: int8 has 127 levels "
         "in its range, uint8 255. With one, or as real numbers, a level of data is that of quantize_v2, the bias is "
         "added as a real number, and the weight may have a range for each filter.");
  op.alias("_contrib_quantized_conv");
  declare_layer(op, "(N, C, spatial ...).", "(num_filter, C / num_group, kernel ...).", "(num_filter)");
  nn::declare_convolution_attrs(op);
  op.check([](const Attrs &a) {
    nn::check_convolution(a);
    check_result(a);
  });
  op.infer([](InferContext &c, const Attrs &a) {
    infer_layer(c, a, nn::convolution_weight(c.shape(kData), a), nn::convolution_output(c.shape(kData), a), !a.no_bias);
  });
  op.kernel([](KernelContext &c, const Attrs &a) { run_layer(c, layer_of(c, a)); });
  op.workspace([](const KernelContext &c, const Attrs &a) { return layer_workspace(c, layer_of(c, a)); });
  op.formats([](FormatContext &c, const Attrs &a) {
    if (!is_fast(c.shape(kWeight), c.output_shape(0))) return;
    c.want(kData, channels_last(c.shape(kData)));
    c.want(kWeight, panels(c.shape(kWeight), a.num_group));
    if (!a.enable_float_output && a) c.give(0, channels_last(c.output_shape(0)));
  });
  SampleArray data{{1, 1, 2, 3}, {1, 2, 3, 4, 5, 250}, DType::uint8}, weight{{1, 1, 1, 2}, {10, -3}, DType::int8};
  SampleArray zero{{1}, {0}}, data_max{{1}, {255}}, weight_min{{1}, {-127}}, weight_max{{1}, {127}};
  op.sample({{{"kernel", {1, 2}}, {"num_filter", 1}, {"no_bias", true}},
             {data, weight, zero, data_max, weight_min, weight_max},
             {{{1, 1, 2, 2}, {4, 11, 25, -700}, DType::int32}, {{1}, {-2147483648.0}}, {{1}, {2147483648.0}}}})
      .check_gradient = false;
  SampleArray level_one{{1}, {255.5}};
  op.sample({{{"kernel", {1, 2}}, {"num_filter", 1}, {"enable_float_output", true}},
             {data, weight, {{1}, {0.5}}, zero, level_one, weight_min, weight_max},
             {{{1, 1, 2, 2}, {4.5, 11.5, 25.5, -699.5}}}})
      .check_gradient = false;
  op.sample({{{"kernel", {1, 2}},
              {"num_filter", 1},
              {"min_calib_range", 0.0},
              {"max_calib_range", 51.1},
              {"out_type", "auto"},
              {"no_bias", true}},
             {data, weight, zero, level_one, weight_min, weight_max},
             {{{1, 1, 2, 2}, {20, 55, 125, 0}, DType::uint8}, {{1}, {0}}, {{1}, {51.1}}}})
      .check_gradient = false;
}

}  // namespace cermet
