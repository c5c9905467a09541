// SPDX-License-Identifier: Apache-2.0
// Definitions as JSON, from which the wrappers and help pages of all languages are written.
#include <cmath>

#include <nlohmann/json.hpp>

#include "schema/registry.h"

namespace cermet {
namespace {

using Json = nlohmann::ordered_json;

struct JsonOf {
  Json operator()(None) const { return nullptr; }
  Json operator()(double value) const {
    // JSON has no infinities; a text is unambiguous because no attribute is a number or a text at choice
    if (!std::isfinite(value)) return cat(value);
    return value;
  }
  template <class T>
  Json operator()(const T &value) const {
    return value;
  }
};

Json json_of(const AttrValue &value) { return std::visit(JsonOf{}, value.data()); }

Json json_of(const AttrDef &attr) {
  Json out = {
      {"name", attr.name},         {"type", attr_type_name(attr.type)}, {"kind", attr_kind_name(attr.kind)},
      {"required", attr.required}, {"nullable", attr.nullable},         {"default", json_of(attr.default_value)}};
  out["min"] = attr.min ? Json(*attr.min) : Json(nullptr);
  out["max"] = attr.max ? Json(*attr.max) : Json(nullptr);
  out["choices"] = attr.choices.empty() ? Json(nullptr) : Json(attr.choices);
  out["doc"] = attr.doc;
  return out;
}

Json json_of(const SampleArray &array) {
  std::vector<Json> values;
  for (double value : array.values) values.push_back(std::isfinite(value) ? Json(value) : Json(cat(value)));
  return {{"dtype", dtype_name(array.dtype)},
          {"shape", std::vector<int64_t>(array.shape.begin(), array.shape.end())},
          {"values", values}};
}

Json json_of(const Sample &sample) {
  Json attrs = Json::object(), inputs = Json::array(), outputs = Json::array();
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
  Json out = {{"name", def.name},       {"kind", kind_name(def.kind)}, {"family", def.family},
              {"aliases", def.aliases}, {"summary", def.summary},      {"doc", def.doc},
              {"random", def.random}};
  out["count_attr"] = def.count_attr.empty() ? Json(nullptr) : Json(def.count_attr);
  for (const char *list : {"inputs", "outputs", "attrs", "samples"}) out[list] = Json::array();
  for (const InputDef &input : def.inputs)
    out["inputs"].push_back({{"name", input.name},
                             {"role", role_name(input.role)},
                             {"optional", input.optional},
                             {"variadic", input.variadic},
                             {"kind", input.index ? "index" : "plain"},
                             {"doc", input.doc}});
  for (const OutputDef &output : def.outputs)
    if (!output.hidden)
      out["outputs"].push_back(
          {{"name", output.name}, {"kind", output.index ? "index" : "plain"}, {"doc", output.doc}});
  for (const AttrDef &attr : def.attrs) out["attrs"].push_back(json_of(attr));
  for (const Sample &sample : def.samples) out["samples"].push_back(json_of(sample));
  return out.dump();
}

}  // namespace cermet
