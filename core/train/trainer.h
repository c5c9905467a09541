// SPDX-License-Identifier: Apache-2.0
// A trainer: forward, backward, update and metrics as one call, on a model's parameters in place. One thread at a time.
#pragma once

#include "model/parameters.h"
#include "runtime/executor_cache.h"
#include "train/metric.h"
#include "train/optimizer.h"

namespace cermet {

class Trainer : public RefCounted {
 public:
  // `inputs`: data and labels, in the order in which steps take them. All other arguments with a floating dtype are
  // trained, unless their "__lr_mult__" is 0.
  Trainer(Ref<Model> model, std::vector<NamedSpec> inputs, Ref<Optimizer> optimizer,
          const ExecutorOptions &options = {});

  void add_metric(Ref<Metric> metric, int label_input, int output);
  // Batches may differ from `inputs` in their first dimension.
  void step(const std::vector<ArrayRef> &arrays, Rng *rng);
  void evaluate(const std::vector<ArrayRef> &arrays);
  // Of the last step or evaluation.
  ArrayRef output(int index) { return executors_.current().output(index); }

  const Ref<Optimizer> &optimizer() const { return optimizer_; }
  // Those that steps and evaluations update, each once.
  std::vector<Ref<Metric>> metrics() const;
  int64_t arena_bytes() const { return executors_.current().arena_bytes(); }
  // Of parameters, gradients and states.
  int64_t array_bytes() const;

 private:
  struct Watched {
    Ref<Metric> metric;
    size_t label_input;
    int output;
  };
  std::vector<NamedSpec> fixed() const;
  Ref<Executor> make_executor() const;
  void follow_loss_scale();
  void set_loss_scale(Executor &executor);
  Executor &feed(const std::vector<ArrayRef> &arrays);
  void update_metrics(const std::vector<ArrayRef> &arrays);

  const Ref<Model> model_;
  const std::vector<NamedSpec> inputs_, parameters_;
  const Ref<Optimizer> optimizer_;
  const ExecutorOptions options_;
  std::vector<std::string> trained_;
  bool scaled_;          // whether the executors scale losses
  ArrayRef loss_scale_;  // by how much
  ExecutorCache executors_;
  ParameterBinding binding_;
  std::vector<ArrayRef> weights_, gradients_;  // of `trained_`
  std::vector<Watched> metrics_;
};

}  // namespace cermet
