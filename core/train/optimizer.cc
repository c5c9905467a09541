// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer.h"

#include <cmath>
#include <set>

#include "runtime/engine.h"

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

bool narrow(DType dtype) { return dtype == DType::float16 || dtype == DType::bfloat16; }
DType update_dtype(DType weight) { return narrow(weight) ? DType::float32 : weight; }

ArrayRef zeros(const Shape &shape, DType dtype) {
  auto out = make_ref<NDArray>(shape, dtype);
  fill_zero(*out);
  return out;
}

// The operator's view of one parameter. Weights and gradients that it cannot take as they are have copies of their own.
struct Job {
  ArrayRef weight, grad;              // the caller's
  ArrayRef dense_weight, dense_grad;  // what the kernel takes
  std::vector<ArrayRef> states;
  ArrayRef scale;  // null where it is an attribute
  Attrs attrs;
};

Tensor tensor_of(const NDArray &array) { return {array.data(), array.shape(), array.dtype()}; }

void run(const Definition &op, const Job &job) {
  if (!(job.dense_grad == job.grad)) copy_values(*job.grad, *job.dense_grad);
  KernelContext context;
  context.inputs = {tensor_of(*job.dense_weight), tensor_of(*job.dense_grad)};
  for (const ArrayRef &state : job.states) context.inputs.push_back(tensor_of(*state));
  if (job.scale) context.inputs.push_back(tensor_of(*job.scale));
  context.outputs = {context.inputs[0]};
  op.kernel(DeviceType::cpu)(context, job.attrs.get());
  if (!(job.dense_weight == job.weight)) copy_values(*job.dense_weight, *job.weight);
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
    if (has_master != narrow(weight.dtype()))
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
  if (narrow(weight.dtype())) {
    wait_to_read(*weight.storage());
    out.master = make_ref<NDArray>(weight.shape(), dtype);
    copy_values(weight, *out.master);
  }
  return out;
}

void Optimizer::update(const std::vector<std::string> &names, const std::vector<ArrayRef> &weights,
                       const std::vector<ArrayRef> &grads) try {
  check(names, weights, grads);
  double rate = learning_rate(), wd = rule_.wd(attrs_.get());
  ++num_updates_;
  std::vector<Job> jobs;
  // parameters with equal multipliers and counts, most often all of them, share one set of checked attributes
  std::map<std::tuple<double, double, int64_t>, Attrs> steps;
  Operation operation;
  operation.name = op_.name.c_str();
  for (size_t k = 0; k < names.size(); ++k) {
    auto found = parameters_.find(names[k]);
    if (found == parameters_.end()) found = parameters_.emplace(names[k], new_parameter(*weights[k])).first;
    Parameter &parameter = found->second;
    auto factors = multipliers_.find(names[k]);
    Multipliers factor = factors == multipliers_.end() ? Multipliers() : factors->second;
    ++parameter.count;
    auto key = std::tuple(rate * factor.learning_rate, wd * factor.wd, parameter.count);
    auto step = steps.find(key);
    if (step == steps.end()) {
      OptimizerStep values{std::get<0>(key), std::get<1>(key), parameter.count};
      step = steps.emplace(key, op_attrs(values)).first;
    }
    Job job{weights[k], grads[k], weights[k], grads[k], parameter.states, scale_, step->second};
    DType dtype = update_dtype(job.weight->dtype());
    if (parameter.master)
      job.dense_weight = parameter.master;
    else if (!job.weight->dense())
      job.dense_weight = make_ref<NDArray>(job.weight->shape(), dtype);
    if (parameter.master || !job.grad->dense()) job.dense_grad = make_ref<NDArray>(job.grad->shape(), dtype);
    operation.reads.push_back(job.grad->storage());
    operation.writes.push_back(job.weight->storage());
    for (const ArrayRef &state : job.states) operation.writes.push_back(state->storage());
    jobs.push_back(std::move(job));
  }
  operation.body = [&op = op_, jobs = std::move(jobs)] {
    for (const Job &job : jobs) {
      bool strided = !(job.dense_weight == job.weight) && job.dense_weight->dtype() == job.weight->dtype();
      if (strided) copy_values(*job.weight, *job.dense_weight);
      run(op, job);
    }
  };
  submit(std::move(operation));
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
