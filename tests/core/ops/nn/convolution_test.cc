// SPDX-License-Identifier: Apache-2.0
// oneDNN's convolutions against the reference kernels: forward and both gradients, on shapes with every attribute.
#include "ops/nn/convolution.h"

#include "check.h"
#include "ops/onednn/convolution.h"

namespace cermet::test {
namespace {

struct Case {
  const char *what;
  Shape data;
  nn::ConvolutionAttrs attrs;
};

nn::ConvolutionAttrs attrs(std::vector<int64_t> kernel, int64_t filters, std::vector<int64_t> stride = {},
                           std::vector<int64_t> dilate = {}, std::vector<int64_t> pad = {}, int64_t groups = 1) {
  nn::ConvolutionAttrs a;
  a.kernel = std::move(kernel);
  a.num_filter = filters;
  a.stride = std::move(stride);
  a.dilate = std::move(dilate);
  a.pad = std::move(pad);
  a.num_group = groups;
  return a;
}

std::vector<Case> cases() {
  return {{"LeNet's first", {3, 1, 12, 12}, attrs({5, 5}, 20)},
          {"odd channels", {2, 20, 9, 7}, attrs({3, 3}, 50)},
          {"16 channels, padded", {2, 16, 8, 8}, attrs({3, 3}, 32, {}, {}, {1, 1})},
          {"stride that leaves a rest", {2, 3, 10, 9}, attrs({3, 2}, 8, {2, 3}, {}, {1, 0})},
          {"dilation", {1, 4, 11, 11}, attrs({3, 3}, 6, {}, {2, 3}, {2, 1})},
          {"groups", {2, 12, 6, 6}, attrs({3, 3}, 6, {}, {}, {1, 1}, 3)},
          {"one channel a group", {2, 16, 6, 6}, attrs({3, 3}, 16, {}, {}, {}, 16)},
          {"one tap", {2, 16, 5, 5}, attrs({1, 1}, 16, {2, 2})},
          {"one axis", {3, 5, 17}, attrs({4}, 7, {2}, {2}, {3})},
          {"three axes", {2, 3, 5, 6, 4}, attrs({2, 3, 2}, 4, {1, 2, 1}, {}, {1, 1, 0})}};
}

onednn::Convolution described(const Case &c, const Shape &weight, const Shape &output) {
  return {c.data, weight, output, c.attrs.num_group, c.attrs.stride, c.attrs.dilate, c.attrs.pad};
}

Tensor whole(const ArrayRef &array) { return {array->data(), array->shape(), array->dtype()}; }

}  // namespace

Test(convolution, onednn_agrees_with_the_reference) {
  std::mt19937 random(1);
  for (const Case &c : cases()) {
    Shape out_shape = nn::convolution_output(c.data, c.attrs), weight_shape = nn::convolution_weight(c.data, c.attrs);
    auto geometry = nn::convolution_geometry(c.data, out_shape, c.attrs);
    auto description = described(c, weight_shape, out_shape);
    ArrayRef data = random_array(random, c.data), weight = random_array(random, weight_shape);
    ArrayRef bias = random_array(random, {c.attrs.num_filter}), head = random_array(random, out_shape);
    auto at = [](const ArrayRef &array) { return array->data_as<float>(); };
    auto fresh = [](const Shape &shape) { return make_ref<NDArray>(shape, DType::float32); };

    ArrayRef want = fresh(out_shape), got = fresh(out_shape);
    for (bool with_bias : {true, false}) {
      Tensor offset = whole(bias);
      nn::reference_convolution<float>(geometry, at(data), at(weight), with_bias ? at(bias) : nullptr, at(want));
      onednn::convolution(description, whole(data), whole(weight), with_bias ? &offset : nullptr, whole(got)).run({});
      cr_log_info("%s", c.what);
      expect_equal(*got, *want, 1e-4);
    }
    want = fresh(c.data), got = fresh(c.data);
    nn::reference_data_grad<float>(geometry, at(head), at(weight), at(want));
    onednn::data_grad(description, whole(head), whole(weight), whole(got)).run({});
    expect_equal(*got, *want, 1e-4);

    want = fresh(weight_shape), got = fresh(weight_shape);
    nn::reference_weight_grad<float>(geometry, at(head), at(data), at(want));
    ArrayRef want_bias = fresh({c.attrs.num_filter}), got_bias = fresh({c.attrs.num_filter});
    nn::reference_bias_grad<float>(geometry, at(head), at(want_bias));
    Tensor bias_grad = whole(got_bias);
    for (bool with_bias : {false, true}) {
      onednn::weight_grad(description, whole(head), whole(data), whole(got), with_bias ? &bias_grad : nullptr).run({});
      expect_equal(*got, *want, 1e-4);
    }
    expect_equal(*got_bias, *want_bias, 1e-4);
  }
}

Test(convolution, a_shape_seen_before_gives_the_same_bits) {
  std::mt19937 random(2);
  Case c{"", {2, 8, 9, 9}, attrs({3, 3}, 8)};
  Shape out_shape = nn::convolution_output(c.data, c.attrs), weight_shape = nn::convolution_weight(c.data, c.attrs);
  ArrayRef data = random_array(random, c.data), weight = random_array(random, weight_shape);
  std::vector<double> first;
  for (int round = 0; round < 3; ++round) {
    auto out = make_ref<NDArray>(out_shape, DType::float32);
    onednn::convolution(described(c, weight_shape, out_shape), whole(data), whole(weight), nullptr, whole(out)).run({});
    if (round == 0) first = values_of(*out);
    cr_assert(values_of(*out) == first);
  }
}

// A deconvolution with target_shape may ask for more padding at the near end than at the far end.
Test(convolution, onednn_pads_both_ends_apart) {
  std::mt19937 random(3);
  nn::ConvolutionAttrs a = attrs({4}, 3, {}, {}, {2});
  Shape data{1, 2, 6}, out_shape{1, 3, 6}, weight_shape{3, 2, 4};  // 6 + 2 * 2 - 4 + 1 would be 7
  ArrayRef head = random_array(random, out_shape), weight = random_array(random, weight_shape);
  auto want = make_ref<NDArray>(data, DType::float32), got = make_ref<NDArray>(data, DType::float32);
  nn::reference_data_grad<float>(nn::convolution_geometry(data, out_shape, a), head->data_as<float>(),
                                 weight->data_as<float>(), want->data_as<float>());
  onednn::data_grad({data, weight_shape, out_shape, 1, {}, {}, {2}}, whole(head), whole(weight), whole(got)).run({});
  expect_equal(*got, *want, 1e-5);
}

}  // namespace cermet::test
