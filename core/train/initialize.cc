// SPDX-License-Identifier: Apache-2.0
#include "train/initialize.h"

#include <unordered_map>
#include <unordered_set>

#include "base/json.h"
#include "runtime/engine.h"

namespace cermet {

void initialize(const Definition &initializer, const Attrs &attrs, const std::string &name, const Philox &random,
                const ArrayRef &array) try {
  if (initializer.kind != Kind::initializer)
    throw Error(Status::invalid_argument, "initializer", "got the ", kind_name(initializer.kind));
  if (!is_float(array->dtype()))
    throw Error(Status::dtype, name, "got ", array->dtype(), "; want a floating-point dtype");
  bool direct = array->dtype() == DType::float32 && array->dense();
  ArrayRef values = direct ? array : make_ref<NDArray>(array->shape(), DType::float32);
  const auto &rule = *std::any_cast<InitializerRule>(&initializer.rule);
  rule.fill(attrs.get(), {name, array->shape(), random, values->data_as<float>()});
  if (!direct) copy_values(*values, *array);
} catch (Error &error) {
  error.at_op(initializer.name);
  throw;
}

namespace {

struct Choice {
  const Definition *initializer;
  Attrs attrs;
};

Choice choice(const char *name, const AttrList &attrs = {}) {
  const Definition &def = registry().find(Kind::initializer, name);
  return {&def, Attrs(def, attrs)};
}

AttrValue value_of(const Json &value) {
  if (value.is_null()) return None{};
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > uint64_t{INT64_MAX}))
    return value.get<int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  throw Error(Status::unsupported, "__init__", "got ", printable(value.dump(-1, ' ', true), 100));
}

// MXNet's text: a name, or ["name", {"attribute": value, ...}].
Choice choice_from_text(const std::string &text) {
  if (text.empty() || text[0] != '[') return choice(text.c_str());
  Json parsed = parse_json(text, "__init__");
  if (parsed.empty() || parsed.size() > 2 || !parsed[0].is_string() || (parsed.size() == 2 && !parsed[1].is_object()))
    throw Error(Status::corrupt, "__init__", "got ", printable(text, 100), "; want a name and attributes");
  AttrList attrs;
  if (parsed.size() == 2)
    for (const auto &[key, value] : parsed[1].items()) attrs.emplace_back(key, value_of(value));
  return choice(parsed[0].get_ref<const std::string &>().c_str(), attrs);
}

struct ByName {
  const char *suffix, *initializer;
};
const ByName kByName[] = {{"bias", "zero"},        {"beta", "zero"},         {"gamma", "one"},
                          {"moving_mean", "zero"}, {"running_mean", "zero"}, {"moving_var", "one"},
                          {"running_var", "one"}};

// By variable: the input of an operator that it feeds.
using Fed = std::unordered_map<const Node *, const InputDef *>;
Fed fed_inputs(const std::vector<Node *> &order) {
  Fed fed;
  for (const Node *node : order)
    for (size_t slot = 0; slot < node->inputs.size(); ++slot)
      if (node->inputs[slot]) fed.emplace(node->inputs[slot].node.get(), &node->input_def(slot));
  return fed;
}

Choice choose(const Node &variable, const Fed &fed, const Choice &general) {
  auto own = variable.user_attrs.find("__init__");
  if (own != variable.user_attrs.end()) return choice_from_text(own->second);
  auto input = fed.find(&variable);
  for (const std::string &name : {variable.name, input == fed.end() ? "" : input->second->name})
    for (const ByName &row : kByName)
      if (name.ends_with(row.suffix)) return choice(row.initializer);
  return general;
}

// Shapes of what is given and of what has a value already.
std::vector<NamedSpec> known_specs(const Model &model, const std::vector<NamedSpec> &inputs) {
  std::vector<NamedSpec> known;
  for (const std::string &name : model.parameters()) {
    ArrayRef array = model.parameter(name);
    known.push_back({name, {array->shape(), array->dtype()}});
  }
  for (const NamedSpec &input : inputs) {
    model.parameter(input.name);  // refuses a name that the symbol does not have
    known.push_back(input);
  }
  return known;
}

}  // namespace

void initialize(Model &model, const std::vector<NamedSpec> &inputs, const Definition *initializer, const Attrs &attrs,
                Rng &rng) {
  Choice general = initializer ? Choice{initializer, attrs} : choice("xavier");
  std::unordered_set<std::string> given;
  for (const NamedSpec &input : inputs) given.insert(input.name);
  const auto &outputs = model.symbol()->outputs;
  Inferred inferred = infer(outputs, known_specs(model, inputs), false);
  Fed fed = fed_inputs(inferred.order);
  std::vector<NamedArray> fresh;
  for (const Node *node : inferred.order) {
    if (!node->is_variable() || given.count(node->name) || model.is_label(node->name) || model.parameter(node->name))
      continue;
    const TensorSpec &spec = inferred.specs.at(node)[0];
    auto array = make_ref<NDArray>(*spec.shape, *spec.dtype);
    try {
      Choice chosen = choose(*node, fed, general);
      initialize(*chosen.initializer, chosen.attrs, node->name, rng.next_stream(), array);
    } catch (Error &error) {
      error.at_node(node->name);
      throw;
    }
    fresh.push_back({node->name, array});
  }
  for (NamedArray &entry : fresh) model.set_parameter(entry.name, std::move(entry.array));
}

}  // namespace cermet
