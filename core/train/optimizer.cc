// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer.h"

#include <cmath>
#include <set>

#include "runtime/engine.h"
#include "train/update_job.h"

namespace cermet {

AttrList step_attrs(const OptimizerAttrs &attrs, const OptimizerStep &step, const AttrList &more) {
  AttrList out = {{"lr", step.learning_rate}, {"wd", step.wd}};
  if (attrs.clip_gradient) out.emplace_back("clip_gradient", *attrs.clip_gradient);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

namespace {

template <class Rule>
const Rule &rule_of(const Definition &def, Kind kind) {
  if (def.kind != kind)
    throw Error(Status::invalid_argument, kind_name(kind), "got the ", kind_name(def.kind), " ", quoted(def.name));
  return *std::any_cast<Rule>(&def.rule);
}

constexpr size_t kFirstState = 2;  // after weight and grad
// An attribute of most update operators; the last input of some.
const char *const kScale = "rescale_grad";

ArrayRef zeros(const Shape &shape, DType dtype) {
  auto out = make_ref<NDArray>(shape, dtype);
  fill_zero(*out);
  return out;
}

}  // namespace

Optimizer::Optimizer(const Definition &def, Attrs attrs)
    : def_(def),
      attrs_(std::move(attrs)),
      rule_(rule_of<OptimizerRule>(def, Kind::optimizer)),
      op_(find_op(rule_.op(attrs_.get()))),
      base_rate_(rule_.learning_rate(attrs_.get())) {
  for (size_t k = kFirstState; k < op_.inputs.size(); ++k)
    if (op_.inputs[k].role == Role::state) state_names_.push_back(op_.inputs[k].name);
  if (!op_.find_attr(kScale)) {
    scale_ = make_ref<NDArray>(Shape{1}, DType::float32);
    *scale_->data_as<float>() = static_cast<float>(rule_.rescale_grad(attrs_.get()));
  }
}

Attrs Optimizer::op_attrs(const OptimizerStep &step) const {
  AttrList values = rule_.step(attrs_.get(), step);
  if (!scale_) values.emplace_back(kScale, rule_.rescale_grad(attrs_.get()));
  return Attrs(op_, values);
}

void Optimizer::set_schedule(const Definition *schedule, Attrs attrs) {
  if (schedule) rule_of<ScheduleRule>(*schedule, Kind::schedule);
  schedule_ = schedule;
  schedule_attrs_ = std::move(attrs);
}

void Optimizer::set_learning_rate(double value) {
  if (!(value >= 0) || std::isinf(value))
    throw Error(Status::invalid_argument, "learning_rate", "got ", value, "; want a finite number of at least 0");
  base_rate_ = value;
}

double Optimizer::learning_rate() const {
  if (!schedule_) return base_rate_;
  return rule_of<ScheduleRule>(*schedule_, Kind::schedule).rate(schedule_attrs_.get(), base_rate_, num_updates_ + 1);
}

void Optimizer::set_multipliers(const std::string &name, double learning_rate, double wd) {
  multipliers_[name] = {learning_rate, wd};
}

void Optimizer::set_multipliers(const std::vector<Entry> &outputs) {
  for (const Node *node : list_variables(outputs).arguments) {
    bool decays = node->name.ends_with("_weight") || node->name.ends_with("_gamma");
    Multipliers out{1, decays ? 1.0 : 0.0};
    for (auto [key, factor] : {std::pair("__lr_mult__", &out.learning_rate), std::pair("__wd_mult__", &out.wd)}) {
      auto found = node->user_attrs.find(key);
      if (found == node->user_attrs.end()) continue;
      try {
        *factor = *parse_attr(AttrType::floating, found->second).get_if<double>();
      } catch (Error &error) {
        error.argument = key;
        error.at_node(node->name);
        throw;
      }
    }
    multipliers_[node->name] = out;
  }
}

void Optimizer::check(const std::vector<std::string> &names, const std::vector<ArrayRef> &weights,
                      const std::vector<ArrayRef> &grads) const {
  if (weights.size() != names.size() || grads.size() != names.size())
    throw Error(Status::invalid_argument, "weights", "got ", names.size(), " names, ", weights.size(), " weights and ",
                grads.size(), " gradients");
  std::set<std::string_view> seen;
  for (size_t k = 0; k < names.size(); ++k) {
    const NDArray &weight = *weights[k], &grad = *grads[k];
    if (!seen.insert(names[k]).second)
      throw Error(Status::invalid_argument, "names", "got ", quoted(names[k]), " twice");
    if (!is_float(weight.dtype()))
      throw Error(Status::dtype, "weights", "got ", weight.dtype(), " for ", quoted(names[k]),
                  "; want a floating-point dtype");
    if (grad.dtype() != weight.dtype())
      throw Error(Status::dtype, "grads", "got ", grad.dtype(), " for ", quoted(names[k]), "; want ", weight.dtype());
    if (!(grad.shape() == weight.shape()))
      throw Error(Status::shape, "grads", "got ", grad.shape(), " for ", quoted(names[k]), "; want ", weight.shape());
    auto known = parameters_.find(names[k]);
    if (known == parameters_.end()) continue;
    std::vector<ArrayRef> kept = known->second.states;
    bool has_master = static_cast<bool>(known->second.master);
    if (has_master) kept.push_back(known->second.master);
    if (has_master != needs_master(weight.dtype()))
      throw Error(Status::dtype, "weights", "got ", weight.dtype(), " for ", quoted(names[k]),
                  ", which was of another dtype");
    for (const ArrayRef &state : kept) {
      if (!(state->shape() == weight.shape()))
        throw Error(Status::shape, "weights", "got ", weight.shape(), " for ", quoted(names[k]), "; want ",
                    state->shape(), " as before");
      if (state->dtype() != update_dtype(weight.dtype()))
        throw Error(Status::dtype, "weights", "got ", weight.dtype(), " for ", quoted(names[k]),
                    ", which was of another dtype");
    }
  }
}

Optimizer::Parameter Optimizer::new_parameter(const NDArray &weight) const {
  Parameter out;
  DType dtype = update_dtype(weight.dtype());
  for (size_t k = 0; k < state_names_.size(); ++k) out.states.push_back(zeros(weight.shape(), dtype));
  if (needs_master(weight.dtype())) {
    wait_to_read(*weight.storage());
    out.master = make_ref<NDArray>(weight.shape(), dtype);
    copy_values(weight, *out.master);
  }
  return out;
}

// Attributes of the operator for one parameter's next update. Parameters with equal multipliers and counts, most often
// all of them, share one set.
const Attrs &Optimizer::next_attrs(const std::string &name, const Parameter &parameter, double rate,
                                   Steps &steps) const {
  auto found = multipliers_.find(name);
  Multipliers factor = found == multipliers_.end() ? Multipliers() : found->second;
  OptimizerStep step{rate * factor.learning_rate, rule_.wd(attrs_.get()) * factor.wd, parameter.count + 1};
  std::tuple key(step.learning_rate, step.wd, step.count);
  auto known = steps.find(key);
  if (known == steps.end()) known = steps.emplace(key, op_attrs(step)).first;
  return known->second;
}

void Optimizer::update(const std::vector<std::string> &names, const std::vector<ArrayRef> &weights,
                       const std::vector<ArrayRef> &grads) try {
  check(names, weights, grads);
  double rate = learning_rate();
  Steps steps;
  Operation operation;
  operation.name = op_.name.c_str();
  std::vector<UpdateJob> jobs;
  std::vector<Parameter *> updated;
  for (size_t k = 0; k < names.size(); ++k) {
    auto found = parameters_.find(names[k]);
    if (found == parameters_.end()) found = parameters_.emplace(names[k], new_parameter(*weights[k])).first;
    Parameter &parameter = found->second;
    operation.reads.push_back(grads[k]->storage());
    operation.writes.push_back(weights[k]->storage());
    for (const ArrayRef &state : parameter.states) operation.writes.push_back(state->storage());
    if (parameter.master) operation.writes.push_back(parameter.master->storage());
    jobs.push_back({weights[k], grads[k], parameter.master, parameter.states, scale_,
                    next_attrs(names[k], parameter, rate, steps)});
    updated.push_back(&parameter);
  }
  operation.body = [&op = op_, jobs = std::move(jobs)] {
    for (const UpdateJob &job : jobs) job.run(op);
  };
  submit(std::move(operation));
  ++num_updates_;
  for (Parameter *parameter : updated) ++parameter->count;
} catch (Error &error) {
  error.at_op(def_.name);
  throw;
}

int64_t Optimizer::state_bytes() const {
  int64_t total = 0;
  for (const auto &[name, parameter] : parameters_) {
    for (const ArrayRef &state : parameter.states) total += state->nbytes();
    if (parameter.master) total += parameter.master->nbytes();
  }
  return total;
}

}  // namespace cermet
