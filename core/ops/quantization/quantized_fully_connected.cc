// SPDX-License-Identifier: Apache-2.0
// Fully connected layer of integers: a convolution over images of one place.
#include "ops/quantization/integer_layer.h"
#include "ops/quantization/layouts.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

struct Attrs : ResultAttrs {
  int64_t num_hidden = 0;
  bool no_bias = false, flatten = true;
};

// (rows, columns) of the data as a matrix.
std::pair<int64_t, int64_t> matrix(const Shape &data, const Attrs &a) {
  if (data.ndim() < 1) throw Error(Status::shape, "data", "got ", data, "; want at least 1 dimension");
  int split = a.flatten ? 1 : data.ndim() - 1;
  return {data.product(0, split), data.product(split, data.ndim())};
}

Layer layer_of(const KernelContext &c, const Attrs &a) {
  auto [rows, columns] = matrix(c.in(kData).shape, a);
  return {{rows, 1, columns, a.num_hidden, {}}, a, !a.no_bias};
}

}  // namespace

CERMET_REGISTER(quantized_fully_connected)(Registry &registry) {
  auto op = registry.op<Attrs>("quantized_fully_connected", "quantization");
  op.precision(Precision::wide);
  op.doc("Fully connected layer of integers of 8 bits, with exact sums of 32 bits.",
         "Ranges are those of quantized_conv; `flatten` is that of fully_connected.");
  op.alias("_contrib_quantized_fully_connected");
  declare_layer(op, "Values; the first axis is the batch.", "Matrix (num_hidden, inputs a row).", "(num_hidden)");
  op.attr("num_hidden", &Attrs::num_hidden, "Number of outputs a row.").required().min(1).max(0x7fffffff);
  op.attr("no_bias", &Attrs::no_bias, "Leave the bias out.");
  op.attr("flatten", &Attrs::flatten, "Merge all axes but the first; else the layer works on the last axis alone.");
  op.check([](const Attrs &a) { check_result(a); });
  op.infer([](InferContext &c, const Attrs &a) {
    const Shape &data = c.shape(kData);
    int64_t columns = matrix(data, a).second;
    Shape out = data;
    if (a.flatten)
      out = {data[0], a.num_hidden};
    else
      out.back() = a.num_hidden;
    infer_layer(c, a, {a.num_hidden, columns}, out, !a.no_bias);
  });
  op.kernel([](KernelContext &c, const Attrs &a) { run_layer(c, layer_of(c, a)); });
  op.workspace([](const KernelContext &c, const Attrs &a) { return layer_workspace(c, layer_of(c, a)); });
  op.formats([](FormatContext &c, const Attrs &) {
    if (is_fast(c.shape(kWeight), c.output_shape(0))) c.want(kWeight, panels(c.shape(kWeight), 1));
  });
  SampleArray data{{2, 3}, {1, -2, 3, 4, 5, -6}, DType::int8}, weight{{2, 3}, {1, 0, -1, 2, 1, 0}, DType::int8};
  SampleArray low{{1}, {-127}}, high{{1}, {127}};
  op.sample({{{"num_hidden", 2}},
             {data, weight, {{2}, {127, -127}, DType::int8}, low, high, low, high, {{1}, {-5}}, {{1}, {5}}},
             {{{2, 2}, {3, -5, 15, 8}, DType::int32}, {{1}, {-2147483648.0}}, {{1}, {2147483648.0}}}})
      .check_gradient = false;
  op.sample({{{"num_hidden", 2}, {"no_bias", true}, {"min_calib_range", -12.75}, {"max_calib_range", 12.75}},
             {data, weight, {{1}, {-127.5}}, {{1}, {127.5}}, {{2}, {-127, -12.7}}, {{2}, {127, 12.7}}},
             {{{2, 2}, {-20, 0, 100, 13}, DType::int8}, {{1}, {-12.75}}, {{1}, {12.75}}}})
      .check_gradient = false;
}

}  // namespace cermet
