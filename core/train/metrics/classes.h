// SPDX-License-Identifier: Apache-2.0
// Predictions as scores of classes along one axis, for metrics that compare them with labels.
#pragma once

#include <cmath>

#include "train/rules.h"

namespace cermet {

struct ClassView {
  int64_t outer, classes, inner;
  int64_t count() const { return outer * inner; }
  // Scores of case `k` lie at first + class * inner.
  int64_t first(int64_t k) const { return k / inner * classes * inner + k % inner; }
};

// Labels have one class for each case: the predictions' shape without `axis`, or with a 1 there.
inline ClassView class_view(const MetricBatch &batch, int64_t axis) {
  const Shape &shape = batch.prediction_shape;
  auto at = static_cast<size_t>(normalize_axis(axis, shape.ndim()));
  Shape want = shape, with_one = shape;
  want.erase(at);
  with_one[at] = 1;
  if (!(batch.label_shape == want) && !(batch.label_shape == with_one))
    throw Error(Status::shape, "labels", "got ", batch.label_shape, " for predictions ", shape, "; want ", want);
  if (shape[at] == 0) throw Error(Status::shape, "predictions", "got ", shape, "; want at least 1 class");
  return {shape.product(0, static_cast<int>(at)), shape[at], shape.product(static_cast<int>(at) + 1, shape.ndim())};
}

// The label of case `k` as a class.
inline int64_t class_of(const MetricBatch &batch, int64_t k, int64_t classes) {
  double label = batch.labels[k];
  if (!(label >= 0 && label < static_cast<double>(classes)))
    throw Error(Status::invalid_argument, "labels", "got ", label, "; want a class from 0 to ", classes - 1);
  return static_cast<int64_t>(label);
}

}  // namespace cermet
