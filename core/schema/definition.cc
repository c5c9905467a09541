// SPDX-License-Identifier: Apache-2.0
#include "schema/definition.h"

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
    if (!inputs[k].when || inputs[k].when(attr_struct)) out.push_back(static_cast<int>(k));
  return out;
}

int Definition::num_outputs(const void *attr_struct, int num_inputs) const {
  return count_outputs ? count_outputs(attr_struct, num_inputs) : static_cast<int>(outputs.size());
}

const OutputDef &Definition::output_def(int k) const {
  auto index = static_cast<size_t>(k);
  return index < outputs.size() ? outputs[index] : outputs.back();
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
