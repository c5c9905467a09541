// SPDX-License-Identifier: Apache-2.0
// Temporary memory of kernels is part of the plan.
#include "check.h"
#include "ops/onednn/convolution.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

// Two convolutions of odd channel counts, for which oneDNN wants layouts of its own.
struct Net {
  Entry first = apply_op("convolution", {variable("x"), variable("w1"), variable("b1")},
                         {{"kernel", {5, 5}}, {"num_filter", 20}});
  Entry second = apply_op("convolution", {apply_op("relu", {first}), variable("w2"), variable("b2")},
                          {{"kernel", {5, 5}}, {"num_filter", 50}});
  Executor executor{{second}, {spec("x", {8, 1, 28, 28})}, {"w1", "b1", "w2", "b2"}, GradReq::write};
};

int64_t workspace_of(const Definition &op, const Tensor &data, const Tensor &weight, const Tensor &output,
                     const Attrs &attrs) {
  KernelContext context;
  context.inputs = {data, weight};
  context.outputs = {output};
  return op.workspace(context, attrs.get());
}

}  // namespace

Test(workspace, the_measured_peak_is_the_planned_one) {
  Net net;
  int64_t before = bytes_in_use();
  net.executor.forward(true, nullptr);  // arrays and arena
  net.executor.backward({});
  int64_t planned = net.executor.arena_bytes() + net.executor.array_bytes();
  cr_assert_eq(bytes_in_use() - before, planned);
  allocator(Device{}).reset_peak();
  for (int round = 0; round < 3; ++round) {
    net.executor.forward(true, nullptr);
    net.executor.backward({});
  }
  cr_assert_eq(allocator(Device{}).stats().peak - before, planned);
}

Test(workspace, is_stated_for_shapes_alone) {
  const Definition &op = find_op("convolution");
  Attrs attrs(op, {{"kernel", {5, 5}}, {"num_filter", 50}, {"no_bias", true}});
  alignas(64) char nothing[64];
  Tensor data{nothing, {8, 20, 12, 12}, DType::float32}, weight{nothing, {50, 20, 5, 5}, DType::float32},
      output{nothing, {8, 50, 8, 8}, DType::float32};
  int64_t bytes = workspace_of(op, data, weight, output, attrs);
  cr_assert_gt(bytes, 0);
  data.dtype = weight.dtype = output.dtype = DType::float64;  // by the reference kernel
  cr_assert_eq(workspace_of(op, data, weight, output, attrs), 0);
}

// What was stated is enough, nothing beyond it is touched, and without it the allocator helps out.
Test(workspace, kernels_stay_within_it) {
  std::mt19937 random(1);
  onednn::Convolution c{{2, 20, 12, 12}, {50, 20, 5, 5}, {2, 50, 8, 8}, 1, {}, {}, {}};
  ArrayRef data = random_array(random, {2, 20, 12, 12}), weight = random_array(random, {50, 20, 5, 5});
  auto want = make_ref<NDArray>(Shape{2, 50, 8, 8}, DType::float32);
  auto got = make_ref<NDArray>(Shape{2, 50, 8, 8}, DType::float32);
  auto whole = [](const ArrayRef &array) { return Tensor{array->data(), array->shape(), array->dtype()}; };
  auto job = [&](const ArrayRef &out) {
    return onednn::convolution(c, whole(data), whole(weight), nullptr, whole(out));
  };
  int64_t bytes = job(got).workspace_bytes(), guard = 4096;
  cr_assert_gt(bytes, 0);
  Storage memory(Device{}, bytes + guard);
  std::fill_n(memory.data() + bytes, guard, char{42});
  int64_t before = bytes_in_use();
  allocator(Device{}).reset_peak();
  job(got).run({memory.data(), bytes});
  cr_assert_eq(allocator(Device{}).stats().peak, before);
  job(want).run({});
  cr_assert_eq(allocator(Device{}).stats().peak, before + bytes);
  expect_equal(*got, *want, 0);
  for (int64_t k = 0; k < guard; ++k) cr_assert_eq(memory.data()[bytes + k], 42);
}

Test(workspace, a_call_takes_it_from_the_pool_and_gives_it_back) {
  std::mt19937 random(2);
  ArrayRef data = random_array(random, {2, 20, 12, 12}), weight = random_array(random, {50, 20, 5, 5});
  int64_t before = bytes_in_use();
  ArrayRef out = invoke_one("convolution", {data, weight}, {{"kernel", {5, 5}}, {"num_filter", 50}, {"no_bias", true}});
  cr_assert_eq(bytes_in_use() - before, out->nbytes());
}

}  // namespace cermet::test
