// SPDX-License-Identifier: Apache-2.0
// Values computed once more instead of kept: results stay the same to the bit, budgets are kept, and what changes a
// state or draws random numbers does so once.
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "base/json.h"
#include "check.h"
#include "graph/symbol.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

using Json = nlohmann::json;

struct Net {
  std::vector<Entry> outputs;
  std::vector<NamedSpec> specs;
  std::vector<std::string> wanted;
};

Ref<Executor> make(const Net &net, const ExecutorOptions &options) {
  return make_ref<Executor>(net.outputs, net.specs, net.wanted, GradReq::write, Device{}, make_ref<DerivedValues>(),
                            options);
}

int64_t planned(const Executor &executor) { return executor.arena_bytes() + executor.array_bytes(); }

// How many steps run once more, and their operators.
std::vector<std::string> repeated(const Executor &executor) {
  std::vector<std::string> out;
  const Json program = Json::parse(executor.describe());
  for (const Json &step : program["steps"])
    if (step.contains("recomputed")) out.push_back(step["op"]);
  return out;
}

// Two steps of training on the same values and random numbers: outputs, gradients and states.
std::vector<ArrayRef> trained(Executor &executor, const Net &net) {
  std::mt19937 random(3);
  auto states = list_variables(net.outputs).auxiliary_states;
  for (const NamedSpec &variable : executor.variables()) {
    bool state = std::any_of(states.begin(), states.end(), [&](Node *node) { return node->name == variable.name; });
    executor.set_array(state ? ArrayRole::auxiliary : ArrayRole::argument, variable.name,
                       random_array(random, *variable.spec.shape));
  }
  auto rng = make_ref<Rng>(11);
  std::vector<ArrayRef> out;
  auto take = [&](const ArrayRef &array) { out.push_back(invoke_one("identity", {array})); };
  for (int step = 0; step < 2; ++step) {
    executor.forward(true, rng.get());
    executor.backward({});
    for (size_t k = 0; k < net.outputs.size(); ++k) take(executor.output(static_cast<int>(k)));
    for (const std::string &name : net.wanted) take(executor.array(ArrayRole::gradient, name));
    for (const Node *state : states) take(executor.array(ArrayRole::auxiliary, state->name));
  }
  return out;
}

void expect_same_bits(const std::vector<ArrayRef> &a, const std::vector<ArrayRef> &b) {
  cr_assert_eq(a.size(), b.size());
  for (size_t k = 0; k < a.size(); ++k)
    cr_assert_eq(std::memcmp(a[k]->data(), b[k]->data(), static_cast<size_t>(a[k]->nbytes())), 0, "array %zu", k);
}

Entry op(const char *name, std::vector<Entry> inputs, const AttrList &attrs, const std::string &node) {
  return cermet::apply(find_op(name), attrs, node, inputs).front();
}

// Blocks of convolution, batch normalisation, rectifier, dropout and a way around them.
Net convolutional(int blocks, int64_t batch = 2, int64_t side = 8) {
  Net net;
  Entry x = op("convolution", {variable("x")}, {{"kernel", {3, 3}}, {"num_filter", int64_t{16}}, {"pad", {1, 1}}}, "c");
  for (int k = 0; k < blocks; ++k) {
    Entry h = op("convolution", {x}, {{"kernel", {3, 3}}, {"num_filter", int64_t{16}}, {"pad", {1, 1}}}, cat("c", k));
    h = op("relu", {op("batch_norm", {h}, {{"fix_gamma", false}}, cat("n", k))}, {}, cat("r", k));
    if (k % 2) h = op("dropout", {h}, {{"p", 0.3}}, cat("d", k));
    x = op("add", {x, h}, {}, cat("a", k));
  }
  net.outputs = {op("mean", {x}, {}, "m")};
  net.specs = {spec("x", {batch, 3, side, side})};
  for (Node *node : list_variables(net.outputs).arguments) net.wanted.push_back(node->name);
  return net;
}

// Layers that cost something and whose results the gradients need.
Net chain(int length, int64_t size = 256) {
  Net net;
  Entry x = variable("x");
  for (int k = 0; k < length; ++k) x = apply_op("softmax", {x});
  net.outputs = {x};
  net.specs = {spec("x", {4, size / 4})};
  net.wanted = {"x"};
  return net;
}

void expect_budgets_are_kept(const Net &net) {
  auto whole = make(net, {0, -1});
  cr_assert(repeated(*whole).empty());
  auto want = trained(*whole, net);
  for (double part : {0.9, 0.7, 0.5, 0.3}) {
    auto budget = whole->array_bytes() + static_cast<int64_t>(static_cast<double>(whole->arena_bytes()) * part);
    Ref<Executor> executor;
    try {
      executor = make(net, {budget, 0});
    } catch (const Error &error) {
      cr_assert_eq(error.status, Status::limit);
      continue;
    }
    cr_assert_leq(planned(*executor), budget);
    expect_same_bits(trained(*executor, net), want);
  }
}

}  // namespace

Test(recompute, gives_the_same_bits_for_random_graphs) {
  std::mt19937 random(21);
  size_t steps = 0;
  for (int round = 0; round < 60; ++round) {
    RandomGraph graph = random_graph(random, 4 + round);
    Net net{graph.outputs, graph.variables, {"x0", "x1", "x2"}};
    auto whole = make(net, {0, -1});
    auto want = trained(*whole, net);
    for (double limit : {0.1, 0.5, 10.0}) {
      auto executor = make(net, {0, limit});
      steps += repeated(*executor).size();
      expect_same_bits(trained(*executor, net), want);
    }
  }
  cr_assert_gt(steps, 20, "got %zu", steps);
}

Test(recompute, gives_the_same_bits_for_nets_with_states_and_random_numbers) {
  expect_budgets_are_kept(convolutional(5));
  expect_budgets_are_kept(chain(40));
}

Test(recompute, allocates_what_it_planned) {
  Net net = convolutional(6);
  auto whole = make(net, {0, -1});
  int64_t budget = whole->array_bytes() + whole->arena_bytes() * 6 / 10, before = bytes_in_use();
  auto executor = make(net, {budget, 0});
  cr_assert_gt(repeated(*executor).size(), 0u);
  executor->forward(true, nullptr);
  executor->backward({});
  cr_assert_eq(bytes_in_use() - before, planned(*executor));
  cr_assert_leq(planned(*executor), budget);
}

// As by Chen et al. (2016): about twice the square root of what a chain would keep.
Test(recompute, a_chain_needs_the_square_root_of_its_length) {
  Net net = chain(400);
  int64_t one = 1024, least = 0;
  try {
    make(net, {1, 0});
  } catch (const Error &error) {
    cr_assert_eq(error.status, Status::limit);
    std::string text = error.what();
    least = std::stoll(text.substr(text.find("at least ") + 9));
  }
  cr_assert_leq(least, 55 * one);
  auto executor = make(net, {least, 0});
  cr_assert_eq(planned(*executor), least, "what the message says is enough");
  expect_same_bits(trained(*executor, net), trained(*make(net, {0, -1}), net));
}

Test(recompute, takes_what_costs_least) {
  Net net = convolutional(6, 8, 32);
  auto whole = make(net, {0, -1});
  auto executor = make(net, {whole->array_bytes() + whole->arena_bytes() * 90 / 100, 0});
  auto steps = repeated(*executor);
  cr_assert_gt(steps.size(), 0u);
  for (const std::string &name : steps) cr_assert_neq(name, std::string("convolution"));
  double before = 0;  // more memory, less time
  for (int64_t part : {90, 75, 60, 50}) {
    auto tight = make(net, {whole->array_bytes() + whole->arena_bytes() * part / 100, 0});
    double time = Json::parse(tight->describe())["recompute_time"];
    cr_assert_geq(time, before);
    before = time;
  }
}

Test(recompute, keeps_to_the_time) {
  Net net = convolutional(6);
  int64_t last = make(net, {0, -1})->arena_bytes();
  for (double limit : {0.05, 0.2, 0.4}) {
    auto executor = make(net, {0, limit});
    cr_assert_leq(static_cast<double>(Json::parse(executor->describe())["recompute_time"]), limit);
    cr_assert_leq(executor->arena_bytes(), last);
    last = executor->arena_bytes();
  }
}

Test(recompute, what_is_almost_free_is_the_default_for_large_nets) {
  auto large = make(convolutional(6, 32, 32), {});
  auto steps = repeated(*large);
  cr_assert(std::find(steps.begin(), steps.end(), "batch_norm_apply") != steps.end());
  cr_assert(std::find(steps.begin(), steps.end(), "convolution") == steps.end());
  cr_assert_leq(static_cast<double>(Json::parse(large->describe())["recompute_time"]), RecomputeOptions::kFree);
  cr_assert(repeated(*make(convolutional(6), {})).empty());
}

Test(recompute, can_be_left_out) {
  setenv("CERMET_DISABLE", "recompute", 1);
  cr_assert(repeated(*make(convolutional(6, 32, 32), {})).empty());
}

Test(recompute, refuses) {
  Net net = convolutional(3);
  cr_assert_eq(status_of([&] { make(net, {-1, 0}); }), Status::invalid_argument);
  cr_assert_eq(status_of([&] { make(net, {0, std::nan("")}); }), Status::invalid_argument);
  auto whole = make(net, {0, -1});
  cr_assert_eq(status_of([&] { make(net, {planned(*whole) - 64, -1}); }), Status::limit, "nothing may be run twice");
  cr_assert(repeated(*make(net, {planned(*whole), 0})).empty(), "it fits as it is");
  cr_assert_eq(status_of([&] { make(net, {1000, 0}); }), Status::limit);
}

Test(recompute, nodes_may_ask_for_it) {
  Entry x = variable("x");
  for (int k = 0; k < 6; ++k) {
    x = apply_op("softmax", {x}, {}, cat("s", k));
    if (k == 2) x.node->user_attrs["__force_mirroring__"] = "True";
  }
  Net net{{x}, {spec("x", {8, 8})}, {"x"}};
  auto executor = make(net, {});
  cr_assert(repeated(*executor) == std::vector<std::string>{"softmax"});
  auto want = trained(*executor, net);
  net.outputs[0].node->inputs[0].node->inputs[0].node->inputs[0].node->user_attrs.clear();
  cr_assert(repeated(*make(net, {})).empty());
  expect_same_bits(trained(*make(net, {}), net), want);
}

Test(recompute, long_graphs_take_time_in_proportion) {
  auto seconds = [](int length) {
    Net net = chain(length, 16);
    auto start = std::chrono::steady_clock::now();
    make(net, {int64_t{length} * 32, 0});
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  double small = seconds(3000), large = seconds(30000);
  cr_assert_lt(large, 40 * small + 0.5, "3,000 nodes took %g s, 30,000 took %g s", small, large);
}

}  // namespace cermet::test
