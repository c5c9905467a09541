// SPDX-License-Identifier: Apache-2.0
#include "schema/definition.h"

#include <algorithm>

namespace cermet {

const char *kind_name(Kind kind) {
  static const char *names[] = {"operator", "layer", "optimizer", "metric", "initializer", "schedule"};
  return names[static_cast<int>(kind)];
}

const char *role_name(Role role) {
  static const char *names[] = {"data", "parameter", "label", "state"};
  return names[static_cast<int>(role)];
}

const AttrDef *Definition::find_attr(const std::string &attr) const {
  for (const AttrDef &def : attrs)
    if (def.name == attr) return &def;
  return nullptr;
}

std::vector<int> Definition::active_inputs(const void *attr_struct) const {
  std::vector<int> out;
  for (size_t k = 0; k < inputs.size(); ++k)
    if (holds(inputs[k].when, attr_struct)) out.push_back(static_cast<int>(k));
  return out;
}

bool Definition::holds(const Condition &condition, const void *attr_struct) const {
  if (!condition) return true;
  AttrValue value = find_attr(condition.attr)->load(attr_struct);
  return std::find(condition.values.begin(), condition.values.end(), value) != condition.values.end();
}

int Definition::num_outputs(const void *attr_struct, int num_inputs) const {
  if (count_outputs) return count_outputs(attr_struct, num_inputs);
  if (outputs.size() == 1 && !outputs[0].when) return 1;
  return static_cast<int>(std::count_if(outputs.begin(), outputs.end(),
                                        [&](const OutputDef &def) { return holds(def.when, attr_struct); }));
}

const OutputDef &Definition::output_def(const void *attr_struct, int k) const {
  for (const OutputDef &def : outputs)
    if (holds(def.when, attr_struct) && k-- == 0) return def;
  return outputs.back();
}

bool Definition::hides(const void *attr_struct, int k) const {
  const OutputDef &def = outputs.size() == 1 ? outputs[0] : output_def(attr_struct, k);
  return def.hidden && !(def.shown_when && holds(def.shown_when, attr_struct));
}

std::vector<std::string> Definition::input_names(const void *attr_struct, int num_inputs) const {
  std::vector<std::string> out;
  for (int slot : active_inputs(attr_struct)) {
    const InputDef &def = inputs[static_cast<size_t>(slot)];
    if (!def.variadic) out.push_back(def.name);
    for (int k = 0; def.variadic && slot + k < num_inputs; ++k) out.push_back(cat(def.name, k));
  }
  return out;
}

std::vector<std::string> Definition::output_names(const void *attr_struct, int num_inputs) const {
  std::vector<std::string> out;
  int fixed = static_cast<int>(outputs.size()) - 1;  // what comes before a variadic output
  for (int k = 0; k < num_outputs(attr_struct, num_inputs); ++k) {
    const OutputDef &def = output_def(attr_struct, k);
    if (!hides(attr_struct, k)) out.push_back(def.variadic ? cat(def.name, k - fixed) : def.name);
  }
  return out;
}

void InferContext::expect_shape(int input, const Shape &shape) {
  if (!has(input)) return;
  auto &spec = *inputs_[static_cast<size_t>(input)];
  if (!spec.shape) {
    check_shape(shape, spec.dtype.value_or(DType::float32));
    spec.shape = shape;
  } else if (!(*spec.shape == shape)) {
    throw Error(Status::shape, input_name(input), "got ", *spec.shape, "; want ", shape);
  }
}

void InferContext::expect_dtype(int input, DType dtype) {
  if (!has(input)) return;
  auto &spec = *inputs_[static_cast<size_t>(input)];
  if (!spec.dtype)
    spec.dtype = dtype;
  else if (*spec.dtype != dtype)
    throw Error(Status::dtype, input_name(input), "got ", *spec.dtype, "; want ", dtype);
}

void InferContext::expect(int input, const Shape &shape, DType dtype) {
  expect_dtype(input, dtype);
  expect_shape(input, shape);
}

void InferContext::output(int index, Shape shape, DType dtype) {
  check_shape(shape, dtype, "output");
  outputs_[static_cast<size_t>(index)] = {std::move(shape), dtype};
}

std::string InferContext::input_name(int input) const {
  auto last = static_cast<int>(op_.inputs.size()) - 1;
  if (last >= 0 && op_.inputs.back().variadic && input >= last)
    return cat(op_.inputs.back().name, "[", input - last, "]");
  return op_.inputs[static_cast<size_t>(input)].name;
}

}  // namespace cermet
