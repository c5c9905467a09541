// SPDX-License-Identifier: Apache-2.0
// What operators of neural networks, losses and optimizers refuse, and the words they refuse it in. A new check is a
// new row.
#include "check.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

struct Refused {
  const char *op;
  std::vector<std::pair<std::string, std::string>> attrs;  // as texts
  std::vector<Shape> inputs;
  const char *message;  // after the operator's name
};

std::vector<Refused> refused() {
  return {
      {"convolution",
       {{"kernel", "(5,)"}, {"num_filter", "1"}},
       {{1, 1, 4}, {1, 1, 5}, {1}},
       "kernel: got a reach of 5 over spatial axis 0; want at most the padded size 4 of data (1, 1, 4)"},
      {"convolution",
       {{"kernel", "(0,)"}, {"num_filter", "1"}},
       {{1, 1, 4}, {1, 1, 5}, {1}},
       "kernel: got (0,); want 1 to 16777216"},
      {"convolution",
       {{"kernel", "(1,1,1,1)"}, {"num_filter", "1"}},
       {{1, 1, 4}},
       "kernel: got 4 numbers; want 1 to 3"},
      {"convolution",
       {{"kernel", "(2,2)"}, {"stride", "(1,1,1)"}, {"num_filter", "1"}},
       {{1, 1, 4}},
       "stride: got 3 numbers; want 2 as in kernel"},
      {"convolution",
       {{"kernel", "(2,2)"}, {"stride", "(0,1)"}, {"num_filter", "1"}},
       {{1, 1, 4}},
       "stride: got (0, 1); want 1 to 16777216"},
      {"convolution",
       {{"kernel", "(2,)"}, {"pad", "(-1,)"}, {"num_filter", "1"}},
       {{1, 1, 4}},
       "pad: got (-1,); want 0 to 16777216"},
      {"convolution",
       {{"kernel", "(2,)"}, {"num_filter", "3"}, {"num_group", "2"}},
       {{1, 2, 4}},
       "num_filter: got 3; want a multiple of num_group 2"},
      {"convolution",
       {{"kernel", "(2,)"}, {"num_filter", "2"}, {"num_group", "2"}},
       {{1, 3, 4}, {2, 1, 2}, {2}},
       "data: got (1, 3, 4); want a number of channels that num_group 2 divides"},
      {"convolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}},
       {{4, 4}, {1, 1, 2}, {1}},
       "data: got (4, 4); want 3 dimensions: batch, channels and 1 spatial"},
      {"convolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}},
       {{1, 1, 4}, {1, 1, 3}, {1}},
       "weight: got (1, 1, 3); want (1, 1, 2)"},
      {"convolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}},
       {{1, 1, 4}, {1, 1, 2}},
       "bias: is missing; want an array"},
      {"convolution",
       {{"kernel", "(2,2)"}, {"num_filter", "1"}, {"layout", "NHWC"}},
       {{1, 1, 4, 4}},
       "layout: got NHWC; want channels first: NCW, NCHW or NCDHW"},
      {"convolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}, {"layout", "NCHW"}},
       {{1, 1, 4}},
       "layout: got NCHW; want NCW for a kernel of 1 axes"},
      {"convolution", {{"kernel", "(2,)"}}, {{1, 1, 4}}, "num_filter: is missing; want int"},
      {"pooling", {}, {{1, 1, 4}}, "kernel: got 0 numbers; want 1 to 3"},
      {"pooling", {{"kernel", "(2,)"}, {"pad", "(2,)"}}, {{1, 1, 4}}, "pad: got 2; want less than the kernel's 2"},
      {"pooling",
       {{"kernel", "(2,)"}, {"pool_type", "lp"}},
       {{1, 1, 4}},
       "p_value: is missing; want 1, 2 or 3 for pool_type lp"},
      {"pooling",
       {{"kernel", "(2,)"}, {"pool_type", "lp"}, {"p_value", "4"}},
       {{1, 1, 4}},
       "p_value: got 4; want 1 to 3"},
      {"pooling",
       {{"kernel", "(5,)"}},
       {{1, 1, 4}},
       "kernel: got 5 for spatial axis 0; want at most the padded size 4 of data (1, 1, 4)"},
      {"pooling",
       {{"kernel", "(2,)"}, {"pad", "(1,)"}, {"pooling_convention", "same"}},
       {{1, 1, 4}},
       "pad: got 1; want 0 with pooling_convention same"},
      {"pooling",
       {{"global_pool", "True"}},
       {{1, 4}},
       "data: got (1, 4); want 3 to 5 dimensions: batch, channels, spatial"},
      {"deconvolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}, {"adj", "(1,)"}},
       {{1, 1, 4}},
       "adj: got 1; want less than the stride 1"},
      {"deconvolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}, {"target_shape", "(9,)"}},
       {{1, 1, 4}, {1, 1, 2}},
       "target_shape: got 9 for spatial axis 0; want at most 5 for data (1, 1, 4)"},
      {"deconvolution",
       {{"kernel", "(2,)"}, {"num_filter", "1"}, {"pad", "(3,)"}},
       {{1, 1, 4}, {1, 1, 2}},
       "pad: got 3; want less, as data (1, 1, 4) gives an output of size -1"},
      {"deconvolution",
       {{"kernel", "(2,)"}, {"num_filter", "2"}, {"num_group", "2"}},
       {{1, 3, 4}, {3, 1, 2}},
       "data: got (1, 3, 4); want a number of channels that num_group 2 divides"},
      {"fully_connected", {{"num_hidden", "0"}}, {{2, 3}}, "num_hidden: got 0; want 1 to 2147483647"},
      {"fully_connected", {{"num_hidden", "2"}}, {{2, 3}, {2, 4}, {2}}, "weight: got (2, 4); want (2, 3)"},
      {"fully_connected", {{"num_hidden", "2"}}, {{}, {2, 1}, {2}}, "data: got (); want at least 1 dimension"},
      {"batch_norm", {{"axis", "3"}}, {{2, 3}, {3}, {3}, {3}, {3}}, "axis: got 3; want -2 to 1 for rank 2"},
      {"batch_norm", {}, {{2, 3}, {2}, {3}, {3}, {3}}, "gamma: got (2,); want (3,)"},
      {"batch_norm", {{"momentum", "1.5"}}, {{2, 3}, {3}, {3}, {3}, {3}}, "momentum: got 1.5; want 0 to 1"},
      {"sync_batch_norm",
       {{"output_mean_var", "True"}},
       {{2, 3}, {3}, {3}, {3}, {3}},
       "output_mean_var: got true; want false"},
      {"layer_norm", {}, {{2, 3}, {2}, {3}}, "gamma: got (2,); want (3,)"},
      {"group_norm",
       {{"num_groups", "2"}},
       {{2, 4}, {2}, {2}},
       "data: got (2, 4); want at least 3 dimensions: batch, channels, spatial"},
      {"group_norm",
       {{"num_groups", "3"}},
       {{2, 4, 1}, {3}, {3}},
       "data: got (2, 4, 1); want a number of channels that num_groups 3 divides"},
      {"group_norm", {{"output_mean_var", "True"}}, {{2, 4, 1}, {1}, {1}}, "output_mean_var: got true; want false"},
      {"instance_norm",
       {},
       {{2, 4}, {4}, {4}},
       "data: got (2, 4); want at least 3 dimensions: batch, channels, spatial"},
      {"leaky_relu",
       {{"act_type", "rrelu"}, {"lower_bound", "0.5"}, {"upper_bound", "0.2"}},
       {{2}},
       "lower_bound: got 0.5; want at most upper_bound 0.2"},
      {"leaky_relu", {{"act_type", "prelu"}}, {{2, 3}, {2}}, "gamma: got (2,); want (3,)"},
      {"softmax", {{"temperature", "0"}}, {{2}}, "temperature: got 0; want more than 0"},
      {"softmax", {{"axis", "1"}}, {{2}}, "axis: got 1; want -1 to 0 for rank 1"},
      {"softmax", {{"use_length", "True"}}, {{2, 3}, {3}}, "length: got (3,); want (2,)"},
      {"log_softmax", {{"use_length", "True"}}, {{2, 3}}, "use_length: got true; want false"},
      {"softmax_output", {}, {{2, 3}, {3}}, "label: got (3,); want (2,) for data (2, 3)"},
      {"softmax_output", {{"multi_output", "True"}}, {{2}, {2}}, "data: got (2,); want at least 2 dimensions"},
      {"linear_regression_output", {}, {{2, 3}, {2}}, "label: got (2,); want (2, 3) for data (2, 3)"},
      {"svm_output", {}, {{2}, {2}}, "data: got (2,); want 2 dimensions"},
      {"lrn", {{"nsize", "2"}}, {{1, 2, 1, 1}}, "nsize: got 2; want an odd number"},
      {"up_sampling",
       {{"scale", "2"}, {"sample_type", "bilinear"}},
       {{1, 1, 2, 2}},
       "sample_type: got bilinear; want nearest (or use deconvolution)"},
      {"up_sampling",
       {{"scale", "2"}, {"sample_type", "nearest"}},
       {{1, 1, 2}},
       "data[0]: got (1, 1, 2); want 4 dimensions"},
      {"up_sampling",
       {{"scale", "2"}, {"sample_type", "nearest"}, {"num_args", "2"}},
       {{1, 1, 2, 2}, {1, 1, 3, 3}},
       "data[1]: got (1, 1, 3, 3); want a shape that a whole factor brings to (1, 1, 4, 4)"},
      {"dropout", {{"p", "2"}}, {{2}}, "p: got 2; want 0 to 1"},
      {"dropout", {{"axes", "(1,)"}, {"mode", "always"}}, {{2}}, "axes: got 1; want -1 to 0 for rank 1"},
      {"sgd_update", {{"lr", "0.1"}}, {{2}, {3}}, "grad: got (3,); want (2,)"},
      {"sgd_mom_update", {}, {{2}, {2}, {2}}, "lr: is missing; want float"},
      {"adamw_update",
       {{"lr", "0.1"}, {"eta", "1"}},
       {{2}, {2}, {2}, {2}, {2}},
       "rescale_grad: got (2,); want one element"},
      {"multi_sgd_update",
       {{"lrs", "(0.1,0.1)"}, {"wds", "(0,0)"}},
       {{2}, {2}},
       "lrs: got 2 numbers; want num_weights 1"},
      {"multi_sgd_update",
       {{"lrs", "(0.1,0.1)"}, {"wds", "(0,0)"}, {"num_weights", "2"}},
       {{2}, {2}},
       "data: got 2 arrays; want 4 for num_weights 2"},
      {"ftml_update", {{"lr", "0.1"}, {"t", "0"}}, {{2}, {2}, {2}, {2}, {2}}, "t: got 0; want at least 1"},
      {"lamb_update_phase2", {{"lr", "0.1"}}, {{2}, {2}, {2}, {1}}, "r1: got (2,); want one element"},
      {"all_finite", {{"init_output", "False"}}, {{2}}, "init_output: got false; want true"},
  };
}

std::string message_of(const Refused &row) {
  try {
    const Definition &op = find_op(row.op);
    std::vector<ArrayRef> inputs;
    for (const Shape &shape : row.inputs) {
      inputs.push_back(make_ref<NDArray>(shape, DType::float32));
      fill_zero(*inputs.back());
    }
    invoke(op, Attrs::from_text(op, row.attrs), inputs, nullptr, nullptr);
  } catch (const Error &error) {
    return error.message();
  }
  return "accepted";
}

}  // namespace

Test(refusals, name_operator_argument_value_and_range) {
  for (const Refused &row : refused()) {
    std::string got = message_of(row), want = cat(row.op, ": ", row.message);
    cr_expect(got == want, "got  %s\nwant %s", got.c_str(), want.c_str());
  }
}

}  // namespace cermet::test
