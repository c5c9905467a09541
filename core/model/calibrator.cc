// SPDX-License-Identifier: Apache-2.0
#include "model/calibrator.h"

#include <algorithm>

#include "model/named_array.h"

namespace cermet {

Calibrator::Calibrator(QuantizationRequest request) : request_(std::move(request)) {
  known_specs(request_);  // throws what is wrong with them
  if (request_.mode == Calibration::none && request_.type == quantized::OutType::uint8)
    throw Error(Status::invalid_argument, "type", "got uint8; want auto or int8 without calibration");
}

void Calibrator::exclude(const std::string &name) {
  if (plan_) throw Error(Status::invalid_argument, "calibrator", "has begun; want names before the first input");
  std::vector<std::string> names;
  for (Node *node : topological_order(request_.model->symbol()->outputs)) {
    if (node->is_variable()) continue;
    names.push_back(node->name);
    names.push_back(node->op->name);
    names.insert(names.end(), node->op->aliases.begin(), node->op->aliases.end());
  }
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw Error(Status::not_found, "name", "got ", quoted(name), "; want a node or an operator of the model",
                suggestion(name, names));
  request_.excluded.insert(name);
}

const QuantizationPlan &Calibrator::plan() {
  if (!plan_) {
    plan_ = plan_quantization(request_);
    for (const Entry &entry : plan_->observed)
      ranges_.emplace_back(output_name(*entry.node, entry.index), request_.mode == Calibration::entropy);
  }
  return *plan_;
}

Executor &Calibrator::executor() {
  if (request_.mode == Calibration::none)
    throw Error(Status::invalid_argument, "calibrator", "has the mode none, which takes no batches");
  if (executor_) return *executor_;
  executor_ = value_executor(request_, plan().observed);
  return *executor_;
}

ArrayRef Calibrator::input(const std::string &name) {
  std::vector<std::string> names;
  for (const NamedSpec &input : request_.inputs) {
    names.push_back(input.name);
    if (input.name != name) continue;
    for (const NamedSpec &used : executor().variables())
      if (used.name == name) return executor().array(ArrayRole::argument, name);
    ArrayRef &unused = unused_[name];
    if (!unused) unused = make_ref<NDArray>(*input.spec.shape, *input.spec.dtype);
    return unused;
  }
  throw Error(Status::not_found, "name", "got ", quoted(name), "; want an input of the calibrator",
              suggestion(name, names));
}

void Calibrator::collect() {
  Executor &run = executor();
  run.forward(false, nullptr);
  std::vector<NamedArray> values;
  for (int k = 0; k < run.num_outputs(); ++k) values.push_back({cat(k), run.output(k)});
  HeldValues held(values);
  for (size_t k = 0; k < ranges_.size(); ++k) {
    std::string_view bytes = held.bytes(k);
    ranges_[k].add(reinterpret_cast<const float *>(bytes.data()), static_cast<int64_t>(bytes.size() / sizeof(float)));
  }
  ++batches_;
}

Ref<Model> Calibrator::quantize() {
  if (request_.mode != Calibration::none && batches_ == 0)
    throw Error(Status::invalid_argument, "calibrator", "has seen no batch; want at least one");
  const QuantizationPlan &chosen = plan();
  std::vector<quantized::Range> ranges;
  for (const ValueRange &range : ranges_)
    ranges.push_back(request_.mode == Calibration::entropy ? range.best() : range.ends());
  return cermet::quantize(chosen, ranges);
}

}  // namespace cermet
