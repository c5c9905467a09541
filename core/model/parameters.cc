// SPDX-License-Identifier: Apache-2.0
#include "model/parameters.h"

#include <algorithm>
#include <unordered_set>

namespace cermet {

namespace {
// A caller who misnames an input is shown those that there are.
void check_known(const Model &model, const std::string &name) {
  for (const auto *names : {&model.arguments(), &model.auxiliary_states()})
    if (std::find(names->begin(), names->end(), name) != names->end()) return;
  std::vector<std::string> shown, inputs = model.inputs();
  for (size_t k = 0; k < std::min<size_t>(inputs.size(), 10); ++k) shown.push_back(quoted(inputs[k]));
  throw Error(Status::not_found, "inputs", "got ", quoted(name), "; want inputs of the model: ", join(shown, ", "),
              inputs.size() > 10 ? cat(" and ", inputs.size() - 10, " more") : "", suggestion(name, inputs));
}
}  // namespace

std::vector<NamedSpec> parameter_specs(const Model &model, const std::vector<NamedSpec> &inputs) {
  auto is_input = [&](const std::string &name) {
    return std::any_of(inputs.begin(), inputs.end(), [&](const NamedSpec &input) { return input.name == name; });
  };
  for (const NamedSpec &input : inputs) check_known(model, input.name);
  std::vector<NamedSpec> out;
  std::vector<std::string> missing;
  for (const auto *names : {&model.arguments(), &model.auxiliary_states()})
    for (const std::string &name : *names) {
      if (is_input(name)) continue;
      if (ArrayRef array = model.parameter(name))
        out.push_back({name, {array->shape(), array->dtype()}});
      else if (!model.is_label(name))
        missing.push_back(quoted(name));
    }
  if (!missing.empty()) {
    size_t count = missing.size();
    missing.resize(std::min<size_t>(count, 10));
    throw Error(Status::not_found, "inputs", join(missing, ", "), count > 10 ? cat(" and ", count - 10, " more") : "",
                count == 1 ? " has" : " have", " no value in the model and no shape here");
  }
  return out;
}

void ParameterBinding::bind(const Model &model, const std::vector<NamedSpec> &parameters, Executor &executor) {
  uint64_t generation = model.generation();
  if (executor_ == &executor && generation_ == generation) return;
  executor_ = nullptr;  // until all are bound
  std::unordered_set<std::string_view> states(model.auxiliary_states().begin(), model.auxiliary_states().end());
  for (const NamedSpec &parameter : parameters) {
    ArrayRef array = model.parameter(parameter.name);
    if (!array) throw Error(Status::not_found, "model", quoted(parameter.name), " has lost its value");
    executor.set_array(states.count(parameter.name) ? ArrayRole::auxiliary : ArrayRole::argument, parameter.name,
                       std::move(array));
  }
  executor_ = &executor;
  generation_ = generation;
}

}  // namespace cermet
