// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <algorithm>

#include "runtime/invoke.h"
#include "runtime/memory_plan.h"

namespace cermet {

namespace {

bool frozen(const Node &variable) {
  AttrValue factor = stated(variable, "__lr_mult__", AttrType::floating);
  return !factor.none() && *factor.get_if<double>() == 0;
}

std::vector<std::string> trained_parameters(const Model &model, const std::vector<NamedSpec> &parameters) {
  std::vector<std::string> out;
  for (const Node *argument : list_variables(model.symbol()->outputs).arguments)
    for (const NamedSpec &parameter : parameters)
      if (parameter.name == argument->name && is_float(*parameter.spec.dtype) && !frozen(*argument))
        out.push_back(argument->name);
  return out;
}

// The variable that holds the loss scale, in executors that have one.
const char *const kLossScale = "cermet.loss_scale";

// The specs of these arrays, which may differ from `inputs` in the first dimension only.
std::vector<NamedSpec> batch_specs(const std::vector<NamedSpec> &inputs, const std::vector<ArrayRef> &arrays) {
  if (arrays.size() != inputs.size())
    throw Error(Status::invalid_argument, "arrays", "got ", arrays.size(), "; want ", inputs.size());
  std::vector<NamedSpec> out;
  for (size_t k = 0; k < arrays.size(); ++k) {
    const Shape &got = arrays[k]->shape();
    Shape want = *inputs[k].spec.shape;
    if (!want.empty() && !got.empty()) want[0] = got[0];
    if (!(got == want))
      throw Error(Status::shape, inputs[k].name, "got ", got, "; want ", *inputs[k].spec.shape,
                  ", where the first dimension may differ");
    if (arrays[k]->dtype() != *inputs[k].spec.dtype)
      throw Error(Status::dtype, inputs[k].name, "got ", arrays[k]->dtype(), "; want ", *inputs[k].spec.dtype);
    out.push_back({inputs[k].name, {std::move(want), inputs[k].spec.dtype}});
  }
  return out;
}

std::vector<NamedSpec> complete(std::vector<NamedSpec> inputs) {
  if (inputs.empty()) throw Error(Status::invalid_argument, "inputs", "got none; want data and labels");
  for (NamedSpec &input : inputs) {
    if (!input.spec.shape) throw Error(Status::invalid_argument, "inputs", quoted(input.name), " has no shape");
    if (!input.spec.dtype) input.spec.dtype = DType::float32;
  }
  return inputs;
}

}  // namespace

Trainer::Trainer(Ref<Model> model, std::vector<NamedSpec> inputs, Ref<Optimizer> optimizer,
                 const ExecutorOptions &options)
    : model_(std::move(model)),
      inputs_(complete(std::move(inputs))),
      parameters_(parameter_specs(*model_, inputs_)),
      optimizer_(std::move(optimizer)),
      options_(options),
      trained_(trained_parameters(*model_, parameters_)),
      scaled_(optimizer_->loss_scale().value > 0),
      executors_(make_executor(), inputs_, fixed()),
      weights_(trained_.size()),
      gradients_(trained_.size()) {
  optimizer_->set_multipliers(model_->symbol()->outputs);
  binding_.bind(*model_, parameters_, executors_.current());
}

// What keeps its shape, whatever the batch.
std::vector<NamedSpec> Trainer::fixed() const {
  std::vector<NamedSpec> out = parameters_;
  if (scaled_) out.push_back({kLossScale, {Shape{1}, DType::float32}});
  return out;
}

Ref<Executor> Trainer::make_executor() const {
  std::vector<NamedSpec> known = inputs_, others = fixed();
  known.insert(known.end(), others.begin(), others.end());
  std::vector<Entry> outputs = model_->symbol()->outputs;
  if (scaled_) outputs = scale_losses(outputs, {make_ref<Node>(kLossScale), 0});
  return make_ref<Executor>(std::move(outputs), known, trained_, GradReq::write, Device{}, make_ref<DerivedValues>(),
                            options_);
}

// A scale may be set or taken away after the trainer was made.
void Trainer::follow_loss_scale() {
  bool wanted = optimizer_->loss_scale().value > 0;
  if (wanted == scaled_) return;
  scaled_ = wanted;
  executors_ = ExecutorCache(make_executor(), inputs_, fixed());
  binding_ = ParameterBinding();
}

void Trainer::set_loss_scale(Executor &executor) {
  auto value = static_cast<float>(optimizer_->loss_scale().value);
  if (!loss_scale_ || *loss_scale_->data_as<float>() != value) {
    loss_scale_ = make_ref<NDArray>(Shape{1}, DType::float32);
    *loss_scale_->data_as<float>() = value;
  }
  if (!(executor.array(ArrayRole::argument, kLossScale) == loss_scale_))
    executor.set_array(ArrayRole::argument, kLossScale, loss_scale_);
}

void Trainer::add_metric(Ref<Metric> metric, int label_input, int output) {
  if (label_input < 0 || label_input >= static_cast<int>(inputs_.size()))
    throw Error(Status::invalid_argument, "label_input", "got ", label_input, "; want 0 to ", inputs_.size() - 1);
  int outputs = executors_.current().num_outputs();
  if (output < 0 || output >= outputs)
    throw Error(Status::invalid_argument, "output", "got ", output, "; want 0 to ", outputs - 1);
  metrics_.push_back({std::move(metric), static_cast<size_t>(label_input), output});
}

// The executor for this batch, with the batch and the model's present parameters bound to it.
Executor &Trainer::feed(const std::vector<ArrayRef> &arrays) {
  Executor &executor = executors_.use(batch_specs(inputs_, arrays));
  for (size_t k = 0; k < arrays.size(); ++k)
    executor.set_array(ArrayRole::argument, inputs_[k].name,
                       arrays[k]->dense() ? arrays[k] : invoke_one("identity", {arrays[k]}));
  binding_.bind(*model_, parameters_, executor);
  return executor;
}

void Trainer::step(const std::vector<ArrayRef> &arrays, Rng *rng) {
  if (trained_.empty()) throw Error(Status::invalid_argument, "model", "has no parameter to train");
  follow_loss_scale();
  Executor &executor = feed(arrays);
  if (scaled_) set_loss_scale(executor);
  executor.forward(true, rng);
  executor.backward({});
  for (size_t k = 0; k < trained_.size(); ++k) {
    weights_[k] = executor.array(ArrayRole::argument, trained_[k]);
    gradients_[k] = executor.array(ArrayRole::gradient, trained_[k]);
  }
  optimizer_->update(trained_, weights_, gradients_);
  update_metrics(arrays);
}

void Trainer::evaluate(const std::vector<ArrayRef> &arrays) {
  feed(arrays).forward(false, nullptr);
  update_metrics(arrays);
}

void Trainer::update_metrics(const std::vector<ArrayRef> &arrays) {
  for (const Watched &watched : metrics_) watched.metric->update(arrays[watched.label_input], output(watched.output));
}

std::vector<Ref<Metric>> Trainer::metrics() const {
  std::vector<Ref<Metric>> out;
  for (const Watched &watched : metrics_)
    if (std::find(out.begin(), out.end(), watched.metric) == out.end()) out.push_back(watched.metric);
  return out;
}

int64_t Trainer::array_bytes() const {
  int64_t bytes = add_bytes(executors_.current().array_bytes(), optimizer_->state_bytes());
  for (const NamedSpec &input : executors_.inputs()) bytes -= input.spec.shape->numel() * dtype_size(*input.spec.dtype);
  return bytes;
}

}  // namespace cermet
