// SPDX-License-Identifier: Apache-2.0
// Loops of several elementwise operators: what joins them, and that results are those of the operators one by one.
#include <cstdlib>

#include "base/json.h"
#include "check.h"
#include "runtime/executor.h"
#include "runtime/fuse_elementwise.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

std::vector<std::vector<std::string>> loops(const Executor &executor) {
  std::vector<std::vector<std::string>> out;
  auto program = nlohmann::json::parse(executor.describe());
  for (const auto &step : program["steps"])
    if (step.contains("fused")) out.push_back(step["fused"]);
  return out;
}

}  // namespace

Test(fused_loop, joins_a_chain_and_its_gradient) {
  Entry x = variable("x"), w = variable("w");
  Entry y = apply_op("sigmoid", {apply_op("multiply_scalar", {apply_op("add", {x, w})}, {{"scalar", 2.0}})});
  Executor executor({y}, {spec("x", {100}), spec("w", {100})}, {"x"}, GradReq::write);
  auto found = loops(executor);
  cr_assert_eq(found.size(), 2);
  cr_assert(found[0] == (std::vector<std::string>{"add", "multiply_scalar", "sigmoid"}));
}

Test(fused_loop, gives_the_bits_of_the_operators_one_by_one) {
  std::mt19937 random(5);
  for (DType dtype : {DType::float32, DType::float64})
    for (int64_t size : {1, 511, 512, 513, 40000}) {
      Entry x = variable("x"), one = variable("one");
      Entry a = apply_op("tanh", {x}), b = apply_op("subtract", {one, a});
      Entry c = apply_op("add_n", {a, b, x, apply_op("rdivide_scalar", {b}, {{"scalar", 3.0}})});
      Entry y = apply_op("maximum", {c, apply_op("multiply", {a, one})});
      Arrays arrays{{"x", random_array(random, {size}, dtype)}, {"one", random_array(random, {1}, dtype)}};
      Evaluated want = evaluate({y}, arrays, {}, {nullptr});
      Executor executor({y}, {spec("x", {size}, dtype), spec("one", {1}, dtype)}, {}, GradReq::write);
      for (const auto &[name, array] : arrays) executor.set_array(ArrayRole::argument, name, array);
      executor.forward(false, nullptr);
      cr_assert_eq(loops(executor).size(), 1);
      cr_assert(values_of(*executor.output(0)) == values_of(*want.outputs[0]));
    }
}

// Biases, scales of channels, columns, rows and what broadcasts along several axes join; sizes cross blocks and
// threads.
Test(fused_loop, broadcasts_its_operands) {
  std::mt19937 random(8);
  const std::pair<Shape, Shape> cases[] = {
      {{7, 10}, {10}},      {{70, 1030}, {1, 1030}},      {{70, 1030}, {70, 1}},        {{3, 5, 40, 9}, {1, 5, 1, 1}},
      {{3, 5, 40}, {5, 1}}, {{3, 5, 6, 7}, {3, 1, 6, 1}}, {{3, 5, 6, 7}, {1, 5, 1, 7}}, {{2, 600, 3}, {2, 1, 3}},
      {{1, 513}, {513}},    {{4, 1, 5}, {4, 1, 1}},
  };
  for (DType dtype : {DType::float32, DType::float64})
    for (const auto &[whole, small] : cases) {
      Entry x = variable("x"), b = variable("b"), one = variable("one");
      Entry sum = apply_op("add", {x, b});
      Entry y = apply_op("tanh", {apply_op("subtract", {apply_op("multiply", {b, sum}), one})});
      Entry z = apply_op("square", {apply_op("divide", {y, b})});
      std::vector<NamedSpec> specs{spec("x", whole, dtype), spec("b", small, dtype), spec("one", {1}, dtype)};
      Arrays arrays;
      for (const NamedSpec &known : specs) arrays[known.name] = random_array(random, *known.spec.shape, dtype);
      std::vector<std::string> wanted{"x", "b", "one"};
      Evaluated want = evaluate({z}, arrays, wanted, {nullptr});
      Executor executor({z}, specs, wanted, GradReq::write);
      for (const auto &[name, array] : arrays) executor.set_array(ArrayRole::argument, name, array);
      executor.forward(true, nullptr);
      executor.backward({});
      cr_assert(values_of(*executor.output(0)) == values_of(*want.outputs[0]));
      for (size_t k = 0; k < wanted.size(); ++k)
        cr_assert(values_of(*executor.array(ArrayRole::gradient, wanted[k])) == values_of(*want.gradients[k]), "of %s",
                  wanted[k].c_str());
      Executor predicts({z}, specs, {}, GradReq::null);
      cr_assert(loops(predicts) ==
                (std::vector<std::vector<std::string>>{{"add", "multiply", "subtract", "tanh", "divide", "square"}}));
    }
}

// A step of a smaller shape is computed once, not at each place to which it is broadcast.
Test(fused_loop, computes_small_operands_once) {
  Entry x = variable("x"), b = apply_op("exp", {apply_op("negative", {variable("b")})});
  Executor executor({apply_op("tanh", {apply_op("add", {x, b})})}, {spec("x", {50, 20}), spec("b", {20})}, {},
                    GradReq::null);
  cr_assert(loops(executor) == (std::vector<std::vector<std::string>>{{"negative", "exp"}, {"add", "tanh"}}));
}

Test(fused_loop, leaves_alone_what_others_read) {
  Entry x = variable("x"), a = apply_op("tanh", {x}), b = apply_op("exp", {a});
  Executor outputs({b, a}, {spec("x", {10})}, {}, GradReq::write);
  cr_assert(loops(outputs).empty());
  Entry sum = apply_op("sum", {a});
  Executor reads({apply_op("multiply", {b, apply_op("exp", {sum})})}, {spec("x", {10})}, {}, GradReq::write);
  for (const auto &loop : loops(reads)) cr_assert(std::find(loop.begin(), loop.end(), "tanh") == loop.end());
}

Test(fused_loop, splits_very_long_chains) {
  Entry y = variable("x");
  for (int k = 0; k < 100; ++k) y = apply_op("add_scalar", {y}, {{"scalar", 0.5}});
  Executor executor({y}, {spec("x", {10})}, {}, GradReq::write);
  executor.forward(false, nullptr);
  for (double value : values_of(*executor.output(0))) cr_assert_eq(value, 50);
  for (const auto &loop : loops(executor)) cr_assert_leq(loop.size(), FusedLoop::kLongest);
}

// What an operator states as its function is what its kernel computes.
Test(fused_loop, functions_are_those_of_the_kernels) {
  setenv("CERMET_DISABLE", "simplify", 1);  // identity too
  int count = 0;
  for (const Definition *op : registry().all(Kind::op)) {
    if (!op->elementwise || op->samples.empty()) continue;
    const Sample &sample = op->samples.front();
    std::vector<Entry> inputs;
    std::vector<NamedSpec> specs;
    Arrays arrays;
    for (size_t k = 0; k < sample.inputs.size(); ++k) {
      std::string name = cat("x", k);
      inputs.push_back(variable(name));
      specs.push_back(spec(name, sample.inputs[k].shape));
      arrays[name] = array_of(sample.inputs[k].shape, sample.inputs[k].values);
    }
    Entry y = apply_op("negative", {apply_op(op->name, inputs, sample.attrs)});
    Evaluated want = evaluate({y}, arrays, {}, {nullptr});
    Executor executor({y}, specs, {}, GradReq::write);
    for (const auto &[name, array] : arrays) executor.set_array(ArrayRole::argument, name, array);
    executor.forward(false, nullptr);
    cr_assert_eq(loops(executor).size(), 1, "%s", op->name.c_str());
    cr_assert(values_of(*executor.output(0)) == values_of(*want.outputs[0]), "%s", op->name.c_str());
    ++count;
  }
  cr_assert_gt(count, 80);
}

}  // namespace cermet::test
