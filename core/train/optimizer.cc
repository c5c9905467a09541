// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <tuple>

#include "runtime/engine.h"
#include "runtime/ordered_copy.h"

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

}  // namespace

Optimizer::Optimizer(const Definition &def, Attrs attrs)
    : def_(def),
      attrs_(std::move(attrs)),
      rule_(rule_of<OptimizerRule>(def, Kind::optimizer)),
      op_(find_op(rule_.op(attrs_.get()))),
      base_rate_(rule_.learning_rate(attrs_.get())) {
  for (size_t k = kFirstState; k < op_.inputs.size(); ++k)
    if (op_.inputs[k].role == Role::state) state_names_.push_back(op_.inputs[k].name);
  make_scale();
}

double Optimizer::rescale_grad() const { return rule_.rescale_grad(attrs_.get()) / loss_scale_.factor(); }

// Anew where it changes: an update that is under way keeps its own.
void Optimizer::make_scale() {
  if (op_.find_attr(kScale)) return;
  scale_ = make_ref<NDArray>(Shape{1}, DType::float32);
  *scale_->data_as<float>() = static_cast<float>(rescale_grad());
}

void Optimizer::set_loss_scale(double scale, int64_t growth_interval) {
  check_loss_scale(scale, growth_interval);
  loss_scale_ = {scale, growth_interval};
  make_scale();
}

Attrs Optimizer::op_attrs(const OptimizerStep &step) const {
  AttrList values = rule_.step(attrs_.get(), step);
  if (!scale_) values.emplace_back(kScale, rescale_grad());
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
  named_.clear();
}

void Optimizer::set_multipliers(const std::vector<Entry> &outputs) {
  for (const Node *node : list_variables(outputs).arguments) {
    bool decays = node->name.ends_with("_weight") || node->name.ends_with("_gamma");
    Multipliers out{1, decays ? 1.0 : 0.0};
    for (auto [key, factor] : {std::pair("__lr_mult__", &out.learning_rate), std::pair("__wd_mult__", &out.wd)}) {
      AttrValue value = stated(*node, key, AttrType::floating);
      if (!value.none()) *factor = *value.get_if<double>();
    }
    multipliers_[node->name] = out;
  }
  named_.clear();
}

void Optimizer::name_parameters(const std::vector<std::string> &names) {
  if (std::equal(names.begin(), names.end(), named_.begin(), named_.end(),
                 [](const std::string &name, const Named &named) { return name == named.name; }))
    return;
  named_.clear();
  std::set<std::string_view> seen;
  std::vector<Named> named;
  for (const std::string &name : names) {
    if (!seen.insert(name).second) throw Error(Status::invalid_argument, "names", "got ", quoted(name), " twice");
    auto state = parameters_.find(name);
    auto factor = multipliers_.find(name);
    named.push_back({name, state == parameters_.end() ? nullptr : state->second,
                     factor == multipliers_.end() ? Multipliers() : factor->second});
  }
  named_ = std::move(named);
}

void Optimizer::check(const std::vector<ArrayRef> &weights, const std::vector<ArrayRef> &grads) const {
  for (size_t k = 0; k < named_.size(); ++k) {
    const NDArray &weight = *weights[k], &grad = *grads[k];
    const std::string &name = named_[k].name;
    if (!is_float(weight.dtype()))
      throw Error(Status::dtype, "weights", "got ", weight.dtype(), " for ", quoted(name),
                  "; want a floating-point dtype");
    if (grad.dtype() != weight.dtype())
      throw Error(Status::dtype, "grads", "got ", grad.dtype(), " for ", quoted(name), "; want ", weight.dtype());
    if (!(grad.shape() == weight.shape()))
      throw Error(Status::shape, "grads", "got ", grad.shape(), " for ", quoted(name), "; want ", weight.shape());
    const Ref<ParameterState> &state = named_[k].state;
    if (!state) continue;
    auto check_kept = [&](const NDArray &kept) {
      if (!(kept.shape() == weight.shape()))
        throw Error(Status::shape, "weights", "got ", weight.shape(), " for ", quoted(name), "; want ", kept.shape(),
                    " as before");
      if (kept.dtype() != update_dtype(weight.dtype()))
        throw Error(Status::dtype, "weights", "got ", weight.dtype(), " for ", quoted(name),
                    ", which was of another dtype");
    };
    if (static_cast<bool>(state->master) != needs_master(weight.dtype()))
      throw Error(Status::dtype, "weights", "got ", weight.dtype(), " for ", quoted(name),
                  ", which was of another dtype");
    for (const ArrayRef &kept : state->states) check_kept(*kept);
    if (state->master) check_kept(*state->master);
  }
}

// States of the parameters that have none yet, in one storage: an update then has less to ask for.
void Optimizer::make_states(const std::vector<ArrayRef> &weights) {
  struct Place {
    size_t parameter;
    int64_t offset;
  };
  std::vector<Place> places;
  int64_t nbytes = 0;
  for (size_t k = 0; k < named_.size(); ++k) {
    if (named_[k].state) continue;
    int64_t size = dtype_size(update_dtype(weights[k]->dtype()));
    nbytes = (nbytes + size - 1) / size * size;
    places.push_back({k, nbytes});
    nbytes += weights[k]->numel() * size * static_cast<int64_t>(state_names_.size());
  }
  if (places.empty()) return;
  auto storage = make_ref<Storage>(Device{}, nbytes);
  std::memset(storage->data(), 0, static_cast<size_t>(nbytes));
  for (auto [k, offset] : places) {
    const NDArray &weight = *weights[k];
    DType dtype = update_dtype(weight.dtype());
    auto state = make_ref<ParameterState>();
    for (size_t s = 0; s < state_names_.size(); ++s) {
      int64_t first = offset + static_cast<int64_t>(s) * weight.numel() * dtype_size(dtype);
      state->states.push_back(make_ref<NDArray>(storage, weight.shape(), dense_strides(weight.shape()), first, dtype));
    }
    if (needs_master(weight.dtype())) {
      state->master = make_ref<NDArray>(weight.shape(), dtype);
      ordered_copy(weight, *state->master);
    }
    parameters_[named_[k].name] = state;
    named_[k].state = std::move(state);
  }
}

void Optimizer::update(const std::vector<std::string> &names, const std::vector<ArrayRef> &weights,
                       const std::vector<ArrayRef> &grads) try {
  if (weights.size() != names.size() || grads.size() != names.size())
    throw Error(Status::invalid_argument, "weights", "got ", names.size(), " names, ", weights.size(), " weights and ",
                grads.size(), " gradients");
  name_parameters(names);
  check(weights, grads);
  if (loss_scale_.value > 0 && !grads.empty() && !all_finite(grads)) {
    loss_scale_.notice(false);
    return make_scale();
  }
  make_states(weights);
  double rate = learning_rate(), wd = rule_.wd(attrs_.get());
  // Parameters with equal multipliers and counts, most often all of them, share one set of attributes.
  std::map<std::tuple<double, double, int64_t>, size_t> steps;
  std::vector<Attrs> attrs;
  std::vector<UpdateBatch::Job> jobs;
  jobs.reserve(names.size());
  for (size_t k = 0; k < names.size(); ++k) {
    const Named &named = named_[k];
    OptimizerStep step{rate * named.factor.learning_rate, wd * named.factor.wd, named.state->count + 1};
    auto [known, fresh] = steps.try_emplace({step.learning_rate, step.wd, step.count}, attrs.size());
    if (fresh) attrs.push_back(op_attrs(step));
    jobs.push_back({weights[k], grads[k], named.state, known->second});
  }
  auto batch = std::make_shared<const UpdateBatch>(op_, scale_, std::move(jobs), std::move(attrs));
  submit(op_.name.c_str(), batch->uses(), [batch] { batch->run(); });
  ++num_updates_;
  for (const Named &named : named_) ++named.state->count;
  if (loss_scale_.value == 0) return;
  loss_scale_.notice(true);
  make_scale();
} catch (Error &error) {
  error.at_op(def_.name);
  throw;
}

int64_t Optimizer::state_bytes() const {
  int64_t total = 0;
  for (const auto &[name, parameter] : parameters_) {
    for (const ArrayRef &state : parameter->states) total += state->nbytes();
    if (parameter->master) total += parameter->master->nbytes();
  }
  return total;
}

}  // namespace cermet
