// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include "check.h"
#include "train/initialize.h"

namespace cermet::test {
namespace {

const Definition &definition(Kind kind, const char *name) { return registry().find(kind, name); }

Ref<Optimizer> make_optimizer(const char *name, const AttrList &attrs) {
  const Definition &def = definition(Kind::optimizer, name);
  return make_ref<Optimizer>(def, Attrs(def, attrs));
}

Ref<Metric> make_metric(const char *name) {
  const Definition &def = definition(Kind::metric, name);
  return make_ref<Metric>(def, Attrs(def, {}));
}

Entry first(const char *op, const char *name, const std::vector<Entry> &inputs, const AttrList &attrs) {
  return apply(definition(Kind::op, op), attrs, name, inputs).front();
}

std::vector<NamedSpec> batch_of(int64_t rows) { return {spec("data", {rows, 6}), spec("head_label", {rows})}; }

// A classifier with one hidden layer, and rows whose class is the larger of two sums.
struct Classifier {
  Classifier() {
    Entry hidden = first("fully_connected", "hidden", {variable("data")}, {{"num_hidden", 16}});
    hidden = first("activation", "relu", {hidden}, {{"act_type", "relu"}});
    Entry scores = first("fully_connected", "scores", {hidden}, {{"num_hidden", 2}});
    Entry head = first("softmax_output", "head", {scores}, {{"normalization", "batch"}});
    model = make_ref<Model>(make_ref<Symbol>(std::vector<Entry>{head}));
    Rng rng(1);
    initialize(*model, batch_of(32), nullptr, Attrs(), rng);
  }
  std::vector<ArrayRef> batch(int64_t rows) {
    auto data = random_array(random, {rows, 6});
    auto values = values_of(*data);
    std::vector<double> labels;
    for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
      const double *x = values.data() + 6 * row;
      labels.push_back(x[0] + x[1] + x[2] > x[3] + x[4] + x[5] ? 1 : 0);
    }
    return {data, array_of({rows}, labels)};
  }
  Ref<Model> model;
  std::mt19937 random{7};
};

}  // namespace

Test(trainer, learns_and_evaluates) {
  Classifier classifier;
  Trainer trainer(classifier.model, batch_of(32), make_optimizer("sgd", {{"learning_rate", 0.5}, {"momentum", 0.9}}));
  auto accuracy = make_metric("accuracy");
  trainer.add_metric(accuracy, 1, 0);
  for (int step = 0; step < 200; ++step) trainer.step(classifier.batch(32), nullptr);
  accuracy->reset();
  for (int step = 0; step < 10; ++step) trainer.evaluate(classifier.batch(100));
  cr_assert_gt(accuracy->value(), 0.95);
  cr_assert_eq(trainer.output(0)->shape()[0], 100);
}

Test(trainer, steps_as_executor_and_formula_say) {
  Classifier classifier;
  auto batch = classifier.batch(8);
  Executor executor(classifier.model->symbol()->outputs, batch_of(8), {"hidden_weight", "scores_bias"}, GradReq::write);
  for (const std::string &name : classifier.model->parameters())
    executor.set_array(ArrayRole::argument, name, classifier.model->parameter(name));
  executor.set_array(ArrayRole::argument, "data", batch[0]);
  executor.set_array(ArrayRole::argument, "head_label", batch[1]);
  executor.forward(true, nullptr);
  executor.backward({});
  std::vector<ArrayRef> wanted;
  for (const char *name : {"hidden_weight", "scores_bias"}) {
    auto weight = values_of(*classifier.model->parameter(name)),
         grad = values_of(*executor.array(ArrayRole::gradient, name));
    for (size_t k = 0; k < weight.size(); ++k) weight[k] -= 0.25 * grad[k];
    wanted.push_back(array_of(classifier.model->parameter(name)->shape(), weight));
  }
  Trainer trainer(classifier.model, batch_of(8), make_optimizer("sgd", {{"learning_rate", 0.25}}));
  trainer.step(batch, nullptr);
  expect_equal(*classifier.model->parameter("hidden_weight"), *wanted[0]);
  expect_equal(*classifier.model->parameter("scores_bias"), *wanted[1]);
}

Test(trainer, batch_sizes_come_and_go) {
  Classifier classifier;
  Trainer trainer(classifier.model, batch_of(32), make_optimizer("adam", {}));
  for (int64_t rows : {32, 7, 32, 1, 40}) {
    trainer.step(classifier.batch(rows), nullptr);
    cr_assert_eq(trainer.output(0)->shape()[0], rows);
  }
  int64_t before = bytes_in_use();
  for (int64_t rows : {32, 7, 32, 1, 40}) trainer.step(classifier.batch(rows), nullptr);
  cr_assert_eq(bytes_in_use(), before, "a size seen before needs nothing new");
}

Test(trainer, plans_what_it_allocates) {
  int64_t before = bytes_in_use();
  Classifier classifier;
  Trainer trainer(classifier.model, batch_of(32), make_optimizer("adam", {}));
  auto batch = classifier.batch(32);
  trainer.step(batch, nullptr);
  int64_t batch_bytes = batch[0]->nbytes() + batch[1]->nbytes();
  cr_assert_eq(bytes_in_use() - before, trainer.arena_bytes() + trainer.array_bytes() + batch_bytes);
  for (int step = 0; step < 5; ++step) trainer.step(batch, nullptr);
  cr_assert_eq(bytes_in_use() - before, trainer.arena_bytes() + trainer.array_bytes() + batch_bytes);
}

Test(trainer, leaves_frozen_parameters_alone) {
  Classifier classifier;
  for (Node *node : list_variables(classifier.model->symbol()->outputs).arguments)
    if (node->name == "hidden_weight") node->user_attrs["__lr_mult__"] = "0";
  auto before = values_of(*classifier.model->parameter("hidden_weight"));
  auto others = values_of(*classifier.model->parameter("scores_weight"));
  Trainer trainer(classifier.model, batch_of(32), make_optimizer("sgd", {{"learning_rate", 0.5}, {"wd", 0.1}}));
  trainer.step(classifier.batch(32), nullptr);
  cr_assert(values_of(*classifier.model->parameter("hidden_weight")) == before);
  cr_assert(values_of(*classifier.model->parameter("scores_weight")) != others);
}

Test(trainer, evaluates_what_it_cannot_train) {
  Classifier classifier;
  for (Node *node : list_variables(classifier.model->symbol()->outputs).arguments)
    node->user_attrs["__lr_mult__"] = "0";
  Trainer trainer(classifier.model, batch_of(32), make_optimizer("sgd", {}));
  auto batch = classifier.batch(32);
  trainer.evaluate(batch);
  cr_assert_eq(status_of([&] { trainer.step(batch, nullptr); }), Status::invalid_argument);
}

Test(trainer, refuses_what_does_not_fit) {
  Classifier classifier;
  auto sgd = make_optimizer("sgd", {});
  cr_assert_eq(status_of([&] { Trainer(classifier.model, {}, sgd); }), Status::invalid_argument);
  cr_assert_eq(status_of([&] { Trainer(classifier.model, {spec("dat", {32, 6})}, sgd); }), Status::not_found);
  cr_assert_eq(status_of([&] {
                 Trainer(classifier.model, {spec("data", {32, 7}), spec("head_label", {32})}, sgd);
               }),
               Status::shape);
  Trainer trainer(classifier.model, batch_of(32), sgd);
  auto batch = classifier.batch(32), other = classifier.batch(16);
  cr_assert_eq(status_of([&] { trainer.step({batch[0]}, nullptr); }), Status::invalid_argument);
  cr_assert_eq(status_of([&] { trainer.step({batch[1], batch[0]}, nullptr); }), Status::shape);
  cr_assert_eq(status_of([&] { trainer.step({batch[0], other[1]}, nullptr); }), Status::shape);
  cr_assert_eq(status_of([&] {
                 trainer.step({batch[0], array_of({32}, values_of(*batch[1]), DType::int32)}, nullptr);
               }),
               Status::dtype);
  cr_assert_eq(status_of([&] { trainer.add_metric(make_metric("accuracy"), 2, 0); }), Status::invalid_argument);
  cr_assert_eq(status_of([&] { trainer.add_metric(make_metric("accuracy"), 1, 1); }), Status::invalid_argument);
  trainer.step(batch, nullptr);
}

Test(trainer, takes_strided_batches) {
  Classifier one, two;
  auto batch = one.batch(4);
  auto strided = transpose_view(*array_of({6, 4},
                                          [&] {
                                            auto values = values_of(*batch[0]);
                                            std::vector<double> turned;
                                            for (size_t c = 0; c < 6; ++c)
                                              for (size_t r = 0; r < 4; ++r) turned.push_back(values[r * 6 + c]);
                                            return turned;
                                          }()),
                                {});
  Trainer dense(one.model, batch_of(4), make_optimizer("sgd", {})),
      views(two.model, batch_of(4), make_optimizer("sgd", {}));
  dense.step(batch, nullptr);
  views.step({strided, batch[1]}, nullptr);
  expect_equal(*views.output(0), *dense.output(0));
}

}  // namespace cermet::test
