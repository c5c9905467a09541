// SPDX-License-Identifier: Apache-2.0
// Schedules and memory plans of whole graphs: nothing alive is overwritten, whatever the graph.
#include "runtime/program.h"

#include <chrono>

#include <criterion/criterion.h>

#include "graphs.h"

namespace cermet::test {
namespace {

ProgramRequest request_of(const RandomGraph &graph, bool train) {
  ProgramRequest request{graph.outputs, graph.variables, {}, GradReq::write, train, {}};
  if (train) request.wanted = {0, 1, 2};
  return request;
}

// Values that live at the same step and are not each other's successor in place lie apart.
void expect_disjoint(const Program &program) {
  for (size_t a = 0; a < program.values.size(); ++a) {
    const Program::Value &x = program.values[a];
    if (x.home != Program::Home::arena) continue;
    cr_assert_leq(x.offset + x.nbytes(), program.arena_bytes);
    for (size_t b = 0; b < a; ++b) {
      const Program::Value &y = program.values[b];
      if (y.home != Program::Home::arena) continue;
      bool together = x.first <= y.last && y.first <= x.last;
      bool shared = x.offset < y.offset + y.nbytes() && y.offset < x.offset + x.nbytes();
      bool succeeds = x.in_place_of == static_cast<int>(b) && x.first == y.last;
      cr_assert(!together || !shared || succeeds, "values %zu and %zu overlap", a, b);
    }
  }
}

// Inputs are written before they are read and alive when they are.
void expect_ordered(const Program &program) {
  for (size_t s = 0; s < program.steps.size(); ++s) {
    const Program::Step &step = program.steps[s];
    for (size_t slot = 0; slot < step.inputs.size(); ++slot) {
      if (step.inputs[slot] < 0 || step.node->input_def(slot).shape_only) continue;
      const Program::Value &value = program.values[static_cast<size_t>(step.inputs[slot])];
      if (value.home != Program::Home::arena) continue;
      cr_assert(value.first < static_cast<int>(s) && value.last >= static_cast<int>(s));
    }
  }
  for (int output : program.outputs) {
    const Program::Value &value = program.values[static_cast<size_t>(output)];
    cr_assert(value.home == Program::Home::variable || value.last == static_cast<int>(program.steps.size()));
  }
}

}  // namespace

Test(program, plans_of_random_graphs_are_valid) {
  std::mt19937 random(3);
  int in_place = 0;
  for (int round = 0; round < 60; ++round) {
    RandomGraph graph = random_graph(random, 3 + round);
    for (bool train : {false, true}) {
      auto program = compile(request_of(graph, train));
      expect_disjoint(*program);
      expect_ordered(*program);
      cr_assert_geq(program->arena_bytes, program->peak_live_bytes);
      for (const Program::Value &value : program->values) in_place += value.in_place_of >= 0;
    }
  }
  cr_assert_gt(in_place, 100);
}

Test(program, computes_nothing_for_a_shape) {
  Entry x = variable("x");
  Entry big = apply_op("tanh", {x}, {}, "big");
  auto program = compile({{apply_op("ones_like", {big})}, {spec("x", {100})}, {}, GradReq::write, false, {}});
  cr_assert_eq(program->steps.size(), 1u);
  cr_assert_eq(program->arena_bytes, 448);
}

Test(program, a_chain_runs_in_two_buffers_or_in_place) {
  Entry x = variable("x"), entry = x;
  for (int k = 0; k < 50; ++k) entry = apply_op("tanh", {entry});
  auto program = compile({{entry}, {spec("x", {256})}, {}, GradReq::write, false, {}});
  cr_assert_leq(program->arena_bytes, 2 * 1024);
}

// What goes into it may take the memory of the output, or none.
Test(program, rectifiers_keep_their_output_alone) {
  Entry entry = variable("x");
  const int64_t bytes = 4096;
  for (int k = 0; k < 8; ++k)
    entry = apply_op("fully_connected", {apply_op("relu", {entry}), variable(cat("w", k))},
                     {{"num_hidden", int64_t{32}}, {"no_bias", true}});
  std::vector<NamedSpec> specs{spec("x", {32, 32})};
  for (int k = 0; k < 8; ++k) specs.push_back(spec(cat("w", k), {32, 32}));
  auto program = compile({{entry}, specs, {0, 1, 2, 3, 4, 5, 6, 7, 8}, GradReq::write, true, {}});
  cr_assert_leq(program->peak_live_bytes, 12 * bytes);
}

Test(program, long_graphs_compile_in_proportion) {
  auto seconds = [](int length) {
    Entry x = variable("x"), entry = x;
    for (int k = 0; k < length; ++k) entry = apply_op("softmax", {entry});
    auto start = std::chrono::steady_clock::now();
    auto program = compile({{entry}, {spec("x", {16})}, {0}, GradReq::write, true, {}});
    cr_assert_geq(program->steps.size(), 2 * static_cast<size_t>(length));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  // Larger graphs miss the caches, hence not 10; what grows with the square would take 100 times as long.
  double small = seconds(4000), large = seconds(40000);
  cr_assert_lt(large, 40 * small + 0.5, "4,000 nodes took %g s, 40,000 took %g s", small, large);
}

Test(program, errors_name_node_and_operator) {
  Entry sum = apply_op("add", {variable("a"), variable("b")}, {}, "the_sum");
  try {
    compile({{sum}, {spec("a", {2}), spec("b", {3})}, {}, GradReq::write, false, {}});
    cr_assert_fail("wrong shapes were taken");
  } catch (const Error &error) {
    cr_assert_eq(error.status, Status::shape);
    cr_assert_str_eq(error.op.c_str(), "add");
    cr_assert_str_eq(error.node.c_str(), "the_sum");
  }
}

}  // namespace cermet::test
