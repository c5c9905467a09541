// SPDX-License-Identifier: Apache-2.0
// F1 of two classes.
#include "train/metrics/classes.h"

namespace cermet {
namespace {
enum Sum { true_positive, predicted, actual, kNumSums };
}

CERMET_REGISTER(metric_f1)(Registry &registry) {
  auto def = registry.add<NoAttrs>(Kind::metric, "f1", "metric");
  def.doc(
      "F1 of class 1 among two: harmonic mean of precision and recall.",
      "Scores of the two classes lie along axis 1. Over all cases seen; 0 if class 1 is neither there nor predicted.");
  MetricRule &rule = make_metric(def, [](const NoAttrs &, const MetricBatch &batch, double *sums) {
    ClassView view = class_view(batch, 1);
    if (view.classes != 2)
      throw Error(Status::shape, "predictions", "got ", batch.prediction_shape, "; want 2 classes");
    for (int64_t k = 0; k < view.count(); ++k) {
      const double *scores = batch.predictions + view.first(k);
      bool positive = scores[view.inner] > scores[0], label = class_of(batch, k, 2) == 1;
      sums[true_positive] += positive && label;
      sums[predicted] += positive;
      sums[actual] += label;
    }
  });
  rule.num_sums = kNumSums;
  rule.value = [](const void *, const double *sums) {
    double all = sums[predicted] + sums[actual];
    return all == 0 ? 0 : 2 * sums[true_positive] / all;
  };
}

}  // namespace cermet
