// SPDX-License-Identifier: Apache-2.0
// Convolutions by Winograd's way against the reference in float64, forward and backward.
#include <cstdlib>

#include "base/isa.h"
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
  std::vector<int64_t> pad{1, 1};
  bool no_bias = false;
  std::vector<int64_t> kernel{3, 3}, stride{1, 1};
  int64_t groups = 1;
};

Entry convolution(const Case &c) {
  return apply(find_op("convolution"),
               {{"kernel", c.kernel},
                {"num_filter", c.filters},
                {"pad", c.pad},
                {"stride", c.stride},
                {"num_group", c.groups},
                {"no_bias", c.no_bias}},
               "c", {variable("x")})
      .front();
}

bool uses_winograd(const Executor &executor) { return executor.describe().find("Winograd's") != std::string::npos; }

// Root of the mean square of the difference, over that of the wanted values.
double relative_error(const NDArray &got, const NDArray &want) {
  auto a = values_of(got), b = values_of(want);
  double difference = 0, size = 0;
  for (size_t k = 0; k < a.size(); ++k) difference += (a[k] - b[k]) * (a[k] - b[k]), size += b[k] * b[k];
  return std::sqrt(difference / size);
}

// Whether the program for this convolution, with gradients, does it Winograd's way; its numbers are right either way.
bool check(const Case &c) {
  std::vector<Entry> outputs{convolution(c)};
  std::vector<std::string> names;
  for (Node *node : list_variables(outputs).arguments) names.push_back(node->name);
  auto executor = make_ref<Executor>(outputs, std::vector<NamedSpec>{spec("x", c.data)}, names, GradReq::write);
  std::mt19937 random(5);
  Arrays exact;
  for (const NamedSpec &known : executor->variables()) {
    ArrayRef array = random_array(random, *known.spec.shape);
    executor->set_array(ArrayRole::argument, known.name, array);
    exact[known.name] = invoke_one("cast", {array}, {{"dtype", "float64"}});
  }
  for (bool train : {false, true}) {
    executor->forward(train, nullptr);
    ArrayRef head = random_array(random, executor->output(0)->shape());
    std::vector<ArrayRef> heads{invoke_one("cast", {head}, {{"dtype", "float64"}})};
    Evaluated want = evaluate(outputs, exact, names, heads);
    double error = relative_error(*executor->output(0), *want.outputs[0]);
    cr_assert_lt(error, 1e-6, "output: %g", error);
    if (!train) continue;
    executor->backward({head});
    for (size_t k = 0; k < names.size(); ++k)
      cr_assert_lt(relative_error(*executor->array(ArrayRole::gradient, names[k]), *want.gradients[k]), 1e-6, "%s",
                   names[k].c_str());
  }
  return uses_winograd(*executor);
}

}  // namespace

Test(winograd, agrees_with_the_reference) {
  bool fires = isa() != Isa::baseline;
  for (std::vector<int64_t> pad : {std::vector<int64_t>{0, 0}, {1, 1}, {2, 2}, {1, 0}})
    cr_assert_eq(check({{2, 32, 13, 11}, 64, pad}), fires);
  cr_assert_eq(check({{3, 64, 30, 29}, 32, {1, 1}, true}), fires, "several chunks of tiles");
  cr_assert_eq(check({{1, 96, 16, 12}, 32}), fires, "one image");
}

Test(winograd, is_for_one_kind_of_convolution) {
  cr_assert_not(check({{2, 32, 13, 11}, 64, {1, 1}, true, {3, 3}, {2, 2}}), "stride");
  cr_assert_not(check({{2, 32, 13, 11}, 64, {2, 2}, true, {5, 5}}), "kernel");
  cr_assert_not(check({{2, 64, 13, 11}, 64, {1, 1}, true, {3, 3}, {1, 1}, 2}), "groups");
  cr_assert_not(check({{1, 64, 7, 7}, 64}), "too few tiles");
  cr_assert_not(check({{2, 20, 16, 16}, 50}), "channels that fill no block");
}

Test(winograd, can_be_left_out) {
  setenv("CERMET_DISABLE", "winograd", 1);
  cr_assert_not(check({{2, 32, 13, 11}, 64}));
}

}  // namespace cermet::test
