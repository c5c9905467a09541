// SPDX-License-Identifier: Apache-2.0
// Share of right classes.
#include "train/metrics/classes.h"

namespace cermet {
namespace {

struct Accuracy {
  int64_t axis = 1;
};

struct TopK {
  int64_t top_k = 1;
};

// Whether class `label` is among the k highest scores, earlier classes winning ties. A score that is not a number hits
// nothing and stands above all others, so that a model that has run away is never right.
bool hits(const double *scores, int64_t label, const ClassView &view, int64_t top_k) {
  double own = scores[label * view.inner];
  int64_t higher = 0;
  for (int64_t c = 0; c < view.classes; ++c) {
    double score = scores[c * view.inner];
    higher += score > own || (score == own && c < label) || std::isnan(score);
  }
  return higher < top_k && !std::isnan(own);
}

void count_hits(const MetricBatch &batch, int64_t axis, int64_t top_k, double *sums) {
  ClassView view = class_view(batch, axis);
  for (int64_t k = 0; k < view.count(); ++k) {
    double label = batch.labels[k];
    bool known = label >= 0 && label < static_cast<double>(view.classes);  // another class is never predicted
    sums[0] += known && hits(batch.predictions + view.first(k), static_cast<int64_t>(label), view, top_k);
  }
  sums[1] += static_cast<double>(view.count());
}

void count_equal(const MetricBatch &batch, double *sums) {
  int64_t count = batch.label_shape.numel();
  for (int64_t k = 0; k < count; ++k) sums[0] += std::trunc(batch.labels[k]) == std::trunc(batch.predictions[k]);
  sums[1] += static_cast<double>(count);
}

}  // namespace

CERMET_REGISTER(metric_accuracy)(Registry &registry) {
  auto def = registry.add<Accuracy>(Kind::metric, "accuracy", "metric");
  def.doc("Share of cases whose highest score is that of the label.",
          "Predictions have a score for each class along `axis`. Predictions of the labels' own shape are taken as "
          "classes.");
  def.alias("acc");
  def.attr("axis", &Accuracy::axis, "Axis of the predictions that counts classes.").kind(AttrKind::axis);
  make_metric(def, [](const Accuracy &a, const MetricBatch &batch, double *sums) {
    if (batch.label_shape == batch.prediction_shape)
      count_equal(batch, sums);
    else
      count_hits(batch, a.axis, 1, sums);
  });
}

CERMET_REGISTER(metric_top_k_accuracy)(Registry &registry) {
  auto def = registry.add<TopK>(Kind::metric, "top_k_accuracy", "metric");
  def.doc("Share of cases whose label is among the k highest scores.",
          "Scores lie along axis 1; earlier classes win ties.");
  def.alias("top_k_acc");
  def.attr("top_k", &TopK::top_k, "How many of the highest scores count.").min(1);
  make_metric(def, [](const TopK &a, const MetricBatch &batch, double *sums) { count_hits(batch, 1, a.top_k, sums); });
}

}  // namespace cermet
