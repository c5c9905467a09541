// SPDX-License-Identifier: Apache-2.0
// From real numbers to integers and back. The roundings are MXNet's: quantize sends halves away from zero and counts
// 127 or 255 levels; quantize_v2 and requantize, whose kernels there are oneDNN's, send them to even.
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "ops/common/walk.h"
#include "ops/quantization/integer_kernels.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

template <class F>
decltype(auto) dispatch_bytes(DType dtype, F &&f) {
  return dispatch_in<quantized::kBytes>(dtype, std::forward<F>(f));
}

// The data's own range; what is not a number has no place in it.
Range range_of(const Tensor &data) {
  Range out;
  if (data.numel() == 0) return out;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  out = {kInfinity, -kInfinity};
  integer_kernels().extremes(data.as<float>(), data.numel(), &out.min, &out.max);
  if (out.min > out.max) return {};  // nothing but NaN
  if (std::isinf(out.min) || std::isinf(out.max))
    throw Error(Status::invalid_argument, "data", "holds an infinite value; want finite ones, or a calibrated range");
  return out;
}

struct QuantizeAttrs {
  OutType out_type = OutType::uint8;
};

void quantize(KernelContext &c, const QuantizeAttrs &) {
  Range range = read_range(c, 1, "min_range");
  DType dtype = c.out(0).dtype;
  bool is_signed = dtype == DType::int8;
  const auto *x = c.in_as<float>(0);
  float most = is_signed ? 127 : 255, base = is_signed ? 0 : range.min;
  auto width = static_cast<float>(is_signed ? range.reach() : range.max - range.min);
  float scale = width > 0 ? most / width : 0;
  dispatch_bytes(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(c.out(0).numel(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) {
        float size = std::min(std::abs(x[k] - base) * scale + 0.5f, most);
        bool below = x[k] < base;
        c.out_as<T>(0)[k] = x[k] != x[k] || (below && !is_signed) ? T(0) : static_cast<T>(below ? -size : size);
      }
    });
  });
  write_range(c, 1, is_signed ? around_zero(dtype, range) : range);
}

struct QuantizeV2Attrs : Calibrated {
  OutType out_type = OutType::int8;
};

void quantize_v2(KernelContext &c, const QuantizeV2Attrs &a) {
  DType dtype = c.out(0).dtype;
  Range range = a ? a.range() : range_of(c.in(0));
  auto scale = static_cast<float>(inverse(level(dtype, range)));
  dispatch_bytes(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(c.out(0).numel(), kGrain, [&](int64_t begin, int64_t end) {
      byte_kernels<T>().quantize(c.in_as<float>(0) + begin, end - begin, scale, c.out_as<T>(0) + begin);
    });
  });
  write_range(c, 1, around_zero(dtype, range));
}

void dequantize(KernelContext &c, const NoAttrs &) {
  auto width = static_cast<float>(level(c.in(0).dtype, read_range(c, 1, "min_range")));
  auto convert_all = [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(c.out(0).numel(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) c.out_as<float>(0)[k] = static_cast<float>(c.in_as<T>(0)[k]) * width;
    });
  };
  if (c.in(0).dtype == DType::int32) return convert_all(TypeTag<int32_t>{});
  dispatch_bytes(c.in(0).dtype, convert_all);
}

void requantize(KernelContext &c, const QuantizeV2Attrs &a) {
  const auto *x = c.in_as<int32_t>(0);
  int64_t count = c.out(0).numel();
  DType dtype = c.out(0).dtype;
  double width = level(DType::int32, read_range(c, 1, "min_range"));
  Range range;
  if (a) {
    range = a.range();
  } else {
    double largest = 0;
    for (int64_t k = 0; k < count; ++k) largest = std::max(largest, std::abs(static_cast<double>(x[k])));
    range.max = static_cast<float>(largest * width);
  }
  auto factor = static_cast<float>(width * whole_levels(dtype) * inverse(range.reach()));
  dispatch_bytes(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(count, kGrain, [&](int64_t begin, int64_t end) {
      float values[512];
      for (int64_t at = begin; at < end; at += 512) {
        int64_t here = std::min<int64_t>(512, end - at);
        for (int64_t k = 0; k < here; ++k) values[k] = static_cast<float>(x[at + k]);
        byte_kernels<T>().quantize(values, here, factor, c.out_as<T>(0) + at);
      }
    });
  });
  write_range(c, 1, around_zero(dtype, range));
}

template <class A>
void integer_outputs(DefinitionBuilder<A> &op) {
  op.output("output", "Integers in data's shape.");
  op.output("min_output", "Lower end of their range.");
  op.output("max_output", "Upper end.");
}

template <class A>
void range_inputs(DefinitionBuilder<A> &op, const char *text) {
  op.input("min_range", std::string("Lower end of ") + text + ", one float.", quantized::kFloat32);
  op.input("max_range", "Upper end.", quantized::kFloat32);
}

}  // namespace

CERMET_REGISTER(quantize)(Registry &registry) {
  auto op = registry.op<QuantizeAttrs>("quantize", "quantization");
  op.precision(Precision::wide);
  op.doc("Real numbers as integers of 8 bits, by a range that is given.",
         "int8: round(127 data / max(|min|, |max|)); uint8: round(255 (data - min) / (max - min)). Halves go away from "
         "zero, what lies outside goes to the nearest end, NaN becomes 0.");
  op.alias("_contrib_quantize");
  op.input("data", "Values; any shape.", quantized::kFloat32);
  range_inputs(op, "the range");
  integer_outputs(op);
  op.choice("out_type", &QuantizeAttrs::out_type, out_types(), "Integers wanted: int8 or uint8.");
  op.check([](const QuantizeAttrs &a) {
    if (a.out_type == OutType::automatic)
      throw Error(Status::invalid_argument, "out_type", "got auto; want int8 or uint8");
  });
  op.infer([](InferContext &c, const QuantizeAttrs &a) {
    expect_range(c, 1);
    c.output(0, c.shape(0), out_dtype(a.out_type, {}));
    infer_range(c, 1);
  });
  op.kernel(quantize);
  op.sample({{{"out_type", "int8"}},
             {{{3}, {0.5, -1, 3}}, {{1}, {-1}}, {{1}, {2}}},
             {{{3}, {32, -64, 127}, DType::int8}, {{1}, {-2}}, {{1}, {2}}}})
      .check_gradient = false;
  op.sample({{{"out_type", "uint8"}},
             {{{3}, {0.5, -1, 2}}, {{1}, {0}}, {{1}, {2}}},
             {{{3}, {64, 0, 255}, DType::uint8}, {{1}, {0}}, {{1}, {2}}}})
      .check_gradient = false;
}

CERMET_REGISTER(quantize_v2)(Registry &registry) {
  auto op = registry.op<QuantizeV2Attrs>("quantize_v2", "quantization");
  op.precision(Precision::wide);
  op.doc("Real numbers as integers of 8 bits, by a calibrated range or the data's own.",
         "With r the larger distance of the range's ends from 0, int8 is round(127.5 data / r) and uint8 "
         "round(255.5 data / r). Halves go to even, what lies outside goes to the nearest end, NaN becomes 0.");
  op.alias("_contrib_quantize_v2");
  op.input("data", "Values; any shape. Finite, unless the range is given.", quantized::kFloat32);
  integer_outputs(op);
  op.choice("out_type", &QuantizeV2Attrs::out_type, out_types(),
            "Integers wanted; auto is uint8 where the calibrated range begins at 0 or above, else int8.");
  declare_calibrated(op, "the range; default: the data's.");
  op.check([](const QuantizeV2Attrs &a) { check_calibrated(a); });
  op.infer([](InferContext &c, const QuantizeV2Attrs &a) {
    c.output(0, c.shape(0), out_dtype(a.out_type, a));
    infer_range(c, 1);
  });
  op.kernel(quantize_v2);
  op.sample({{}, {{{4}, {0.5, -1, 0, 2}}}, {{{4}, {32, -64, 0, 127}, DType::int8}, {{1}, {-2}}, {{1}, {2}}}})
      .check_gradient = false;
  op.sample({{{"out_type", "auto"}, {"min_calib_range", 0.0}, {"max_calib_range", 2.0}},
             {{{3}, {0.5, -1, 3}}},
             {{{3}, {64, 0, 255}, DType::uint8}, {{1}, {0}}, {{1}, {2}}}})
      .check_gradient = false;
}

CERMET_REGISTER(dequantize)(Registry &registry) {
  auto op = registry.op<NoAttrs>("dequantize", "quantization");
  op.precision(Precision::wide);
  op.doc(
      "Integers as the real numbers that they stand for.",
      "With r the larger distance of the range's ends from 0, a level is r / 127.5 for int8, r / 255.5 for uint8 and "
      "r / (2^31 - 1) for int32.");
  op.alias("_contrib_dequantize");
  op.input("data", "Integers; any shape.", quantized::kBytes | dtype_bit(DType::int32));
  range_inputs(op, "their range");
  op.output("output", "In data's shape.");
  op.infer([](InferContext &c, const NoAttrs &) {
    expect_range(c, 1);
    c.output(0, c.shape(0), DType::float32);
  });
  op.kernel(dequantize);
  op.sample({{}, {{{3}, {51, -102, 0}, DType::int8}, {{1}, {-2.5}}, {{1}, {1}}}, {{{3}, {1, -2, 0}}}}).check_gradient =
      false;
}

CERMET_REGISTER(requantize)(Registry &registry) {
  auto op = registry.op<QuantizeV2Attrs>("requantize", "quantization");
  op.precision(Precision::wide);
  op.doc("Sums of 32 bits as integers of 8 bits, in a calibrated range or their own.",
         "int8 has 127 levels in the range, uint8 255. Halves go to even, what lies outside goes to the nearest end.");
  op.alias("_contrib_requantize");
  op.input("data", "Integers; any shape.", dtype_bit(DType::int32));
  range_inputs(op, "their range");
  integer_outputs(op);
  op.choice("out_type", &QuantizeV2Attrs::out_type, out_types(),
            "Integers wanted; auto is uint8 where the calibrated range begins at 0 or above, else int8.");
  declare_calibrated(op, "the new range; default: that of the values.");
  op.check([](const QuantizeV2Attrs &a) { check_calibrated(a); });
  op.infer([](InferContext &c, const QuantizeV2Attrs &a) {
    expect_range(c, 1);
    c.output(0, c.shape(0), out_dtype(a.out_type, a));
    infer_range(c, 1);
  });
  op.kernel(requantize);
  // A level is 1 / 1000 before and 1 / 127 after.
  op.sample({{{"min_calib_range", -1.0}, {"max_calib_range", 1.0}},
             {{{3}, {500, -1000, 2000}, DType::int32}, {{1}, {-2147483.647}}, {{1}, {2147483.647}}},
             {{{3}, {64, -127, 127}, DType::int8}, {{1}, {-1}}, {{1}, {1}}}})
      .check_gradient = false;
}

}  // namespace cermet
