// SPDX-License-Identifier: Apache-2.0
#include "train/metric.h"

#include <limits>

#include "runtime/ordered_copy.h"

namespace cermet {
namespace {

const MetricRule &rule_of(const Definition &def) {
  if (def.kind != Kind::metric)
    throw Error(Status::invalid_argument, "metric", "got the ", kind_name(def.kind), " ", quoted(def.name));
  return *std::any_cast<MetricRule>(&def.rule);
}

// A copy of the values as float64.
ArrayRef as_doubles(const ArrayRef &array) {
  auto out = make_ref<NDArray>(array->shape(), DType::float64);
  ordered_copy(*array, *out);
  return out;
}

}  // namespace

Metric::Metric(const Definition &def, Attrs attrs)
    : def_(def), attrs_(std::move(attrs)), rule_(rule_of(def)), sums_(static_cast<size_t>(rule_.num_sums)) {}

void Metric::update(const ArrayRef &labels, const ArrayRef &predictions) try {
  if (!predictions) throw Error(Status::invalid_argument, "predictions", "is missing");
  if (rule_.needs_labels && !labels) throw Error(Status::invalid_argument, "labels", "is missing");
  ArrayRef prediction_values = as_doubles(predictions), label_values;
  MetricBatch batch;
  batch.prediction_shape = predictions->shape();
  batch.predictions = prediction_values->data_as<double>();
  if (rule_.needs_labels) {
    label_values = as_doubles(labels);
    batch.label_shape = labels->shape();
    batch.labels = label_values->data_as<double>();
  }
  std::vector<double> sums = sums_;  // so that a refused batch leaves no trace
  rule_.update(attrs_.get(), batch, sums.data());
  sums_ = std::move(sums);
  empty_ = false;
} catch (Error &error) {
  error.at_op(def_.name);
  throw;
}

double Metric::value() const {
  return empty_ ? std::numeric_limits<double>::quiet_NaN() : rule_.value(attrs_.get(), sums_.data());
}

void Metric::reset() {
  sums_.assign(sums_.size(), 0);
  empty_ = true;
}

}  // namespace cermet
