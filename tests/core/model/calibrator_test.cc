// SPDX-License-Identifier: Apache-2.0
// Nets with residual sums, joined arrays and values of several users stay in integers where they can, and near their
// numbers; and the histograms of calibration.
#include "model/calibrator.h"

#include "check.h"
#include "model/session.h"
#include "ops/quantization/calibrate_entropy.h"
#include "schema/registry.h"

namespace cermet::test {
namespace {

Entry op(const char *name, std::vector<Entry> inputs, const AttrList &attrs = {}, const std::string &node = "") {
  return apply(find_op(name), attrs, node, inputs).front();
}

Entry conv(Entry x, int64_t filters, const std::string &name) {
  x = op("convolution", {std::move(x)}, {{"kernel", {3, 3}}, {"pad", {1, 1}}, {"num_filter", filters}}, name);
  return op("batch_norm", {std::move(x)}, {{"fix_gamma", false}}, name + "_norm");
}

Entry relu(Entry x) { return op("activation", {std::move(x)}, {{"act_type", "relu"}}); }

Ref<Model> random_model(const std::vector<Entry> &outputs, const NamedSpec &input) {
  auto model = make_ref<Model>(make_ref<Symbol>(outputs));
  std::mt19937 random(7);
  Inferred inferred = infer(outputs, {input}, false);
  for (Node *node : inferred.order) {
    if (!node->is_variable() || node->name == input.name || model->is_label(node->name)) continue;
    ArrayRef array = random_array(random, *inferred.specs.at(node)[0].shape);
    if (node->name.ends_with("_var") || node->name.ends_with("gamma"))
      for (int64_t k = 0; k < array->numel(); ++k)
        static_cast<float *>(array->data())[k] = 0.5F + std::abs(static_cast<float *>(array->data())[k]);
    model->set_parameter(node->name, array);
  }
  return model;
}

Ref<Model> quantized_model(const Ref<Model> &model, const NamedSpec &input, Calibration mode,
                           quantized::OutType type = quantized::OutType::automatic) {
  QuantizationRequest request;
  request.model = model;
  request.inputs = {input};
  request.mode = mode;
  request.type = type;
  auto calibrator = make_ref<Calibrator>(request);
  std::mt19937 random(8);
  for (int batch = 0; batch < 4 && mode != Calibration::none; ++batch) {
    copy_values(*random_array(random, *input.spec.shape), *calibrator->input(input.name));
    calibrator->collect();
  }
  return calibrator->quantize();
}

std::vector<double> prediction(const Ref<Model> &model, const NamedSpec &input) {
  auto session = make_ref<Session>(model, std::vector<NamedSpec>{input});
  std::mt19937 random(8);
  copy_values(*random_array(random, *input.spec.shape), *session->input(input.name));
  session->run();
  return values_of(*session->output(0));
}

// How often the model's graph has this operator.
int count(const Model &model, const char *op) {
  int out = 0;
  for (Node *node : topological_order(model.symbol()->outputs)) out += node->op && node->op->name == op;
  return out;
}

double relative_error(const std::vector<double> &got, const std::vector<double> &want) {
  double difference = 0, size = 0;
  for (size_t k = 0; k < want.size(); ++k)
    difference += (got[k] - want[k]) * (got[k] - want[k]), size += want[k] * want[k];
  return std::sqrt(difference / size);
}

}  // namespace

Test(calibrator, a_residual_net_stays_in_integers) {
  NamedSpec input = spec("data", {2, 3, 12, 12});
  Entry stem = relu(conv(variable("data"), 8, "stem"));
  Entry block = relu(op("add", {conv(relu(conv(stem, 8, "a")), 8, "b"), stem}));
  Entry joined = op("concat", {block, op("dropout", {conv(block, 4, "c")})}, {{"dim", 1}, {"num_args", 2}});
  Entry small = op("pooling", {joined}, {{"kernel", {2, 2}}, {"stride", {2, 2}}});
  std::vector<Entry> outputs{op("fully_connected", {op("flatten", {small})}, {{"num_hidden", 5}}, "fc")};
  auto model = random_model(outputs, input);
  auto want = prediction(model, input);
  for (Calibration mode : {Calibration::none, Calibration::naive, Calibration::entropy})
    for (auto type : {quantized::OutType::automatic, quantized::OutType::int8}) {
      auto integers = quantized_model(model, input, mode, type);
      double error = relative_error(prediction(integers, input), want);
      cr_assert_lt(error, mode == Calibration::entropy ? 0.15 : 0.05, "mode %d: %g", static_cast<int>(mode), error);
      cr_assert_eq(count(*integers, "quantized_conv"), 4);
      cr_assert_eq(count(*integers, "quantized_fully_connected"), 1);
      cr_assert_eq(count(*integers, "batch_norm"), 0);
      if (mode == Calibration::none) continue;
      // In at the beginning, out at the end, and a rectifier is nothing of its own where uint8 does without.
      cr_assert_eq(count(*integers, "quantize_v2"), 1);
      cr_assert_eq(count(*integers, "dequantize"), 0);
      cr_assert_eq(count(*integers, "quantized_act"), type == quantized::OutType::int8 ? 3 : 0);
      cr_assert_eq(count(*integers, "quantized_elemwise_add"), 1);
      cr_assert_eq(count(*integers, "quantized_concat"), 1);
      cr_assert_eq(count(*integers, "quantized_pooling"), 1);
    }
}

Test(calibrator, values_with_other_users_are_real_numbers_there) {
  NamedSpec input = spec("data", {2, 3, 8, 8});
  Entry x = op("convolution", {variable("data")}, {{"kernel", {3, 3}}, {"num_filter", 4}}, "a");
  Entry y = op("convolution", {relu(x)}, {{"kernel", {3, 3}}, {"num_filter", 4}}, "b");
  Entry both =
      op("add", {op("sum", {op("sigmoid", {x})}, {{"axis", {1, 2, 3}}}), op("sum", {y}, {{"axis", {1, 2, 3}}})});
  auto model = random_model({both}, input);
  auto integers = quantized_model(model, input, Calibration::naive);
  cr_assert_lt(relative_error(prediction(integers, input), prediction(model, input)), 0.02);
  // The rectifier's input is used elsewhere, so it keeps its sign.
  cr_assert_eq(count(*integers, "quantized_act"), 1);
  cr_assert_eq(count(*integers, "dequantize"), 1);
}

Test(calibrator, a_layer_whose_weights_are_computed_stays_as_it_is) {
  NamedSpec input = spec("data", {2, 3});
  Entry data = variable("data"), weight = op("dot", {data, data}, {{"transpose_b", true}});
  Entry x = op("fully_connected", {op("fully_connected", {data}, {{"num_hidden", 2}}, "a"), weight},
               {{"num_hidden", 2}, {"no_bias", true}}, "b");
  auto integers = quantized_model(random_model({x}, input), input, Calibration::naive);
  cr_assert_eq(count(*integers, "quantized_fully_connected"), 1);
  cr_assert_eq(count(*integers, "fully_connected"), 1);
}

Test(calibrator, histograms_grow_with_their_values) {
  std::mt19937 random(9);
  std::normal_distribution<float> normal;
  ValueRange values("x", true);
  std::vector<float> zeros(100), batch(20000);
  values.add(zeros.data(), 100);
  for (float scale : {1e-3F, 0.5F, 1.0F, 1.0F}) {
    for (float &value : batch) value = scale * normal(random);
    values.add(batch.data(), static_cast<int64_t>(batch.size()));
  }
  float outlier = 1000;
  values.add(&outlier, 1);
  cr_assert_eq(values.ends().max, 1000);
  // One value far off does not decide; the bulk does.
  quantized::Range best = values.best();
  cr_assert(best.max > 1 && best.max < 100, "%g", static_cast<double>(best.max));
  cr_assert_eq(best.min, -best.max);

  ValueRange nothing("x", true);
  nothing.add(zeros.data(), 100);
  cr_assert_eq(nothing.best().max, 0);
  for (float bad : {HUGE_VALF, std::nanf("")})
    cr_assert_eq(status_of([&] { nothing.add(&bad, 1); }), Status::invalid_argument);
}

Test(calibrator, a_cut_keeps_what_its_levels_show) {
  // Every other bin is nearly empty, which levels wider than a bin do not show; one count lies far outside.
  std::vector<double> counts(2001), edges;
  for (size_t k = 0; k <= counts.size(); ++k) edges.push_back(static_cast<double>(k) - 1000.5);
  for (size_t k = 900; k <= 1100; ++k) counts[k] = k % 2 ? 100 : 5;
  counts.back() = 1;
  double threshold = quantized::best_cut(counts, edges, 255).threshold;
  cr_assert(threshold > 100 && threshold < 256, "%g", threshold);
}

}  // namespace cermet::test
