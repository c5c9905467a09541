// SPDX-License-Identifier: Apache-2.0
// Sums and products of integers, element by element, and joined arrays of them. Each input has a range of its own.
#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "ops/common/walk.h"
#include "ops/quantization/integer_kernels.h"
#include "ops/quantization/ranges.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using namespace quantized;

constexpr int64_t kRun = 512;

// body(begin, count) for runs of at most kRun elements.
template <class Body>
void for_runs(int64_t count, Body body) {
  parallel_for(count, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at += kRun) body(at, std::min(kRun, end - at));
  });
}

void load(const Tensor &x, int64_t begin, int64_t count, float *out) {
  dispatch_in<quantized::kBytes>(x.dtype, [&](auto tag) {
    const auto *from = x.as<typename decltype(tag)::type>() + begin;
    for (int64_t k = 0; k < count; ++k) out[k] = static_cast<float>(from[k]);
  });
}

void store(const float *x, int64_t count, const Tensor &out, int64_t begin) {
  switch (out.dtype) {
    case DType::int8:
      return byte_kernels<int8_t>().quantize(x, count, 1, out.as<int8_t>() + begin);
    case DType::uint8:
      return byte_kernels<uint8_t>().quantize(x, count, 1, out.as<uint8_t>() + begin);
    case DType::int32:
      for (int64_t k = 0; k < count; ++k) out.as<int32_t>()[begin + k] = convert<int32_t>(std::nearbyint(x[k]));
      return;
    default:
      std::copy_n(x, count, out.as<float>() + begin);
  }
}

// f(lhs, rhs), in levels of the result.
template <class F>
void combine(KernelContext &c, F f) {
  for_runs(c.out(0).numel(), [&](int64_t begin, int64_t count) {
    float lhs[kRun], rhs[kRun];
    load(c.in(0), begin, count, lhs);
    load(c.in(1), begin, count, rhs);
    for (int64_t k = 0; k < count; ++k) lhs[k] = f(lhs[k], rhs[k]);
    store(lhs, count, c.out(0), begin);
  });
}

struct AddAttrs : Calibrated {
  OutType out_type = OutType::int8;
};

void add(KernelContext &c, const AddAttrs &a) {
  Range lhs = read_range(c, 2, "lhs_min"), rhs = read_range(c, 4, "rhs_min");
  DType dtype = c.out(0).dtype;
  Range range = a ? around_zero(dtype, a.range()) : Range{-(lhs.reach() + rhs.reach()), lhs.reach() + rhs.reach()};
  double scale = inverse(level(dtype, range));
  auto left = static_cast<float>(level(c.in(0).dtype, lhs) * scale);
  auto right = static_cast<float>(level(c.in(1).dtype, rhs) * scale);
  combine(c, [=](float x, float y) { return x * left + y * right; });
  write_range(c, 1, range);
}

struct MulAttrs : Calibrated {
  bool enable_float_output = false;
};

// Without a calibrated range, the product of the integers is the result.
void multiply(KernelContext &c, const MulAttrs &a) {
  double level_of_one =
      level(c.in(0).dtype, read_range(c, 2, "lhs_min")) * level(c.in(1).dtype, read_range(c, 4, "rhs_min"));
  double width = a ? level(DType::int8, a.range()) : a.enable_float_output ? 1 : level_of_one;
  auto factor = static_cast<float>(level_of_one * inverse(width));
  combine(c, [=](float x, float y) { return x * y * factor; });
  if (a.enable_float_output) return;
  auto reach = static_cast<float>(level_of_one * levels(DType::int32));
  write_range(c, 1, a ? around_zero(DType::int8, a.range()) : Range{-reach, reach});
}

template <class A>
void declare_pair(DefinitionBuilder<A> &op, const Condition &with_range) {
  op.input("lhs", "Integers; any shape.", quantized::kBytes);
  op.input("rhs", "Integers; the same shape.", quantized::kBytes);
  for (auto [name, text] : {std::pair{"lhs_min", "Lower end of the left range."}, std::pair{"lhs_max", "Upper end."},
                            std::pair{"rhs_min", "Lower end of the right range."}, std::pair{"rhs_max", "Upper end."}})
    op.input(name, text, quantized::kFloat32);
  op.output("output");
  op.output("min_output", "Lower end of its range.").when = with_range;
  op.output("max_output", "Upper end.").when = with_range;
  // Bytes stay where they are, if all of them lie alike.
  op.formats([](FormatContext &c, const A &a) {
    if (!a || !same_format(c.arriving(0), c.arriving(1))) return;
    c.want(0, c.arriving(0));
    c.want(1, c.arriving(0));
    c.give(0, c.arriving(0));
  });
}

template <class A>
void infer_pair(InferContext &c, const A &, DType dtype) {
  c.expect_shape(1, c.shape(0));
  expect_range(c, 2);
  expect_range(c, 4);
  c.output(0, c.shape(0), dtype);
}

}  // namespace

CERMET_REGISTER(quantized_elemwise_add)(Registry &registry) {
  auto op = registry.op<AddAttrs>("quantized_elemwise_add", "quantization");
  op.precision(Precision::wide);
  op.doc("Sum of two arrays of integers.",
         "Each is scaled from its range to the result's: the calibrated one, in 8 bits, or that of all possible sums, "
         "in 32 bits.");
  op.alias("_contrib_quantized_elemwise_add");
  declare_pair(op, {});
  declare_calibrated(op, "the result's range; default: the sums of both, in int32.");
  op.choice("out_type", &AddAttrs::out_type, out_types(),
            "Integers wanted where the range is calibrated; auto is uint8 where it begins at 0 or above, else int8.");
  op.check([](const AddAttrs &a) { check_calibrated(a); });
  op.infer([](InferContext &c, const AddAttrs &a) {
    infer_pair(c, a, a ? out_dtype(a.out_type, a) : DType::int32);
    infer_range(c, 1);
  });
  op.kernel(add);
  SampleArray lhs{{3}, {51, -100, 100}, DType::int8}, rhs{{3}, {51, 0, 255}, DType::uint8};
  op.sample({{{"min_calib_range", -2.0}, {"max_calib_range", 2.0}},
             {lhs, rhs, {{1}, {-1}}, {{1}, {1}}, {{1}, {0}}, {{1}, {2.555}}},
             {{{3}, {58, -50, 127}, DType::int8}, {{1}, {-2}}, {{1}, {2}}}})
      .check_gradient = false;
}

CERMET_REGISTER(quantized_elemwise_mul)(Registry &registry) {
  auto op = registry.op<MulAttrs>("quantized_elemwise_mul", "quantization");
  op.precision(Precision::wide);
  op.doc("Product of two arrays of integers.",
         "The integers' own product in 32 bits, or the product of the real numbers that they stand for: as int8 in a "
         "calibrated range, or as float32.");
  op.alias("_contrib_quantized_elemwise_mul");
  declare_pair(op, {"enable_float_output", {false}});
  declare_calibrated(op, "the result's range; default: int32.");
  op.attr("enable_float_output", &MulAttrs::enable_float_output, "The result as real numbers.");
  op.check([](const MulAttrs &a) {
    check_calibrated(a);
    if (a && a.enable_float_output)
      throw Error(Status::invalid_argument, "enable_float_output", "got true; want false with a calibrated range");
  });
  op.infer([](InferContext &c, const MulAttrs &a) {
    infer_pair(c, a, a.enable_float_output ? DType::float32 : a ? DType::int8 : DType::int32);
    if (!a.enable_float_output) infer_range(c, 1);
  });
  op.kernel(multiply);
  SampleArray lhs{{2}, {51, -100}, DType::int8}, rhs{{2}, {2, 3}, DType::int8}, low{{1}, {-127.5}}, high{{1}, {127.5}};
  op.sample({{},
             {lhs, rhs, low, high, low, high},
             {{{2}, {102, -300}, DType::int32}, {{1}, {-2147483648.0}}, {{1}, {2147483648.0}}}})
      .check_gradient = false;
  op.sample({{{"enable_float_output", true}}, {lhs, rhs, low, high, low, high}, {{{2}, {102, -300}}}}).check_gradient =
      false;
}

}  // namespace cermet
