// SPDX-License-Identifier: Apache-2.0
// Products of integers, packed and in programs, against plain loops: exact, whatever the shapes and values.
#include "ops/quantization/integer_layer.h"

#include <cstring>

#include "check.h"
#include "graph/symbol.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

struct Case {
  Shape data;
  int64_t filters;
  std::vector<int64_t> kernel, stride, pad, dilate;
  int64_t groups = 1;
};

const std::vector<Case> kCases = {
    {{2, 3, 9, 8}, 5, {3, 3}, {2, 1}, {1, 2}, {1, 1}},
    {{1, 1, 12, 12}, 20, {5, 5}, {1, 1}, {0, 0}, {1, 1}},
    {{2, 32, 7, 7}, 33, {1, 1}, {1, 1}, {0, 0}, {1, 1}},
    {{1, 64, 6, 5}, 40, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {{3, 8, 9, 9}, 12, {3, 3}, {1, 2}, {2, 0}, {2, 2}, 4},
    {{2, 6, 5, 5}, 6, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 6},
    {{2, 5, 17}, 7, {4}, {3}, {2}, {1}},
    {{1, 4, 4, 5, 6}, 3, {2, 3, 2}, {1, 2, 1}, {1, 0, 1}, {1, 1, 2}},
    {{1, 500, 1, 1}, 16, {1, 1}, {1, 1}, {0, 0}, {1, 1}},
};

AttrList attrs_of(const Case &c, AttrList more = {}) {
  AttrList out{{"kernel", c.kernel},      {"stride", c.stride},    {"pad", c.pad},   {"dilate", c.dilate},
               {"num_filter", c.filters}, {"num_group", c.groups}, {"no_bias", true}};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

// Any byte; in every other test the ends only, where sums are largest.
ArrayRef random_bytes(std::mt19937 &random, Shape shape, DType dtype, bool ends) {
  auto array = make_ref<NDArray>(std::move(shape), dtype);
  auto *bytes = static_cast<unsigned char *>(array->data());
  unsigned char low = dtype == DType::int8 ? 0x80 : 0, high = dtype == DType::int8 ? 0x7f : 0xff;
  for (int64_t k = 0; k < array->numel(); ++k)
    bytes[k] = static_cast<unsigned char>(ends ? (random() % 2 ? low : high) : random());
  return array;
}

Shape weight_shape(const Case &c) {
  Shape out{c.filters, c.data[1] / c.groups};
  for (int64_t size : c.kernel) out.push_back(size);
  return out;
}

std::vector<int32_t> sums_by_loops(const Case &c, const NDArray &data, const NDArray &weight) {
  nn::ConvolutionAttrs a;
  a.kernel = c.kernel, a.stride = c.stride, a.pad = c.pad, a.dilate = c.dilate;
  a.num_filter = c.filters, a.num_group = c.groups;
  Shape out = nn::convolution_output(c.data, a);
  nn::ConvolutionGeometry g = nn::convolution_geometry(c.data, out, a);
  std::vector<int32_t> sums(static_cast<size_t>(out.numel()));
  Tensor tensor{data.data(), data.shape(), data.dtype()};
  for (int64_t n = 0; n < g.batch; ++n)
    for (int64_t f = 0; f < g.out_channels; ++f)
      quantized::reference_sums(g, tensor, static_cast<const int8_t *>(weight.data()), f, n,
                                sums.data() + (n * g.out_channels + f) * g.window.out_size());
  return sums;
}

std::vector<ArrayRef> ranges(double reach) {
  return {array_of({1}, {-reach}), array_of({1}, {reach}), array_of({1}, {-127}), array_of({1}, {127})};
}

// The same by a program, which packs weights beforehand and keeps channels last.
ArrayRef by_program(const char *op, const AttrList &attrs, const std::vector<ArrayRef> &inputs) {
  std::vector<Entry> entries;
  std::vector<NamedSpec> specs;
  for (size_t k = 0; k < inputs.size(); ++k) {
    entries.push_back(variable(cat("x", k)));
    specs.push_back(spec(cat("x", k), inputs[k]->shape(), inputs[k]->dtype()));
  }
  std::vector<Entry> outputs{apply(find_op(op), attrs, "layer", entries).front()};
  auto executor = make_ref<Executor>(outputs, specs, std::vector<std::string>{}, GradReq::null);
  for (size_t k = 0; k < inputs.size(); ++k) executor->set_array(ArrayRole::argument, cat("x", k), inputs[k]);
  executor->forward(false, nullptr);
  if (inputs[0]->numel() > 0) cr_assert(executor->describe().find("integer panels") != std::string::npos);
  auto out = make_ref<NDArray>(executor->output(0)->shape(), executor->output(0)->dtype());
  copy_values(*executor->output(0), *out);
  return out;
}

ArrayRef by_call(const char *op, const AttrList &attrs, const std::vector<ArrayRef> &inputs) {
  const Definition &def = find_op(op);
  return invoke(def, Attrs(def, attrs), inputs, nullptr, nullptr).front();
}

void expect_same(const NDArray &got, const NDArray &want) {
  cr_assert(got.shape() == want.shape());
  cr_assert_eq(std::memcmp(got.data(), want.data(), static_cast<size_t>(want.nbytes())), 0);
}

}  // namespace

Test(integer_layer, sums_are_those_of_plain_loops) {
  std::mt19937 random(1);
  for (const Case &c : kCases)
    for (DType dtype : {DType::int8, DType::uint8})
      for (bool ends : {false, true}) {
        ArrayRef data = random_bytes(random, c.data, dtype, ends);
        ArrayRef weight = random_bytes(random, weight_shape(c), DType::int8, ends);
        std::vector<ArrayRef> inputs{data, weight};
        for (const ArrayRef &range : ranges(127)) inputs.push_back(range);
        auto want = sums_by_loops(c, *data, *weight);
        for (auto *run : {by_call, by_program}) {
          ArrayRef got = run("quantized_conv", attrs_of(c), inputs);
          cr_assert_eq(static_cast<size_t>(got->numel()), want.size());
          cr_assert_eq(std::memcmp(got->data(), want.data(), want.size() * sizeof(int32_t)), 0);
        }
      }
}

Test(integer_layer, results_are_rounded_sums) {
  std::mt19937 random(2);
  for (const Case &c : kCases)
    for (DType dtype : {DType::int8, DType::uint8})
      for (const char *type : {"int8", "uint8", "float"}) {
        ArrayRef data = random_bytes(random, c.data, dtype, false);
        ArrayRef weight = random_bytes(random, weight_shape(c), DType::int8, false);
        ArrayRef bias = random_array(random, {c.filters});
        double level = 1.0 / (dtype == DType::int8 ? 127.5 : 255.5), reach = 40;
        std::vector<double> high;
        for (int64_t k = 0; k < c.filters; ++k) high.push_back(0.1 * static_cast<double>(k + 1));
        std::vector<double> low;
        for (double value : high) low.push_back(-value);
        std::vector<ArrayRef> inputs{data,
                                     weight,
                                     bias,
                                     array_of({1}, {-1}),
                                     array_of({1}, {1}),
                                     array_of({c.filters}, low),
                                     array_of({c.filters}, high)};
        bool real = std::string(type) == "float";
        AttrList attrs = attrs_of(c);
        attrs.back() = {"no_bias", false};
        if (real) {
          attrs.emplace_back("enable_float_output", true);
        } else {
          attrs.emplace_back("min_calib_range", std::string(type) == "int8" ? -reach : 0.0);
          attrs.emplace_back("max_calib_range", reach);
          attrs.emplace_back("out_type", type);
        }
        ArrayRef got = by_call("quantized_conv", attrs, inputs);
        expect_same(*by_program("quantized_conv", attrs, inputs), *got);
        auto sums = sums_by_loops(c, *data, *weight);
        auto values = values_of(*got), biases = values_of(*bias);
        double levels = std::string(type) == "int8" ? 127.5 : 255.5;
        int64_t plane = got->shape().product(2, got->shape().ndim());
        for (size_t k = 0; k < values.size(); ++k) {
          auto f = static_cast<size_t>(static_cast<int64_t>(k) / plane % c.filters);
          double value = sums[k] * level * high[f] / 127 + biases[f];
          if (real) {
            cr_assert_float_eq(values[k], value, 1e-4 * (1 + std::abs(value)));
          } else {
            bool is_signed = std::string(type) == "int8";
            double wanted = std::clamp(value * levels / reach, is_signed ? -128.0 : 0.0, is_signed ? 127.0 : 255.0);
            cr_assert(std::abs(values[k] - wanted) < 0.501, "got %g; want %g", values[k], wanted);
          }
        }
      }
}

Test(integer_layer, fully_connected_is_a_convolution_of_one_place) {
  std::mt19937 random(3);
  for (auto [rows, columns, hidden] :
       {std::tuple{1, 7, 3}, {1, 800, 500}, {5, 33, 16}, {64, 100, 70}, {3, 4097, 10}, {37, 1, 1}}) {
    ArrayRef data = random_bytes(random, {rows, columns}, DType::uint8, false);
    ArrayRef weight = random_bytes(random, {hidden, columns}, DType::int8, false);
    std::vector<ArrayRef> inputs{data, weight};
    for (const ArrayRef &range : ranges(1)) inputs.push_back(range);
    AttrList attrs{{"num_hidden", hidden}, {"no_bias", true}};
    Case c{{rows, columns, 1}, hidden, {1}, {1}, {0}, {1}};
    auto want = sums_by_loops(c, *data, *weight);
    for (auto *run : {by_call, by_program}) {
      ArrayRef got = run("quantized_fully_connected", attrs, inputs);
      cr_assert_eq(std::memcmp(got->data(), want.data(), want.size() * sizeof(int32_t)), 0);
    }
  }
}

Test(integer_layer, a_net_of_integers_keeps_channels_last_and_its_numbers) {
  Entry x = variable("x"), low = variable("low"), high = variable("high");
  AttrList calibrated{{"min_calib_range", -1.5}, {"max_calib_range", 1.5}};
  auto op = [&](const char *name, const std::vector<Entry> &in, AttrList attrs, const char *node) {
    Entry first = apply_op(name, in, attrs, node);
    return std::vector<Entry>{first, {first.node, 1}, {first.node, 2}};
  };
  auto conv = [&](const std::vector<Entry> &q, const std::string &node) {
    AttrList attrs = calibrated;
    for (const auto &attr : AttrList{{"kernel", {3, 3}}, {"pad", {1, 1}}, {"num_filter", 8}, {"no_bias", true}})
      attrs.push_back(attr);
    return op("quantized_conv", {q[0], variable(node + "w"), q[1], q[2], low, high}, attrs, "c");
  };
  auto in = op("quantize_v2", {x}, {}, "q");
  auto a = conv(in, "a"), b = conv(op("quantized_act", a, {{"act_type", "relu"}}, "r"), "b");
  auto sum = op("quantized_elemwise_add", {a[0], b[0], a[1], a[2], b[1], b[2]}, calibrated, "s");
  auto small = op("quantized_pooling", sum, {{"kernel", {2, 2}}, {"stride", {2, 2}}}, "p");
  auto mean = op("quantized_pooling", small, {{"kernel", {2, 2}}, {"pool_type", "avg"}}, "m");
  auto flat = op("quantized_flatten", mean, {}, "f");
  std::vector<Entry> outputs{apply_op("dequantize", flat, {}, "d")};
  std::mt19937 random(4);
  Arrays arrays{{"x", random_array(random, {2, 4, 9, 10})},
                {"aw", random_bytes(random, {8, 4, 3, 3}, DType::int8, false)},
                {"bw", random_bytes(random, {8, 8, 3, 3}, DType::int8, false)},
                {"low", array_of({1}, {-1})},
                {"high", array_of({1}, {1})}};
  std::vector<NamedSpec> specs;
  for (const auto &[name, array] : arrays) specs.push_back(spec(name, array->shape(), array->dtype()));
  auto executor = make_ref<Executor>(outputs, specs, std::vector<std::string>{}, GradReq::null);
  for (const auto &[name, array] : arrays) executor->set_array(ArrayRole::argument, name, array);
  executor->forward(false, nullptr);
  Evaluated want = evaluate(outputs, arrays, {}, {}, nullptr, false);
  expect_same(*executor->output(0), *want.outputs[0]);
  // Into channels last at the beginning and out of it at the end; the weights are converted beforehand.
  std::string plan = executor->describe();
  size_t conversions = 0;
  for (size_t at = plan.find("\"convert_format\""); at != std::string::npos;
       at = plan.find("\"convert_format\"", at + 1))
    ++conversions;
  cr_assert_eq(conversions, 4, "%zu conversions: %s", conversions, plan.c_str());
}

Test(integer_layer, refuses_what_has_no_range) {
  auto refuses = [](const char *op, const AttrList &attrs, const std::vector<ArrayRef> &inputs) {
    return status_of([&] { by_call(op, attrs, inputs); }) == Status::invalid_argument;
  };
  double nan = std::nan(""), inf = HUGE_VAL;
  ArrayRef one = array_of({1}, {1}), bytes = array_of({2}, {1, 2}, DType::int8);
  cr_assert(refuses("quantize_v2", {}, {array_of({2}, {1, inf})}));
  cr_assert(refuses("quantize_v2", {{"min_calib_range", 1.0}}, {one}));
  cr_assert(refuses("quantize_v2", {{"min_calib_range", 1.0}, {"max_calib_range", 0.0}}, {one}));
  cr_assert(refuses("quantize", {{"out_type", "auto"}}, {one, one, one}));
  cr_assert(refuses("dequantize", {}, {bytes, array_of({1}, {nan}), one}));
  cr_assert(refuses("dequantize", {}, {bytes, array_of({1}, {2}), one}));
  cr_assert(refuses("quantized_act", {{"act_type", "tanh"}}, {bytes, one, one}));
  cr_assert(refuses("calibrate_entropy", {{"num_quantized_bins", 3}},
                    {array_of({3}, {1, -1, 1}), array_of({4}, {0, 1, 2, 3})}));
  ArrayRef image = array_of({1, 1, 1}, {1}, DType::int8), bias = array_of({1}, {1}, DType::int8);
  AttrList attrs{{"kernel", {1}}, {"num_filter", 1}};
  cr_assert(refuses("quantized_conv", attrs, {image, image, bias, one, one, one, one}));
  attrs.emplace_back("enable_float_output", true);
  attrs.emplace_back("min_calib_range", 0.0);
  attrs.emplace_back("max_calib_range", 1.0);
  cr_assert(refuses("quantized_conv", attrs, {image, image, bias, one, one, one, one, one, one}));
  // What is not a number becomes 0, and an empty or constant array has a range of its own.
  for (const auto &[values, want] : {std::pair{std::vector<double>{nan, 1}, std::vector<double>{0, 127}},
                                     {std::vector<double>{0, 0}, std::vector<double>{0, 0}},
                                     {std::vector<double>{nan, nan}, std::vector<double>{0, 0}}})
    cr_assert(values_of(*by_call("quantize_v2", {}, {array_of({2}, values)})) == want);
  cr_assert_eq(by_call("quantize_v2", {}, {array_of({0}, {})})->numel(), 0);
}

}  // namespace cermet::test
