// SPDX-License-Identifier: Apache-2.0
// Distances between predictions and labels of the same shape, and the mean of predictions that are losses themselves.
//
// Each figure is over all values seen since the reset, so batches of unequal size weigh what they hold.
#include <cmath>

#include "train/rules.h"

namespace cermet {
namespace {

struct Row {
  const char *name, *summary;
  double (*distance)(double difference);
  bool root;
};
const Row kRows[] = {
    {"mse", "Mean squared error.", [](double d) { return d * d; }, false},
    {"rmse", "Root of the mean squared error.", [](double d) { return d * d; }, true},
    {"mae", "Mean absolute error.", [](double d) { return std::abs(d); }, false},
};

// Predictions (n, 1) of labels (n) are fine.
void check_shapes(const MetricBatch &batch) {
  Shape labels = batch.label_shape, predictions = batch.prediction_shape;
  for (Shape *shape : {&labels, &predictions})
    if (shape->ndim() == 2 && shape->back() == 1) shape->pop_back();
  if (!(labels == predictions))
    throw Error(Status::shape, "labels", "got ", batch.label_shape, "; want ", batch.prediction_shape,
                " as the predictions");
}

}  // namespace

CERMET_REGISTER(metric_regression)(Registry &registry) {
  for (const Row &row : kRows) {
    auto def = registry.add<NoAttrs>(Kind::metric, row.name, "metric");
    def.doc(row.summary, "Over all values seen; labels have the shape of the predictions.");
    MetricRule &rule =
        make_metric(def, [distance = row.distance](const NoAttrs &, const MetricBatch &batch, double *sums) {
          check_shapes(batch);
          int64_t count = batch.label_shape.numel();
          for (int64_t k = 0; k < count; ++k) sums[0] += distance(batch.labels[k] - batch.predictions[k]);
          sums[1] += static_cast<double>(count);
        });
    if (row.root) rule.value = [](const void *, const double *sums) { return std::sqrt(sums[0] / sums[1]); };
  }
}

CERMET_REGISTER(metric_loss)(Registry &registry) {
  auto def = registry.add<NoAttrs>(Kind::metric, "loss", "metric");
  def.doc("Mean of the predictions: for outputs that are losses.", "Labels do not matter.");
  MetricRule &rule = make_metric(def, [](const NoAttrs &, const MetricBatch &batch, double *sums) {
    int64_t count = batch.prediction_shape.numel();
    for (int64_t k = 0; k < count; ++k) sums[0] += batch.predictions[k];
    sums[1] += static_cast<double>(count);
  });
  rule.needs_labels = false;
}

}  // namespace cermet
