// SPDX-License-Identifier: Apache-2.0
// What predictions keep that follows from parameters: made once, made anew when a parameter changes in whatever way,
// shared where it is the same. Batch normalisation folded into the layer before it.
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "model/session.h"
#include "runtime/executor.h"
#include "runtime/invoke.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

constexpr int64_t kBatch = 2;

Entry op(const char *name, std::vector<Entry> inputs, const AttrList &attrs, const char *node) {
  return cermet::apply(find_op(name), attrs, node, inputs).front();
}
Entry conv(Entry data, int64_t filters, const char *node, bool no_bias = true) {
  return op("convolution", {std::move(data)},
            {{"kernel", {3, 3}}, {"num_filter", filters}, {"pad", {1, 1}}, {"no_bias", no_bias}}, node);
}
Entry norm(Entry data, const char *node, bool fix_gamma = false) {
  return op("batch_norm", {std::move(data)}, {{"fix_gamma", fix_gamma}}, node);
}

std::vector<NamedSpec> data_spec(DType dtype = DType::float32) { return {spec("x", {kBatch, 8, 6, 6}, dtype)}; }

Arrays random_arrays(const Executor &executor) {
  std::mt19937 random(7);
  Arrays arrays;
  for (const NamedSpec &known : executor.variables()) {
    arrays[known.name] = random_array(random, *known.spec.shape, *known.spec.dtype);
    if (known.name.find("moving_var") != std::string::npos)
      arrays[known.name] = invoke_one("add_scalar", {invoke_one("abs", {arrays[known.name]})}, {{"scalar", 0.5}});
  }
  return arrays;
}

void give(Executor &executor, const std::vector<Entry> &outputs, const Arrays &arrays) {
  Variables variables = list_variables(outputs);
  for (Node *node : variables.arguments) executor.set_array(ArrayRole::argument, node->name, arrays.at(node->name));
  for (Node *node : variables.auxiliary_states)
    executor.set_array(ArrayRole::auxiliary, node->name, arrays.at(node->name));
}

void expect_predictions(Executor &executor, const std::vector<Entry> &outputs, const Arrays &arrays) {
  Evaluated want = evaluate(outputs, arrays, {}, std::vector<ArrayRef>(outputs.size()), nullptr, false);
  executor.forward(false, nullptr);
  for (size_t k = 0; k < outputs.size(); ++k)
    expect_equal(*executor.output(static_cast<int>(k)), *want.outputs[k], 1e-4);
}

Ref<Executor> check(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &specs) {
  auto executor = make_ref<Executor>(outputs, specs, std::vector<std::string>{}, GradReq::null);
  Arrays arrays = random_arrays(*executor);
  give(*executor, outputs, arrays);
  for (int run = 0; run < 2; ++run) expect_predictions(*executor, outputs, arrays);
  return executor;
}

bool mentions(const Executor &executor, const char *text) {
  return executor.describe().find(text) != std::string::npos;
}
bool normalises(const Executor &executor) { return mentions(executor, "\"op\":\"batch_norm\""); }

}  // namespace

Test(fold_batch_norm, into_convolutions_and_dense_layers) {
  Entry x = variable("x");
  for (bool fix_gamma : {false, true})
    for (bool no_bias : {false, true}) {
      Entry h = norm(conv(norm(conv(x, 16, "c1", no_bias), "n1", fix_gamma), 8, "c2", no_bias), "n2", fix_gamma);
      Entry d = norm(op("fully_connected", {h}, {{"num_hidden", int64_t{5}}, {"no_bias", no_bias}}, "d"), "n3");
      for (DType dtype : {DType::float32, DType::float64}) cr_assert_not(normalises(*check({d}, data_spec(dtype))));
    }
}

Test(fold_batch_norm, grouped_and_strided) {
  Entry h = op("convolution", {variable("x")},
               {{"kernel", {3, 2}}, {"num_filter", int64_t{12}}, {"num_group", int64_t{4}}, {"stride", {2, 1}}}, "c");
  cr_assert_not(normalises(*check({norm(h, "n")}, data_spec())));
}

Test(fold_batch_norm, refuses) {
  Entry x = variable("x"), h = conv(x, 8, "c");
  cr_assert(normalises(*check({norm(h, "n"), h}, data_spec())), "the convolution's output is wanted");
  cr_assert(normalises(*check({op("add", {norm(h, "n"), op("relu", {h}, {}, "r")}, {}, "s")}, data_spec())),
            "the convolution's output is read twice");
  cr_assert(normalises(*check({norm(x, "n")}, data_spec())), "there is no layer before");
  Entry last = op("batch_norm", {h}, {{"axis", int64_t{3}}}, "n");
  cr_assert(normalises(*check({last}, data_spec())), "another axis");
  Entry shown = norm(h, "n");
  cr_assert(normalises(*check({shown, {shown.node, 1}}, data_spec())), "the statistics are wanted");
  Entry made = op("convolution", {x, op("multiply_scalar", {variable("w")}, {{"scalar", 2.0}}, "w2")},
                  {{"kernel", {3, 3}}, {"num_filter", int64_t{8}}, {"no_bias", true}}, "c");
  std::vector<NamedSpec> specs = data_spec();
  specs.push_back(spec("w", {8, 8, 3, 3}));
  cr_assert(normalises(*check({norm(made, "n")}, specs)), "the weight is no variable");
  auto training =
      make_ref<Executor>(std::vector<Entry>{norm(h, "n")}, data_spec(), std::vector<std::string>{"x"}, GradReq::write);
  cr_assert(normalises(*training), "training takes the statistics of the batch");
}

Test(fold_batch_norm, can_be_left_out) {
  setenv("CERMET_DISABLE", "choose_formats,fold_batch_norm", 1);
  cr_assert(normalises(*check({norm(conv(variable("x"), 8, "c"), "n")}, data_spec())));
}

Test(derived, follows_every_kind_of_change) {
  std::vector<Entry> outputs{norm(conv(variable("x"), 16, "c"), "n")};
  auto executor = make_ref<Executor>(outputs, data_spec(), std::vector<std::string>{}, GradReq::null);
  cr_assert(mentions(*executor, "\"pass\":\"derived\""));
  Arrays arrays = random_arrays(*executor);
  give(*executor, outputs, arrays);
  expect_predictions(*executor, outputs, arrays);
  std::mt19937 random(11);
  for (const char *name : {"c_weight", "n_gamma", "n_moving_mean"}) {
    ArrayRef fresh = random_array(random, arrays[name]->shape());
    // Written through the engine.
    invoke(find_op("identity"), Attrs(find_op("identity"), {}), std::span(&fresh, 1), nullptr, nullptr,
           std::span(&arrays[name], 1));
    expect_predictions(*executor, outputs, arrays);
    // Another array.
    arrays[name] = random_array(random, arrays[name]->shape());
    give(*executor, outputs, arrays);
    expect_predictions(*executor, outputs, arrays);
    // Written behind the engine's back by who got the address earlier.
    arrays[name]->storage()->expose();
    for (int times = 0; times < 2; ++times) {
      fresh = random_array(random, arrays[name]->shape());
      std::memcpy(arrays[name]->data(), fresh->data(), static_cast<size_t>(fresh->nbytes()));
      expect_predictions(*executor, outputs, arrays);
    }
  }
}

Test(derived, follows_views_of_one_array) {
  std::vector<Entry> outputs{conv(variable("x"), 8, "c")};
  auto executor = make_ref<Executor>(outputs, data_spec(), std::vector<std::string>{}, GradReq::null);
  cr_assert(mentions(*executor, "\"pass\":\"derived\""));
  std::mt19937 random(11);
  Arrays arrays = random_arrays(*executor);
  Shape shape = arrays["c_weight"]->shape();
  ArrayRef both = random_array(random, {2 * shape.numel()});
  for (int64_t half : {0, 1, 0}) {
    arrays["c_weight"] =
        make_ref<NDArray>(both->storage(), shape, dense_strides(shape), half * 4 * shape.numel(), DType::float32);
    give(*executor, outputs, arrays);
    expect_predictions(*executor, outputs, arrays);
  }
}

Test(derived, is_counted_and_shared_by_sessions_of_a_model) {
  auto symbol = make_ref<Symbol>(std::vector<Entry>{norm(conv(variable("x"), 64, "c"), "n")});
  auto model = make_ref<Model>(symbol);
  {
    auto executor = make_ref<Executor>(symbol->outputs, data_spec(), std::vector<std::string>{}, GradReq::null);
    Arrays arrays = random_arrays(*executor);
    arrays.erase("x");
    for (auto &[name, array] : arrays) model->set_parameter(name, array);
  }
  int64_t before = bytes_in_use();
  auto first = make_ref<Session>(model, data_spec());
  int64_t planned = first->planned_bytes();
  first->run();
  cr_assert_eq(bytes_in_use() - before, planned);
  auto second = make_ref<Session>(model, data_spec());
  second->run();
  int64_t weight = 64 * 8 * 3 * 3 * 4;
  cr_assert_leq(bytes_in_use() - before, 2 * planned - weight, "the weights as kernels want them are there once");
  expect_equal(*second->output(0), *first->output(0), 0);
}

Test(derived, values_that_data_decides_are_not) {
  Entry x = variable("x"), scale = op("mean", {x}, {}, "m");
  auto executor = check({op("multiply", {conv(x, 8, "c"), scale}, {}, "p")}, data_spec());
  cr_assert(mentions(*executor, "\"op\":\"mean\",\"node\":\"m\",\"pass\":\"forward\""));
  Entry noisy = op("dropout", {op("multiply_scalar", {variable("w")}, {{"scalar", 1.0}}, "w1")}, {}, "d");
  cr_assert_not(mentions(*check({noisy}, {spec("w", {3})}), "\"pass\":\"derived\""), "w is an input, not a parameter");
}

Test(derived, a_failure_is_no_result) {
  Entry x = variable("x");
  Entry h = op("fully_connected", {x, op("take", {variable("table"), variable("rows")}, {{"mode", "raise"}}, "t")},
               {{"num_hidden", int64_t{2}}, {"no_bias", true}}, "d");
  auto executor = make_ref<Executor>(
      std::vector<Entry>{h}, std::vector<NamedSpec>{spec("x", {1, 3}), spec("table", {4, 3}), spec("rows", {2})},
      std::vector<std::string>{}, GradReq::null);
  executor->set_array(ArrayRole::argument, "rows", array_of({2}, {0, 9}));
  for (int run = 0; run < 2; ++run)
    cr_assert_neq(status_of([&] { executor->forward(false, nullptr); }), Status::ok, "run %d", run);
}

}  // namespace cermet::test
