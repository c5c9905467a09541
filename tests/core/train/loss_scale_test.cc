// SPDX-License-Identifier: Apache-2.0
// Loss scaling: weights end where unscaled training ends, whatever begins the gradient; float16 keeps gradients that it
// would round to zero; steps that are not finite are left out; and all of it survives a restart.
#include "train/loss_scale.h"

#include "check.h"
#include "graph/mixed_precision.h"
#include "schema/registry.h"
#include "train/trainer.h"

namespace cermet::test {
namespace {

Ref<Optimizer> make_optimizer(const char *name, const AttrList &attrs) {
  const Definition &def = registry().find(Kind::optimizer, name);
  return make_ref<Optimizer>(def, Attrs(def, attrs));
}

Entry op(const char *name, std::vector<Entry> inputs, const AttrList &attrs, const char *node) {
  return cermet::apply(find_op(name), attrs, node, inputs).front();
}

// A net whose gradient begins in `loss`, with its weights.
struct Net {
  explicit Net(const std::string &loss, double weight_scale = 1, std::optional<DType> dtype = {}) {
    Entry scores = op("fully_connected", {variable("data")}, {{"num_hidden", 3}}, "fc");
    if (loss == "softmax_output")
      head = op("softmax_output", {scores}, {{"normalization", "batch"}, {"grad_scale", weight_scale}}, "head");
    else if (loss == "out_grad")
      head = op("softmax_output", {scores}, {{"out_grad", true}, {"grad_scale", weight_scale}}, "head");
    else if (loss == "regression")
      head = op("linear_regression_output", {scores, variable("head_label")}, {{"grad_scale", weight_scale}}, "head");
    else if (loss == "make_loss")
      head = op("make_loss", {op("square", {scores}, {}, "s")}, {{"grad_scale", weight_scale}}, "head");
    else
      head = op("multiply_scalar", {op("square", {scores}, {}, "s")}, {{"scalar", weight_scale}}, "head");
    std::vector<Entry> outputs{head};
    if (loss == "inner") {  // the loss is not the output itself
      head = op("softmax_output", {scores}, {{"grad_scale", weight_scale}}, "head");
      outputs = {op("identity", {head}, {}, "seen")};
    }
    if (dtype) outputs = mixed_precision(outputs, *dtype);
    model = make_ref<Model>(make_ref<Symbol>(outputs));
    labelled = loss != "make_loss" && loss != "none";
    label_shape = loss == "regression" ? Shape{8, 3} : Shape{8};
    std::mt19937 random(5);
    model->set_parameter("fc_weight", random_array(random, {3, 4}));
    model->set_parameter("fc_bias", random_array(random, {3}));
  }
  std::vector<NamedSpec> specs() const {
    std::vector<NamedSpec> out{spec("data", {8, 4})};
    if (labelled) out.push_back(spec("head_label", label_shape));
    return out;
  }
  std::vector<ArrayRef> batch(unsigned seed = 1) const {
    std::mt19937 random(seed);
    std::vector<ArrayRef> out{random_array(random, {8, 4})};
    std::vector<double> labels;
    for (int64_t k = 0; k < label_shape.numel(); ++k) labels.push_back(static_cast<double>(k % 3));
    if (labelled) out.push_back(array_of(label_shape, labels));
    return out;
  }
  std::vector<double> weight() const { return values_of(*model->parameter("fc_weight")); }
  Entry head;
  Ref<Model> model;
  bool labelled;
  Shape label_shape;
};

const char *const kLosses[] = {"softmax_output", "out_grad", "regression", "make_loss", "none", "inner"};

// The weight's change in one step of gradient descent: the gradient times the rate, with its sign changed.
std::vector<double> change(Net net, double scale, double rate = 1) {
  auto optimizer = make_optimizer("sgd", {{"learning_rate", rate}});
  if (scale) optimizer->set_loss_scale(scale, 0);
  Trainer trainer(net.model, net.specs(), optimizer);
  auto before = net.weight();
  trainer.step(net.batch(), nullptr);
  auto after = net.weight();
  for (size_t k = 0; k < after.size(); ++k) after[k] -= before[k];
  return after;
}

double largest(const std::vector<double> &values) {
  double most = 0;
  for (double value : values) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace

Test(loss_scale, changes_no_gradient_of_float32) {
  for (const char *loss : kLosses)
    for (double scale : {2.0, 1024.0, 65536.0}) {
      auto want = change(Net(loss), 0), got = change(Net(loss), scale);
      for (size_t k = 0; k < want.size(); ++k)
        cr_expect(std::abs(got[k] - want[k]) <= 1e-6 * largest(want), "%s by %g: got %g; want %g", loss, scale, got[k],
                  want[k]);
    }
}

// Gradients far below what float16 holds, against those of float32 (whose range is wide enough, see above).
Test(loss_scale, float16_keeps_small_gradients) {
  for (const char *loss : kLosses) {
    constexpr double kSmall = 1e-8;
    auto want = change(Net(loss), 0);
    auto lost = change(Net(loss, kSmall, DType::float16), 0, 1 / kSmall);
    auto kept = change(Net(loss, kSmall, DType::float16), 65536, 1 / kSmall);
    double error = 0;
    for (size_t k = 0; k < want.size(); ++k) error = std::max(error, std::abs(kept[k] - want[k]));
    cr_expect(error < 0.02 * largest(want), "%s: off by %g of %g", loss, error, largest(want));
    cr_expect(largest(lost) < 0.5 * largest(want), "%s: without a scale most is lost", loss);
  }
}

Test(loss_scale, leaves_out_what_is_not_finite) {
  Net net("softmax_output");
  auto optimizer = make_optimizer("adam", {});
  optimizer->set_loss_scale(65536, 2);
  Trainer trainer(net.model, net.specs(), optimizer);
  auto bad = net.batch();
  bad[0]->data_as<float>()[3] = INFINITY;
  auto before = net.weight();
  trainer.step(bad, nullptr);
  cr_assert(net.weight() == before);
  cr_assert_eq(optimizer->num_updates(), 0);
  cr_assert_eq(optimizer->loss_scale().value, 32768);
  cr_assert_eq(optimizer->loss_scale().skipped, 1);
  trainer.step(net.batch(), nullptr);
  cr_assert(!(net.weight() == before));
  cr_assert_eq(optimizer->loss_scale().value, 32768);
  trainer.step(net.batch(), nullptr);
  cr_assert_eq(optimizer->loss_scale().value, 65536, "two good steps");
  cr_assert_eq(optimizer->num_updates(), 2);
}

Test(loss_scale, stays_between_its_ends) {
  LossScale scale{1, 1};
  scale.notice(false);
  cr_assert_eq(scale.value, 1);
  scale.value = LossScale::kMost;
  scale.notice(true);
  cr_assert_eq(scale.value, LossScale::kMost);
  LossScale fixed{8, 0};
  fixed.notice(false);
  fixed.notice(true);
  cr_assert_eq(fixed.value, 8);
  cr_assert_eq(fixed.skipped, 1);
}

Test(loss_scale, refuses_what_is_no_scale) {
  for (double value : {-1.0, 0.5, 1e9, static_cast<double>(NAN), static_cast<double>(INFINITY)})
    cr_expect_eq(status_of([&] { check_loss_scale(value, 0); }), Status::invalid_argument);
  cr_expect_eq(status_of([&] { check_loss_scale(1, -1); }), Status::invalid_argument);
}

Test(loss_scale, may_come_and_go_during_training) {
  Net net("softmax_output"), plain("softmax_output");
  auto optimizer = make_optimizer("sgd", {}), other = make_optimizer("sgd", {});
  Trainer trainer(net.model, net.specs(), optimizer), reference(plain.model, plain.specs(), other);
  for (double scale : {0.0, 512.0, 0.0, 64.0}) {
    optimizer->set_loss_scale(scale, 0);
    trainer.step(net.batch(), nullptr);
    reference.step(plain.batch(), nullptr);
    auto got = net.weight(), want = plain.weight();
    for (size_t k = 0; k < want.size(); ++k) cr_assert_float_eq(got[k], want[k], 1e-6);
  }
}

// Saved and resumed, in either precision, a training goes on with the same bits.
Test(loss_scale, resumes_with_the_same_bits) {
  for (DType dtype : {DType::bfloat16, DType::float16}) {
    Net whole("softmax_output", 1, dtype), half("softmax_output", 1, dtype);
    auto optimizer = make_optimizer("adam", {{"learning_rate", 0.01}});
    if (dtype == DType::float16) optimizer->set_loss_scale(65536, 3);
    Trainer trainer(whole.model, whole.specs(), optimizer);
    for (unsigned step = 0; step < 5; ++step) trainer.step(whole.batch(step), nullptr);
    for (const char *name : {"fc_weight", "fc_bias"}) {
      auto copy = make_ref<NDArray>(whole.model->parameter(name)->shape(), DType::float32);
      copy_values(*whole.model->parameter(name), *copy);
      half.model->set_parameter(name, copy);
    }
    auto resumed = make_optimizer("adam", {{"learning_rate", 0.01}});
    resumed->restore(optimizer->to_bytes());
    cr_assert_eq(resumed->loss_scale().value, optimizer->loss_scale().value);
    cr_assert_eq(resumed->loss_scale().good_steps, optimizer->loss_scale().good_steps);
    Trainer goes_on(half.model, half.specs(), resumed);
    for (unsigned step = 5; step < 9; ++step) {
      trainer.step(whole.batch(step), nullptr);
      goes_on.step(half.batch(step), nullptr);
    }
    cr_assert(whole.weight() == half.weight(), "%s", dtype_name(dtype));
  }
}

}  // namespace cermet::test
