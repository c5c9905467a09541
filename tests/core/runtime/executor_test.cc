// SPDX-License-Identifier: Apache-2.0
#include "runtime/executor.h"

#include <chrono>
#include <future>
#include <thread>

#include "autograd/gradient.h"
#include "base/json.h"
#include "check.h"
#include "runtime/engine.h"
#include "schema/builder.h"

namespace cermet::test {
namespace {

void set_values(const ArrayRef &array, const NDArray &values) { copy_values(values, *array); }

// y = tanh(x) * w, summed implicitly by the head gradients.
struct Small {
  Entry x = variable("x"), w = variable("w");
  Entry product = apply_op("multiply", {apply_op("tanh", {x}), w}, {}, "product");
  std::vector<NamedSpec> specs{spec("x", {2, 3}), spec("w", {2, 3})};
  Executor executor{{product}, specs, {"x", "w"}, GradReq::write};
  Small() {
    set_values(executor.array(ArrayRole::argument, "x"), *array_of({2, 3}, {0, 0.5, 1, -0.5, -1, 2}));
    set_values(executor.array(ArrayRole::argument, "w"), *array_of({2, 3}, {1, 2, 3, 4, 5, 6}));
  }
};

// A loss whose gradient by its first input is its second as it stands, a value of the forward pass.
struct PassesOn {
  Definition def;
  PassesOn() {
    DefinitionBuilder<NoAttrs> op(def, "passes_on", "test");
    op.input("data", "Values.");
    op.input("factor", "Their gradient.");
    op.output("output");
    op.infer([](InferContext &c, const NoAttrs &) { c.output(0, c.shape(0), c.dtype(0)); });
    op.kernel([](KernelContext &c, const NoAttrs &) {
      for (int64_t k = 0; k < c.outputs[0].numel(); ++k)
        c.outputs[0].as<float>()[k] = c.inputs[0].as<float>()[k] * c.inputs[1].as<float>()[k];
    });
    op.gradient([](GradientContext &g, const NoAttrs &) { g.set(0, g.input(1)); });
  }
  Entry of(Entry data, Entry factor) {
    return {make_ref<Node>(def, Attrs(def, {}), std::vector<Entry>{std::move(data), std::move(factor)}, "passes_on"),
            0};
  }
};

}  // namespace

Test(executor, agrees_with_imperative_calls_on_random_graphs) {
  std::mt19937 random(4);
  const std::vector<std::string> names{"x0", "x1", "x2"};
  for (int round = 0; round < 80; ++round) {
    RandomGraph graph = random_graph(random, 2 + round % 40);
    Arrays arrays;
    for (const NamedSpec &known : graph.variables) arrays[known.name] = random_array(random, *known.spec.shape);
    std::vector<ArrayRef> heads(graph.outputs.size());
    Evaluated plain = evaluate(graph.outputs, arrays, names, heads);
    for (size_t k = 0; k < heads.size(); ++k)
      if (random() % 2) heads[k] = random_array(random, plain.outputs[k]->shape());
    Evaluated want = evaluate(graph.outputs, arrays, names, heads);
    Executor executor(graph.outputs, graph.variables, names, GradReq::write);
    for (const std::string &name : names) executor.set_array(ArrayRole::argument, name, arrays[name]);
    for (int repeat = 0; repeat < 2; ++repeat) {
      executor.forward(false, nullptr);
      for (size_t k = 0; k < want.outputs.size(); ++k)
        expect_equal(*executor.output(static_cast<int>(k)), *want.outputs[k]);
      executor.forward(true, nullptr);
      executor.backward(heads);
      for (size_t k = 0; k < want.outputs.size(); ++k)
        expect_equal(*executor.output(static_cast<int>(k)), *want.outputs[k]);
      for (size_t k = 0; k < names.size(); ++k)
        expect_equal(*executor.array(ArrayRole::gradient, names[k]), *want.gradients[k]);
    }
  }
}

Test(executor, plans_before_it_allocates_and_allocates_what_it_planned) {
  Entry entry = variable("x");
  for (int k = 0; k < 6; ++k) entry = apply_op("multiply", {apply_op("tanh", {entry}), variable(cat("w", k))});
  std::vector<NamedSpec> specs{spec("x", {100, 30})};
  std::vector<std::string> wanted;
  for (int k = 0; k < 6; ++k) {
    specs.push_back(spec(cat("w", k), {100, 30}));
    wanted.push_back(cat("w", k));
  }
  int64_t before = bytes_in_use();
  Executor executor({entry}, specs, wanted, GradReq::write);
  cr_assert_eq(bytes_in_use(), before);
  cr_assert_eq(executor.array_bytes(), 13 * 12000);
  allocator(Device{}).reset_peak();
  executor.forward(true, nullptr);
  executor.backward({});
  cr_assert_eq(bytes_in_use() - before, executor.arena_bytes() + executor.array_bytes());
  cr_assert_eq(allocator(Device{}).stats().peak - before, executor.arena_bytes() + executor.array_bytes());
  executor.forward(false, nullptr);  // needs no more
  cr_assert_eq(bytes_in_use() - before, executor.arena_bytes() + executor.array_bytes());
}

Test(executor, predicts_in_less_memory_than_it_trains) {
  Entry entry = variable("x");
  for (int k = 0; k < 20; ++k) entry = apply_op("tanh", {entry});
  std::vector<NamedSpec> specs{spec("x", {1000})};
  int64_t before = bytes_in_use();
  Executor trains({entry}, specs, {"x"}, GradReq::write), predicts({entry}, specs, {}, GradReq::null);
  cr_assert_gt(trains.arena_bytes(), 5 * predicts.arena_bytes());
  trains.forward(false, nullptr);
  cr_assert_eq(bytes_in_use() - before, predicts.arena_bytes() + 4000,
               "the gradient and the backward pass cost nothing yet");
}

Test(executor, writes_or_adds_gradients) {
  Small small;
  Executor adds({small.product}, small.specs, {"w"}, GradReq::add);
  for (const char *name : {"x", "w"})
    adds.set_array(ArrayRole::argument, name, small.executor.array(ArrayRole::argument, name));
  for (int round = 1; round <= 3; ++round) {
    small.executor.forward(true, nullptr);
    small.executor.backward({});
    adds.forward(true, nullptr);
    adds.backward({});
    auto once = values_of(*small.executor.array(ArrayRole::gradient, "w"));
    auto total = values_of(*adds.array(ArrayRole::gradient, "w"));
    for (size_t k = 0; k < once.size(); ++k) {
      cr_assert_float_eq(once[k], std::tanh(values_of(*adds.array(ArrayRole::argument, "x"))[k]), 1e-6);
      cr_assert_float_eq(total[k], round * once[k], 1e-5);
    }
  }
  cr_assert_eq(status_of([&] { adds.array(ArrayRole::gradient, "x"); }), Status::not_found);
  Executor none({small.product}, small.specs, {"w"}, GradReq::null);
  none.forward(true, nullptr);
  cr_assert_eq(status_of([&] { none.backward({}); }), Status::invalid_argument);
}

Test(executor, gradients_of_what_does_not_matter_are_zero) {
  Entry x = variable("x"), y = variable("y");
  Entry out = apply_op("add", {x, apply_op("zeros_like", {y})});
  Executor executor({out}, {spec("x", {2}), spec("y", {2})}, {"x", "y"}, GradReq::write);
  auto gradient = array_of({2}, {7, 7});
  executor.set_array(ArrayRole::gradient, "y", gradient);
  executor.forward(true, nullptr);
  executor.backward({array_of({2}, {3, 4})});
  cr_assert(values_of(*gradient) == std::vector<double>({0, 0}));
  cr_assert(values_of(*executor.array(ArrayRole::gradient, "x")) == std::vector<double>({3, 4}));
}

Test(executor, outputs_may_be_variables_and_each_other) {
  Entry x = variable("x"), y = apply_op("tanh", {x});
  Executor executor({x, y, y}, {spec("x", {2})}, {"x"}, GradReq::write);
  set_values(executor.array(ArrayRole::argument, "x"), *array_of({2}, {0, 1}));
  executor.forward(true, nullptr);
  executor.backward({});
  cr_assert(executor.output(0) == executor.array(ArrayRole::argument, "x"));
  expect_equal(*executor.output(1), *executor.output(2));
  expect_equal(*executor.array(ArrayRole::gradient, "x"),
               *array_of({2}, {3, 1 + 2 * (1 - std::pow(std::tanh(1.0), 2))}));
}

// It is copied into the gradient's array, in the backward pass: the forward writes no gradient.
Test(executor, gradients_may_be_values_of_the_forward_pass) {
  PassesOn loss;
  Entry x = variable("x"), y = variable("y"), w = variable("w"), t = apply_op("tanh", {w});
  Executor executor({loss.of(x, w), loss.of(y, t), t}, {spec("x", {2}), spec("y", {2}), spec("w", {2})}, {"x", "y"},
                    GradReq::write);
  for (const char *name : {"x", "y", "w"})
    set_values(executor.array(ArrayRole::argument, name), *array_of({2}, {1, 2}));
  auto by_x = executor.array(ArrayRole::gradient, "x"), by_y = executor.array(ArrayRole::gradient, "y");
  for (const ArrayRef &gradient : {by_x, by_y}) set_values(gradient, *array_of({2}, {7, 7}));
  auto tanhs = array_of({2}, {std::tanh(1.0), std::tanh(2.0)});
  executor.forward(true, nullptr);
  expect_equal(*by_x, *array_of({2}, {7, 7}));
  expect_equal(*by_y, *array_of({2}, {7, 7}));
  expect_equal(*executor.output(0), *array_of({2}, {1, 4}));
  executor.backward({});
  expect_equal(*by_x, *array_of({2}, {1, 2}));
  expect_equal(*by_y, *tanhs);
  expect_equal(*executor.output(2), *tanhs);
}

// Gradients that are one value, computed or handed in, have arrays of their own.
Test(executor, gradients_may_be_the_head_and_each_other) {
  Entry x = variable("x"), y = variable("y"), z = variable("z");
  std::vector<NamedSpec> specs{spec("x", {2}), spec("y", {2}), spec("z", {2})};
  Executor executor({apply_op("square", {apply_op("add_n", {x, y})}), apply_op("identity", {z})}, specs,
                    {"x", "y", "z"}, GradReq::write);
  for (const char *name : {"x", "y"}) set_values(executor.array(ArrayRole::argument, name), *array_of({2}, {1, 2}));
  auto head = array_of({2}, {3, 4});
  executor.forward(true, nullptr);
  executor.backward({nullptr, head});
  for (const char *name : {"x", "y"}) expect_equal(*executor.array(ArrayRole::gradient, name), *array_of({2}, {4, 8}));
  expect_equal(*executor.array(ArrayRole::gradient, "z"), *head);
}

Test(executor, backward_waits_for_head_gradients) {
  Small small;
  auto head = array_of({2, 3}, std::vector<double>(6, 1)), two = array_of({2, 3}, std::vector<double>(6, 2));
  auto open = std::make_shared<std::promise<void>>();
  small.executor.forward(true, nullptr);
  set_execution(Execution::async);
  submit({"late", {}, {head->storage()}, [=] {
            open->get_future().wait();
            copy_values(*two, *head);
          }});
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    open->set_value();
  });
  small.executor.backward({head});
  later.join();
  cr_assert_float_eq(values_of(*small.executor.array(ArrayRole::gradient, "w"))[2], 2 * std::tanh(1.0), 1e-5);
  small.executor.forward(true, nullptr);
  submit({"fails", {}, {head->storage()}, [] { throw Error(Status::device, "", "failed"); }});
  cr_assert_eq(status_of([&] { small.executor.backward({head}); }), Status::device);
}

// Who reads a state sees that it was written, in training; predictions only read it, so that sessions may share it.
Test(executor, states_are_written_in_training_only) {
  std::vector<Entry> inputs;
  for (const char *name : {"x", "gamma", "beta", "mean", "variance"}) inputs.push_back(variable(name));
  Executor executor({apply_op("batch_norm", inputs)}, {spec("x", {2, 1})}, {"x"}, GradReq::write);
  for (const char *name : {"mean", "variance"}) {
    auto state = executor.array(ArrayRole::auxiliary, name);
    uint64_t version = state->storage()->version();
    executor.forward(false, nullptr);
    cr_assert_eq(state->storage()->version(), version);
    executor.forward(true, nullptr);
    cr_assert_eq(state->storage()->version(), version + 1);
    executor.backward({});
    cr_assert_eq(state->storage()->version(), version + 1);
  }
}

Test(executor, an_output_lives_as_long_as_its_handle) {
  ArrayRef kept;
  {
    Small small;
    cr_assert_eq(status_of([&] { small.executor.output(0); }), Status::invalid_argument);
    small.executor.forward(false, nullptr);
    kept = small.executor.output(0);
    cr_assert(kept == small.executor.array(ArrayRole::output, "product_output"));
    small.executor.forward(true, nullptr);  // a larger arena
    cr_assert(!(kept == small.executor.output(0)));
  }
  cr_assert_float_eq(values_of(*kept)[2], 3 * std::tanh(1.0), 1e-5);
}

Test(executor, backward_needs_a_forward_each_time) {
  Small small;
  cr_assert_eq(status_of([&] { small.executor.backward({}); }), Status::invalid_argument);
  small.executor.forward(false, nullptr);
  cr_assert_eq(status_of([&] { small.executor.backward({}); }), Status::invalid_argument);
  small.executor.forward(true, nullptr);
  cr_assert_eq(status_of([&] { small.executor.backward({nullptr, nullptr}); }), Status::invalid_argument);
  cr_assert_eq(status_of([&] { small.executor.backward({array_of({3, 2}, std::vector<double>(6))}); }), Status::shape);
  cr_assert_eq(status_of([&] {
                 small.executor.backward({array_of({2, 3}, std::vector<double>(6), DType::float64)});
               }),
               Status::dtype);
  small.executor.backward({});
  cr_assert_eq(status_of([&] { small.executor.backward({}); }), Status::invalid_argument);
}

Test(executor, notices_that_its_memory_was_overwritten) {
  Small small;
  auto other = small.executor.reshape({spec("x", {1, 3}), spec("w", {1, 3})});
  small.executor.forward(true, nullptr);
  other->forward(false, nullptr);
  cr_assert_eq(status_of([&] { small.executor.backward({}); }), Status::invalid_argument);
  small.executor.forward(true, nullptr);
  small.executor.backward({});
}

Test(executor, reshape_shares_arrays_and_arena) {
  Entry x = variable("x"), w = variable("w");
  Entry out = apply_op("tanh", {apply_op("multiply", {x, w})});
  Executor big({out}, {spec("x", {64, 8}), spec("w", {1, 8})}, {"w"}, GradReq::write);
  set_values(big.array(ArrayRole::argument, "w"), *array_of({1, 8}, {1, 2, 3, 4, 5, 6, 7, 8}));
  big.forward(true, nullptr);
  big.backward({});
  int64_t before = bytes_in_use();
  auto small = big.reshape({spec("x", {16, 8}), spec("w", {1, 8})});
  cr_assert(small->array(ArrayRole::argument, "w") == big.array(ArrayRole::argument, "w"));
  cr_assert(small->array(ArrayRole::gradient, "w") == big.array(ArrayRole::gradient, "w"));
  cr_assert(!(small->array(ArrayRole::argument, "x") == big.array(ArrayRole::argument, "x")));
  small->forward(true, nullptr);
  small->backward({});
  cr_assert_eq(bytes_in_use() - before, 16 * 8 * 4, "only x is new");
  cr_assert_eq(small->output(0)->shape()[0], 16);
  for (int batch = 1; batch < 100; ++batch)
    big.reshape({spec("x", {batch, 8}), spec("w", {1, 8})})->forward(true, nullptr);
  cr_assert_lt(bytes_in_use() - before, 100 * 1024, "shapes that come and go leave nothing");
}

Test(executor, refuses_arrays_that_do_not_fit) {
  Small small;
  auto &executor = small.executor;
  auto set = [&](ArrayRole role, const char *name, ArrayRef array) {
    return status_of([&] { executor.set_array(role, name, std::move(array)); });
  };
  auto fits = make_ref<NDArray>(Shape{2, 3}, DType::float32);
  cr_assert_eq(set(ArrayRole::argument, "v", fits), Status::not_found);
  cr_assert_eq(set(ArrayRole::output, "product_output", fits), Status::invalid_argument);
  cr_assert_eq(set(ArrayRole::argument, "x", make_ref<NDArray>(Shape{3, 2}, DType::float32)), Status::shape);
  cr_assert_eq(set(ArrayRole::argument, "x", make_ref<NDArray>(Shape{2, 3}, DType::float64)), Status::dtype);
  cr_assert_eq(set(ArrayRole::argument, "x", transpose_view(*make_ref<NDArray>(Shape{3, 2}, DType::float32), {})),
               Status::unsupported);
  executor.set_array(ArrayRole::argument, "x", fits);
  executor.set_array(ArrayRole::argument, "w", fits);  // two readers may share
  executor.forward(true, nullptr);
  executor.set_array(ArrayRole::gradient, "w", fits);
  cr_assert_eq(status_of([&] { executor.forward(true, nullptr); }), Status::invalid_argument);
}

Test(executor, refuses_what_cannot_be_planned) {
  Small small;
  auto make = [&](std::vector<NamedSpec> specs, std::vector<std::string> wanted) {
    return status_of([&] { Executor({small.product}, specs, wanted, GradReq::write); });
  };
  cr_assert_eq(make({spec("x", {2, 3})}, {}), Status::shape);
  cr_assert_eq(make({spec("x", {2, 3}), spec("w", {2, 3}), spec("z", {1})}, {}), Status::not_found);
  cr_assert_eq(make(small.specs, {"z"}), Status::not_found);
  cr_assert_eq(make(small.specs, {"x", "x"}), Status::invalid_argument);
  cr_assert_eq(make({spec("x", {2, 3}, DType::int32), spec("w", {2, 3}, DType::int32)}, {"x"}), Status::dtype);
}

Test(executor, works_again_after_a_memory_cap_was_hit) {
  Small small;
  Allocator &memory = allocator(Device{});
  memory.set_cap(bytes_in_use() + small.executor.arena_bytes() - 1);
  cr_assert_eq(status_of([&] { small.executor.forward(true, nullptr); }), Status::limit);
  cr_assert_eq(status_of([&] { small.executor.backward({}); }), Status::invalid_argument);
  memory.set_cap(0);
  small.executor.forward(true, nullptr);
  small.executor.backward({});
  cr_assert_float_eq(values_of(*small.executor.output(0))[2], 3 * std::tanh(1.0), 1e-5);
}

Test(executor, takes_empty_arrays) {
  Small small;
  auto empty = small.executor.reshape({spec("x", {0, 3}), spec("w", {0, 3})});
  empty->forward(true, nullptr);
  empty->backward({});
  cr_assert_eq(empty->output(0)->numel(), 0);
}

Test(executor, random_numbers_follow_the_generator) {
  Entry x = variable("x");
  Entry out = apply_op("add", {apply_op("dropout", {x}), apply_op("dropout", {x}, {{"p", 0.2}})});
  Executor executor({out}, {spec("x", {50})}, {"x"}, GradReq::write);
  Arrays arrays{{"x", array_of({50}, std::vector<double>(50, 1))}};
  executor.set_array(ArrayRole::argument, "x", arrays["x"]);
  auto run = [&](Rng &rng) {
    executor.forward(true, &rng);
    executor.backward({});
    return values_of(*executor.output(0));
  };
  Rng one(5), two(5), imperative(5), other(6);
  auto first = run(one);
  cr_assert(first == run(two));
  cr_assert(first != run(one), "the generator went on");
  cr_assert(first != run(other));
  cr_assert(one.state().second == 4, "a stream for each random node of each forward");
  Evaluated want = evaluate({out}, arrays, {"x"}, {nullptr}, &imperative);
  Rng last(5);
  executor.forward(true, &last);
  executor.backward({});
  expect_equal(*executor.output(0), *want.outputs[0]);
  expect_equal(*executor.array(ArrayRole::gradient, "x"), *want.gradients[0]);
  executor.forward(false, &last);
  cr_assert(values_of(*executor.output(0)) == std::vector<double>(50, 2));
}

Test(executor, describes_its_plan) {
  Small small;
  auto plan = nlohmann::json::parse(small.executor.describe());
  cr_assert_eq(plan["arena_bytes"].get<int64_t>(), small.executor.arena_bytes());
  cr_assert_str_eq(plan["steps"][0]["op"].get<std::string>().c_str(), "tanh");
  cr_assert_str_eq(plan["steps"][1]["node"].get<std::string>().c_str(), "product");
  cr_assert_str_eq(plan["steps"].back()["pass"].get<std::string>().c_str(), "backward");
}

Test(executor, long_chains_run_without_recursion) {
  Entry entry = variable("x");
  for (int k = 0; k < 100000; ++k) entry = apply_op("identity", {entry});
  Executor executor({entry}, {spec("x", {4})}, {"x"}, GradReq::write);
  set_values(executor.array(ArrayRole::argument, "x"), *array_of({4}, {1, 2, 3, 4}));
  executor.forward(true, nullptr);
  executor.backward({});
  cr_assert(values_of(*executor.output(0)) == std::vector<double>({1, 2, 3, 4}));
  cr_assert(values_of(*executor.array(ArrayRole::gradient, "x")) == std::vector<double>({1, 1, 1, 1}));
}

Test(executor, own_output_is_no_argument) {
  Small small;
  small.executor.forward(false, nullptr);
  ArrayRef output = small.executor.output(0);
  small.executor.set_array(ArrayRole::argument, "x", output);
  cr_assert_eq(status_of([&] { small.executor.forward(false, nullptr); }), Status::invalid_argument);
}

Test(executor, failed_forward_has_no_output) {
  Entry x = variable("x"), rows = variable("rows");
  Executor executor({apply_op("take", {x, rows}, {{"mode", "raise"}})}, {spec("x", {2, 3}), spec("rows", {1})}, {},
                    GradReq::null);
  executor.forward(false, nullptr);
  executor.output(0);
  executor.set_array(ArrayRole::argument, "rows", array_of({1}, {7}));
  cr_assert_neq(status_of([&] { executor.forward(false, nullptr); }), Status::ok);
  cr_assert_eq(status_of([&] { executor.output(0); }), Status::invalid_argument);
}

Test(executor, variable_outputs_are_those_of_the_run) {
  Entry x = variable("x");
  Executor executor({x, apply_op("negative", {x})}, {spec("x", {2})}, {}, GradReq::null);
  executor.set_array(ArrayRole::argument, "x", array_of({2}, {1, 2}));
  executor.forward(false, nullptr);
  executor.set_array(ArrayRole::argument, "x", array_of({2}, {5, 6}));
  expect_equal(*executor.output(0), *array_of({2}, {1, 2}), 0);
  expect_equal(*executor.output(1), *array_of({2}, {-1, -2}), 0);
}

Test(executor, outputs_are_gone_when_a_sibling_ran) {
  Small small;
  auto sibling = small.executor.reshape({spec("x", {2, 1}), spec("w", {2, 1})});
  small.executor.forward(false, nullptr);
  small.executor.output(0);
  sibling->forward(false, nullptr);
  sibling->output(0);
  cr_assert_eq(status_of([&] { small.executor.output(0); }), Status::invalid_argument);
  small.executor.forward(false, nullptr);
  small.executor.output(0);
}

// A state that one step changes is read where the graph says, by fused loops and by conversions too.
Test(executor, states_are_read_in_their_place) {
  Entry x = variable("x"), mean = variable("mean"), var = variable("var");
  Entry twice = apply_op("multiply_scalar", {mean}, {{"scalar", 2.0}}, "twice");
  Entry normed = apply_op("batch_norm", {x, variable("gamma"), variable("beta"), mean, var}, {{"momentum", 0.0}}, "bn");
  Entry sum = apply_op("add", {twice, apply_op("mean", {normed}, {{"axis", std::vector<int64_t>{0}}}, "m")}, {}, "sum");
  Executor executor({sum}, {spec("x", {2, 3})}, {"gamma"}, GradReq::write);
  executor.set_array(ArrayRole::argument, "x", array_of({2, 3}, {1, 2, 3, 3, 4, 5}));
  executor.set_array(ArrayRole::auxiliary, "mean", array_of({3}, {10, 20, 30}));
  executor.forward(true, nullptr);
  expect_equal(*executor.output(0), *array_of({3}, {20, 40, 60}), 1e-4);
}

Test(executor, converted_states_follow_changes) {
  Entry x = variable("x"), w = variable("w"), g = variable("g"), mom = variable("mom");
  AttrList attrs{{"kernel", {1, 1}}, {"num_filter", int64_t{8}}, {"no_bias", true}};
  Entry before = apply_op("convolution", {x, mom}, attrs, "before");
  Entry update = apply_op("sgd_mom_update", {w, g, mom}, {{"lr", 1.0}, {"momentum", 0.5}}, "update");
  // The second convolution depends on the update, so it comes after it.
  Entry late = apply_op("add", {x, apply_op("sum", {update}, {{"keepdims", true}}, "s")}, {}, "late");
  Entry after = apply_op("convolution", {late, mom}, attrs, "after");
  std::vector<NamedSpec> specs{spec("x", {1, 8, 2, 2}), spec("w", {8, 8, 1, 1}), spec("g", {8, 8, 1, 1}),
                               spec("mom", {8, 8, 1, 1})};
  Executor executor({before, after}, specs, {}, GradReq::null);
  std::mt19937 random(2);
  Arrays arrays;
  for (const NamedSpec &known : specs) arrays[known.name] = random_array(random, *known.spec.shape);
  Evaluated want = evaluate({before, after}, arrays, {}, {nullptr, nullptr}, nullptr, false);
  random.seed(2);  // the same values, which the update has changed
  for (const NamedSpec &known : specs) arrays[known.name] = random_array(random, *known.spec.shape);
  for (const char *name : {"x", "w", "g"}) executor.set_array(ArrayRole::argument, name, arrays[name]);
  executor.set_array(ArrayRole::auxiliary, "mom", arrays["mom"]);
  executor.forward(false, nullptr);
  expect_equal(*executor.output(0), *want.outputs[0], 1e-4);
  expect_equal(*executor.output(1), *want.outputs[1], 1e-4);
}

// A net of many parameters: each is found, bound and asked for by its name.
Test(executor, many_parameters_take_time_in_proportion) {
  auto seconds = [](int count) {
    Entry entry = variable("x");
    std::vector<NamedSpec> specs{spec("x", {4})};
    std::vector<std::string> names;
    for (int k = 0; k < count; ++k) {
      names.push_back(cat("w", k));
      specs.push_back(spec(names.back(), {4}));
      entry = apply_op("multiply", {entry, variable(names.back())});
    }
    auto start = std::chrono::steady_clock::now();
    Executor executor({entry}, specs, names, GradReq::write);
    for (const std::string &name : names) executor.array(ArrayRole::gradient, name);
    for (const std::string &name : names) executor.set_array(ArrayRole::argument, name, array_of({4}, {1, 1, 1, 1}));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  double small = seconds(2000), large = seconds(20000);
  cr_assert_lt(large, 40 * small + 0.5, "2,000 parameters took %g s, 20,000 took %g s", small, large);
}

}  // namespace cermet::test
