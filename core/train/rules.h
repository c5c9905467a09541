// SPDX-License-Identifier: Apache-2.0
// What `Definition::rule` holds for optimizers, metrics, initializers and schedules. Each such definition is one file
// in train/optimizers, metrics, initializers or schedules that says CERMET_REGISTER(stem); adding one edits nothing
// else.
//
// `make_optimizer` and its like turn functions of the definition's own attribute struct into the type-erased ones kept
// here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/philox.h"
#include "schema/registry.h"

namespace cermet {

// ---- Optimizers: which update operator (ops/optimizer) does the work, and with what attributes. Formulas are there
// only.

struct OptimizerStep {
  double learning_rate = 0, wd = 0;  // with the parameter's multipliers
  int64_t count = 1;                 // this update's number for this parameter, from 1
};

struct OptimizerRule {
  std::function<double(const void *attrs)> learning_rate, wd, rescale_grad;
  // Inputs of the operator: weight, grad, then states, which start at 0; its one output is the weight, in place.
  std::function<std::string(const void *attrs)> op;
  // Its attributes, but for rescale_grad.
  std::function<AttrList(const void *attrs, const OptimizerStep &step)> step;
};

// Attributes that all optimizers have.
struct OptimizerAttrs {
  double learning_rate = 0.01, wd = 0, rescale_grad = 1;
  std::optional<double> clip_gradient;
};

template <class A>
void declare_optimizer_attrs(DefinitionBuilder<A> &def) {
  def.attr("learning_rate", &A::learning_rate, "Step size; a schedule scales it over time.").min(0);
  def.attr("wd", &A::wd, "Weight decay: strength of the pull towards 0.").min(0);
  def.attr("rescale_grad", &A::rescale_grad, "Factor on gradients, before anything else (e.g. 1 / batch size).");
  def.attr("clip_gradient", &A::clip_gradient, "Limit on the size of each gradient value; absent: none.").above(0);
}

// The step's own attributes, which all update operators have, and `more`.
AttrList step_attrs(const OptimizerAttrs &attrs, const OptimizerStep &step, const AttrList &more = {});

// op(attrs) -> name of the operator, step(attrs, step) -> its attributes.
template <class A, class Op, class Step>
void make_optimizer(DefinitionBuilder<A> &def, Op op, Step step) {
  def.definition().rule =
      OptimizerRule{[](const void *attrs) { return static_cast<const A *>(attrs)->learning_rate; },
                    [](const void *attrs) { return static_cast<const A *>(attrs)->wd; },
                    [](const void *attrs) { return static_cast<const A *>(attrs)->rescale_grad; },
                    [op](const void *attrs) -> std::string { return op(*static_cast<const A *>(attrs)); },
                    [step](const void *attrs, const OptimizerStep &s) -> AttrList {
                      return step(*static_cast<const A *>(attrs), s);
                    }};
}

// ---- Metrics: sums over batches, and the figure made of them.

struct MetricBatch {
  Shape label_shape, prediction_shape;
  const double *labels = nullptr, *predictions = nullptr;  // labels: null where the metric does not need them
};

struct MetricRule {
  int num_sums = 2;
  bool needs_labels = true;
  // Adds a batch. Throws, without harm, for what does not fit.
  std::function<void(const void *attrs, const MetricBatch &batch, double *sums)> update;
  std::function<double(const void *attrs, const double *sums)> value;
};

// update(attrs, batch, sums) adds to sums[0] (total) and sums[1] (count); the figure is their ratio.
template <class A, class Update>
MetricRule &make_metric(DefinitionBuilder<A> &def, Update update) {
  def.definition().rule = MetricRule{2, true,
                                     [update](const void *attrs, const MetricBatch &batch, double *sums) {
                                       update(*static_cast<const A *>(attrs), batch, sums);
                                     },
                                     [](const void *, const double *sums) { return sums[0] / sums[1]; }};
  return *std::any_cast<MetricRule>(&def.definition().rule);
}

// ---- Initializers: values of a new parameter, the same for any number of threads.

struct NewParameter {
  const std::string &name;
  const Shape &shape;
  Philox random;
  float *values;
};

struct InitializerRule {
  std::function<void(const void *attrs, const NewParameter &parameter)> fill;
};

template <class A, class Fill>
void make_initializer(DefinitionBuilder<A> &def, Fill fill) {
  def.definition().rule = InitializerRule{
      [fill](const void *attrs, const NewParameter &parameter) { fill(*static_cast<const A *>(attrs), parameter); }};
}

// ---- Schedules: the learning rate of update number `update` (from 1).

struct ScheduleRule {
  std::function<double(const void *attrs, double base, int64_t update)> rate;
};

}  // namespace cermet
