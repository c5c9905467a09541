// SPDX-License-Identifier: Apache-2.0
// A metric: sums over batches, and the figure they make.
#pragma once

#include "schema/attrs.h"
#include "tensor/ndarray.h"
#include "train/rules.h"

namespace cermet {

class Metric : public RefCounted {
 public:
  Metric(const Definition &def, Attrs attrs);
  // Waits for the values. `labels` may be null where the metric needs none.
  void update(const ArrayRef &labels, const ArrayRef &predictions);
  double value() const;  // NaN before the first update
  void reset();

 private:
  const Definition &def_;
  const Attrs attrs_;
  const MetricRule &rule_;
  std::vector<double> sums_;
  bool empty_ = true;
};

}  // namespace cermet
