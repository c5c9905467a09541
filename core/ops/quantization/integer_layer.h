// SPDX-License-Identifier: Apache-2.0
// What quantized convolution and fully connected share: the second is a convolution over images of one place. Sums of
// products are exact in 32 bits (modulo 2^32); they come out as they are, as real numbers, or as integers of 8 bits in
// a calibrated range.
#pragma once

#include "ops/nn/convolution.h"
#include "ops/quantization/ranges.h"

namespace cermet::quantized {

struct ResultAttrs : Calibrated {
  OutType out_type = OutType::int8;
  bool enable_float_output = false;
};

// Inputs data, weight, bias and their ranges, outputs, and the attributes above. `no_bias` and the layer's own
// attributes are declared by the caller.
enum Input { kData, kWeight, kBias, kMinData, kMaxData, kMinWeight, kMaxWeight, kMinBias, kMaxBias };

template <class A>
void declare_layer(DefinitionBuilder<A> &op, const char *data, const char *weight, const char *filters) {
  Condition with_bias{"no_bias", {false}};
  op.input("data", data, kBytes);
  op.parameter("weight", weight, dtype_bit(DType::int8));
  op.parameter("bias", std::string("One a filter, ") + filters + ": integers with a range, or float32.",
               kFloat32 | dtype_bit(DType::int8))
      .when = with_bias;
  op.input("min_data", "Lower end of data's range.", kFloat32);
  op.input("max_data", "Upper end.", kFloat32);
  op.parameter("min_weight",
               std::string("Lower end of the weight's range: one, or, where the sums do not come out, one a filter ") +
                   filters + ".",
               kFloat32);
  op.parameter("max_weight", "Upper ends.", kFloat32);
  for (auto [name, text] : {std::pair{"min_bias", "Lower end of the bias' range; none for float32."},
                            std::pair{"max_bias", "Upper end."}}) {
    InputDef &input = op.parameter(name, text, kFloat32);
    input.when = with_bias;
    input.optional = true;
  }
  Condition with_range{"enable_float_output", {false}};
  op.output("output", "int32, or int8 or uint8 in the calibrated range, or float32.");
  op.output("min_output", "Lower end of its range.").when = with_range;
  op.output("max_output", "Upper end.").when = with_range;
  declare_calibrated(op, "the result's range; default: the sums themselves come out, as int32.");
  op.choice("out_type", &A::out_type, out_types(),
            "Integers wanted where the range is calibrated; auto is uint8 where it begins at 0 or above, else int8.");
  op.attr("enable_float_output", &A::enable_float_output, "The result as real numbers.");
}

void check_result(const ResultAttrs &a);
void infer_layer(InferContext &c, const ResultAttrs &a, const Shape &weight, const Shape &output, bool bias);

// A layer's numbers. Data and output are (rows, channels, spatial ...), or matrices.
struct Layer {
  nn::ConvolutionGeometry geometry;
  const ResultAttrs &result;
  bool bias;
};
int64_t layer_workspace(const KernelContext &c, const Layer &layer);
void run_layer(KernelContext &c, const Layer &layer);
// Whether that packs weights and puts channels last; else the reference runs, on row-major arrays.
bool is_fast(const Shape &weight, const Shape &output);

// The sums as plain loops, for row-major arrays: for the reference.
void reference_sums(const nn::ConvolutionGeometry &g, const Tensor &data, const int8_t *weight, int64_t filter,
                    int64_t n, int32_t *sums);

}  // namespace cermet::quantized
