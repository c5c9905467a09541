// SPDX-License-Identifier: Apache-2.0
// An optimizer's states as bytes and back: a safetensors file whose arrays are called <parameter>:<state>, with the
// counts and the learning rate as JSON in its metadata.
#include <algorithm>

#include "base/json.h"
#include "model/safetensors.h"
#include "train/optimizer.h"

namespace cermet {

namespace {
const char *const kMetadataKey = "cermet.optimizer";
const char *const kMasterName = "master";
}  // namespace

std::string Optimizer::to_bytes() const {
  std::vector<NamedArray> arrays;
  Json counts = Json::object();
  for (const auto &[name, parameter] : parameters_) {
    counts[name] = parameter->count;
    for (size_t k = 0; k < state_names_.size(); ++k)
      arrays.push_back({name + ":" + state_names_[k], parameter->states[k]});
    if (parameter->master) arrays.push_back({name + ":" + kMasterName, parameter->master});
  }
  Json about = Json::object();  // one by one: a list of members leaks when memory runs out
  about["optimizer"] = def_.name;
  about["num_updates"] = num_updates_;
  about["learning_rate"] = base_rate_;
  about["counts"] = std::move(counts);
  if (loss_scale_.value > 0) {
    Json scale = Json::object();
    scale["value"] = loss_scale_.value;
    scale["growth_interval"] = loss_scale_.growth_interval;
    scale["good_steps"] = loss_scale_.good_steps;
    scale["skipped"] = loss_scale_.skipped;
    about["loss_scale"] = std::move(scale);
  }
  return safetensors_bytes(arrays, {{kMetadataKey, about.dump()}});
}

namespace {
[[noreturn]] void refuse(const std::string &what) { throw Error(Status::corrupt, "optimizer bytes", what); }
int64_t count_of(const Json &about, const std::string &key) {
  auto found = about.find(key);
  if (found == about.end() || !found->is_number_unsigned() || found->get<uint64_t>() > uint64_t{INT64_MAX} / 2)
    refuse(cermet::quoted(key) + ": want a whole number of 0 or more");
  return found->get<int64_t>();
}

// `present`: what holds where the file says nothing.
LossScale loss_scale_of(const Json &about, const LossScale &present) {
  if (!about.contains("loss_scale")) return present;
  const Json &saved = about["loss_scale"];
  if (!saved.is_object() || !saved.contains("value") || !saved["value"].is_number())
    refuse("loss_scale: want an object with a number \"value\"");
  LossScale scale{saved["value"].get<double>(), count_of(saved, "growth_interval"), count_of(saved, "good_steps"),
                  count_of(saved, "skipped")};
  if (!(scale.value >= 1 && scale.value <= LossScale::kMost)) refuse("loss_scale: want a value of 1 to 2^24");
  return scale;
}
}  // namespace

void Optimizer::restore(std::string_view bytes) {
  Safetensors file = read_safetensors(bytes, "optimizer bytes");
  auto text = file.metadata.find(kMetadataKey);
  if (text == file.metadata.end()) refuse("want an optimizer's saved state");
  Json about = parse_json(text->second, "optimizer bytes");
  if (!about.is_object() || !about.contains("counts") || !about["counts"].is_object()) refuse("counts: want an object");
  if (!about.contains("optimizer") || about["optimizer"] != def_.name)
    throw Error(Status::invalid_argument, "optimizer bytes", "want those of the optimizer ", cermet::quoted(def_.name));
  if (!about.contains("learning_rate") || !about["learning_rate"].is_number()) refuse("learning_rate: want a number");
  std::map<std::string, Ref<ParameterState>> parameters;
  for (const auto &[name, count] : about["counts"].items()) {
    auto state = make_ref<ParameterState>();
    state->count = count_of(about["counts"], name);
    state->states.resize(state_names_.size());
    parameters[name] = std::move(state);
  }
  for (const NamedArray &entry : file.arrays) {
    size_t colon = entry.name.rfind(':');
    auto found = colon == entry.name.npos ? parameters.end() : parameters.find(entry.name.substr(0, colon));
    if (found == parameters.end()) refuse("got the array " + cermet::quoted(entry.name) + " of an unknown parameter");
    std::string state = entry.name.substr(colon + 1);
    auto slot = std::find(state_names_.begin(), state_names_.end(), state) - state_names_.begin();
    if (state == kMasterName)
      found->second->master = entry.array;
    else if (static_cast<size_t>(slot) < state_names_.size())
      found->second->states[static_cast<size_t>(slot)] = entry.array;
    else
      throw Error(Status::invalid_argument, "optimizer bytes", "got the state ", cermet::quoted(state), ", which ",
                  def_.name, " with these attributes does not have");
  }
  for (const auto &[name, parameter] : parameters)
    for (size_t k = 0; k < state_names_.size(); ++k)
      if (!parameter->states[k]) refuse("the state " + cermet::quoted(name + ":" + state_names_[k]) + " is missing");
  int64_t updates = count_of(about, "num_updates");
  LossScale scale = loss_scale_of(about, loss_scale_);
  set_learning_rate(about["learning_rate"].get<double>());
  num_updates_ = updates;
  loss_scale_ = scale;
  make_scale();
  parameters_ = std::move(parameters);
  named_.clear();
}

}  // namespace cermet
