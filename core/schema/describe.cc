// SPDX-License-Identifier: Apache-2.0
// Definitions as JSON, from which the wrappers and help pages of all languages are written.
#include <cmath>

#include "base/json.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct JsonOf {
  OrderedJson operator()(None) const { return nullptr; }
  OrderedJson operator()(double value) const {
    // JSON has no infinities; a text is unambiguous because no attribute is a number or a text at choice
    if (!std::isfinite(value)) return cat(value);
    return value;
  }
  template <class T>
  OrderedJson operator()(const T &value) const {
    return value;
  }
};

OrderedJson json_of(const AttrValue &value) { return std::visit(JsonOf{}, value.data()); }

OrderedJson json_of(const AttrDef &attr) {
  OrderedJson out = {
      {"name", attr.name},         {"type", attr_type_name(attr.type)}, {"kind", attr_kind_name(attr.kind)},
      {"required", attr.required}, {"nullable", attr.nullable},         {"default", json_of(attr.default_value)}};
  out["min"] = attr.min ? OrderedJson(*attr.min) : OrderedJson(nullptr);
  out["max"] = attr.max ? OrderedJson(*attr.max) : OrderedJson(nullptr);
  out["choices"] = attr.choices.empty() ? OrderedJson(nullptr) : OrderedJson(attr.choices);
  out["doc"] = attr.doc;
  return out;
}

OrderedJson json_of(const Condition &condition) {
  if (!condition) return nullptr;
  OrderedJson values = OrderedJson::array();
  for (const AttrValue &value : condition.values) values.push_back(json_of(value));
  return {{"attr", condition.attr}, {"values", values}};
}

OrderedJson json_of(const SampleArray &array) {
  std::vector<OrderedJson> values;
  for (double value : array.values)
    values.push_back(std::isfinite(value) ? OrderedJson(value) : OrderedJson(cat(value)));
  return {{"dtype", dtype_name(array.dtype)},
          {"shape", std::vector<int64_t>(array.shape.begin(), array.shape.end())},
          {"values", values}};
}

OrderedJson json_of(const Sample &sample) {
  OrderedJson attrs = OrderedJson::object(), inputs = OrderedJson::array(), outputs = OrderedJson::array();
  for (const auto &[name, value] : sample.attrs) attrs[name] = json_of(value);
  for (const auto &array : sample.inputs) inputs.push_back(json_of(array));
  for (const auto &array : sample.outputs) outputs.push_back(json_of(array));
  return {{"attrs", attrs},
          {"train", sample.train},
          {"check_gradient", sample.check_gradient},
          {"tolerance", sample.tolerance},
          {"inputs", inputs},
          {"outputs", outputs}};
}

}  // namespace

std::string describe(const Definition &def) {
  OrderedJson out = {{"name", def.name},       {"kind", kind_name(def.kind)}, {"family", def.family},
                     {"aliases", def.aliases}, {"summary", def.summary},      {"doc", def.doc},
                     {"random", def.random}};
  out["loss"] = def.loss ? OrderedJson{{"mean_when", json_of(def.mean_when)}} : OrderedJson(nullptr);
  out["count_attr"] = def.count_attr.empty() ? OrderedJson(nullptr) : OrderedJson(def.count_attr);
  for (const char *list : {"inputs", "outputs", "attrs", "samples"}) out[list] = OrderedJson::array();
  for (const InputDef &input : def.inputs)
    out["inputs"].push_back({{"name", input.name},
                             {"role", role_name(input.role)},
                             {"optional", input.optional},
                             {"conditional", json_of(input.when)},
                             {"variadic", input.variadic},
                             {"kind", input.index ? "index" : "plain"},
                             {"doc", input.doc}});
  for (const OutputDef &output : def.outputs)
    if (!output.hidden || output.shown_when)
      out["outputs"].push_back({{"name", output.name},
                                {"conditional", json_of(output.hidden ? output.shown_when : output.when)},
                                {"variadic", output.variadic},
                                {"kind", output.index ? "index" : "plain"},
                                {"doc", output.doc}});
  for (const AttrDef &attr : def.attrs) out["attrs"].push_back(json_of(attr));
  for (const Sample &sample : def.samples) out["samples"].push_back(json_of(sample));
  return out.dump();
}

}  // namespace cermet
