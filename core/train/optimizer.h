// SPDX-License-Identifier: Apache-2.0
// An optimizer: states of parameters, known by name, and one update of all of them as one pass.
#pragma once

#include <map>

#include "graph/symbol.h"
#include "train/loss_scale.h"
#include "train/rules.h"
#include "train/update_batch.h"

namespace cermet {

class Optimizer : public RefCounted {
 public:
  Optimizer(const Definition &def, Attrs attrs);

  // Null takes the schedule away.
  void set_schedule(const Definition *schedule, Attrs attrs);
  void set_learning_rate(double value);
  // What the next update will use, before multipliers.
  double learning_rate() const;
  int64_t num_updates() const { return num_updates_; }

  // The gradients of the next updates are `scale` times too large: they are divided by it, and an update whose
  // gradients are not all finite is left out. See train/loss_scale.h; 0 takes it away.
  void set_loss_scale(double scale, int64_t growth_interval);
  const LossScale &loss_scale() const { return loss_scale_; }

  // Factors on learning rate and weight decay of one parameter.
  void set_multipliers(const std::string &name, double learning_rate, double wd);
  // The same from the symbol's variables, as MXNet's Module does it: "__lr_mult__" and "__wd_mult__", and no weight
  // decay for names that end in neither "_weight" nor "_gamma" and say nothing.
  void set_multipliers(const std::vector<Entry> &outputs);

  // One step, in place. Nothing is changed if an argument does not fit, or if the step is left out.
  void update(const std::vector<std::string> &names, const std::vector<ArrayRef> &weights,
              const std::vector<ArrayRef> &grads);

  // Bytes of all states.
  int64_t state_bytes() const;

  // States, counts and learning rate, as a safetensors file.
  std::string to_bytes() const;
  void restore(std::string_view bytes);

 private:
  struct Multipliers {
    double learning_rate = 1, wd = 1;
  };
  // A parameter of an update, with what belongs to its name.
  struct Named {
    std::string name;
    Ref<ParameterState> state;  // null before its first update
    Multipliers factor;
  };
  void name_parameters(const std::vector<std::string> &names);
  void check(const std::vector<ArrayRef> &weights, const std::vector<ArrayRef> &grads) const;
  void make_states(const std::vector<ArrayRef> &weights);
  Attrs op_attrs(const OptimizerStep &step) const;
  double rescale_grad() const;
  void make_scale();

  const Definition &def_;
  const Attrs attrs_;
  const OptimizerRule &rule_;
  const Definition &op_;
  std::vector<std::string> state_names_;
  ArrayRef scale_;  // the factor on gradients, for operators that take it as an array
  double base_rate_;
  const Definition *schedule_ = nullptr;
  Attrs schedule_attrs_;
  int64_t num_updates_ = 0;
  LossScale loss_scale_;
  std::map<std::string, Ref<ParameterState>> parameters_;
  std::map<std::string, Multipliers> multipliers_;
  std::vector<Named> named_;  // of the last update: most often the next one has the same
};

}  // namespace cermet
