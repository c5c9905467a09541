// SPDX-License-Identifier: Apache-2.0
// Casts that change nothing are no steps; those that do, or whose result somebody sees, are.
#include "base/json.h"
#include "check.h"
#include "runtime/executor.h"

namespace cermet::test {
namespace {

std::vector<std::string> steps(const Executor &executor) {
  std::vector<std::string> out;
  auto program = nlohmann::json::parse(executor.describe());
  for (const auto &step : program["steps"]) out.push_back(step["op"]);
  return out;
}

Entry cast(const Entry &entry, DType dtype) { return apply_op("amp_cast", {entry}, {{"dtype", dtype}}); }

using Names = std::vector<std::string>;

}  // namespace

Test(drop_casts, drops_what_changes_nothing) {
  Entry x = variable("x"), y = variable("y");
  Entry both = apply_op("amp_multicast", {cast(x, DType::float32), y}, {{"num_outputs", 2}});
  Entry sum = apply_op("dot", {{both.node, 0}, {both.node, 1}});
  Executor executor({sum}, {spec("x", {3, 3}), spec("y", {3, 3})}, {}, GradReq::write);
  cr_assert(steps(executor) == Names{"dot"});
}

Test(drop_casts, keeps_what_changes_something) {
  Entry x = variable("x"), y = variable("y");
  Entry both = apply_op("amp_multicast", {x, y}, {{"num_outputs", 2}});
  Entry sum = apply_op("dot", {{both.node, 0}, {both.node, 1}});
  Executor executor({sum}, {spec("x", {3, 3}, DType::bfloat16), spec("y", {3, 3})}, {"x", "y"}, GradReq::write);
  Names got = steps(executor);
  auto count = [&](const char *name) { return std::count(got.begin(), got.end(), name); };
  cr_assert_eq(count("amp_cast"), 1);
  cr_assert_eq(count("amp_multicast"), 0);
  cr_assert_geq(count("cast_like"), 1, "x's gradient goes back to its dtype");
}

Test(drop_casts, keeps_outputs_and_gradients_apart_from_variables) {
  Entry x = variable("x");
  Executor executor({cast(x, DType::float32)}, {spec("x", {3})}, {"x"}, GradReq::write);
  std::mt19937 random(1);
  auto array = random_array(random, {3});
  executor.set_array(ArrayRole::argument, "x", array);
  executor.forward(true, nullptr);
  executor.backward({});
  cr_assert(values_of(*executor.output(0)) == values_of(*array));
  cr_assert(values_of(*executor.array(ArrayRole::gradient, "x")) == std::vector<double>(3, 1.0));
}

Test(drop_casts, can_be_left_out) {
  setenv("CERMET_DISABLE", "drop_casts,simplify", 1);
  Executor executor({apply_op("square", {cast(variable("x"), DType::float32)})}, {spec("x", {3})}, {}, GradReq::write);
  unsetenv("CERMET_DISABLE");
  cr_assert(steps(executor) == (Names{"amp_cast", "square"}));
}

}  // namespace cermet::test
