// SPDX-License-Identifier: Apache-2.0
// Logarithm of the probability given to the right class: its mean, and that as a power.
#include <algorithm>

#include "train/metrics/classes.h"

namespace cermet {
namespace {

struct CrossEntropy {
  int64_t axis = 1;
  double eps = 1e-12;
};

struct Perplexity {
  int64_t axis = -1;
  std::optional<int64_t> ignore_label;
};

}  // namespace

CERMET_REGISTER(metric_cross_entropy)(Registry &registry) {
  auto def = registry.add<CrossEntropy>(Kind::metric, "cross_entropy", "metric");
  def.doc("Mean of -log(probability of the label + eps).", "Predictions are probabilities, as softmax gives them.");
  def.alias("negative_log_likelihood", "ce", "nll_loss");
  def.attr("axis", &CrossEntropy::axis, "Axis of the predictions that counts classes.").kind(AttrKind::axis);
  def.attr("eps", &CrossEntropy::eps, "Added to probabilities, so that none is 0.").min(0);
  make_metric(def, [](const CrossEntropy &a, const MetricBatch &batch, double *sums) {
    ClassView view = class_view(batch, a.axis);
    for (int64_t k = 0; k < view.count(); ++k)
      sums[0] -= std::log(batch.predictions[view.first(k) + class_of(batch, k, view.classes) * view.inner] + a.eps);
    sums[1] += static_cast<double>(view.count());
  });
}

CERMET_REGISTER(metric_perplexity)(Registry &registry) {
  auto def = registry.add<Perplexity>(Kind::metric, "perplexity", "metric");
  def.doc("exp of the mean cross-entropy: how many classes the model hesitates between.",
          "Predictions are probabilities; those below 1e-10 count as 1e-10.");
  def.attr("axis", &Perplexity::axis, "Axis of the predictions that counts classes.").kind(AttrKind::axis);
  def.attr("ignore_label", &Perplexity::ignore_label, "Cases with this label do not count (padding).")
      .kind(AttrKind::index);
  MetricRule &rule = make_metric(def, [](const Perplexity &a, const MetricBatch &batch, double *sums) {
    ClassView view = class_view(batch, a.axis);
    for (int64_t k = 0; k < view.count(); ++k) {
      if (a.ignore_label && batch.labels[k] == static_cast<double>(*a.ignore_label)) continue;
      double probability = batch.predictions[view.first(k) + class_of(batch, k, view.classes) * view.inner];
      sums[0] -= std::log(std::max(probability, 1e-10));
      sums[1] += 1;
    }
  });
  rule.value = [](const void *, const double *sums) { return std::exp(sums[0] / sums[1]); };
}

}  // namespace cermet
