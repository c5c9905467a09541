// SPDX-License-Identifier: Apache-2.0
#include "schema/registry.h"

#include <algorithm>

namespace cermet {

namespace {
[[noreturn]] void defect(const Definition &def, const std::string &what) {
  throw Error(Status::internal, def.name, "bad definition: ", what);
}

void check(const Definition &def, const Condition &condition) {
  if (!condition) return;
  const AttrDef *attr = def.find_attr(condition.attr);
  if (!attr) defect(def, "a condition names the unknown attribute " + condition.attr);
  for (const AttrValue &value : condition.values) attr->checked(value);
}

void check(const Definition &def) {
  if (def.summary.empty()) defect(def, "no documentation");
  if (!def.make_attrs) defect(def, "no attributes struct");
  for (const AttrDef &attr : def.attrs)
    if (attr.doc.empty()) defect(def, "attribute " + attr.name + " has no documentation");
  for (const InputDef &input : def.inputs)
    if (input.doc.empty()) defect(def, "input " + input.name + " has no documentation");
  check(def, def.mean_when);
  for (const InputDef &input : def.inputs) check(def, input.when);
  for (const OutputDef &output : def.outputs) {
    check(def, output.when);
    check(def, output.shown_when);
    if (output.variadic != (def.count_outputs && &output == &def.outputs.back()))
      defect(def, "output " + output.name + ": the last output is variadic, or none");
  }
  if (def.kind == Kind::op) {
    if (def.outputs.empty()) defect(def, "no outputs");
    if (!def.infer && !def.compose) defect(def, "neither inference nor composition");
    if (!def.kernel(DeviceType::cpu) && !def.compose) defect(def, "neither CPU kernel nor composition");
    if (def.samples.empty() && !def.internal) defect(def, "no sample");
  } else if (def.kind == Kind::layer) {
    if (!def.compose) defect(def, "no composition");
  } else if (!def.rule.has_value()) {
    defect(def, "no rule");
  }
}
// Null where the defaults alone are refused.
std::shared_ptr<const void> defaults_of(const Definition &def) {
  for (const AttrDef &attr : def.attrs)
    if (attr.required) return nullptr;
  auto defaults = def.make_attrs();
  try {
    if (def.check_attrs) def.check_attrs(defaults.get());
  } catch (const Error &) {
    return nullptr;
  }
  return defaults;
}
}  // namespace

void Registry::close() {
  for (const auto &def : definitions_) {
    check(*def);
    def->default_attrs = defaults_of(*def);
    auto &index = index_[static_cast<int>(def->kind)];
    if (!index.emplace(def->name, def.get()).second) defect(*def, "defined twice");
    for (const std::string &alias : def->aliases)
      if (!index.emplace(alias, def.get()).second) defect(*def, "name " + alias + " is taken");
  }
}

const Definition *Registry::find_or_null(Kind kind, const std::string &name) const {
  auto &index = index_[static_cast<int>(kind)];
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

const Definition &Registry::find(Kind kind, const std::string &name) const {
  if (const Definition *def = find_or_null(kind, name)) return *def;
  std::vector<std::string> names;
  for (const auto &[key, def] : index_[static_cast<int>(kind)])
    if (!def->internal) names.push_back(key);
  throw Error(Status::not_found, "name", "got ", quoted(name), "; want a known ", kind_name(kind),
              suggestion(name, names));
}

std::vector<const Definition *> Registry::all(Kind kind) const {
  std::vector<const Definition *> out;
  for (const auto &def : definitions_)
    if (def->kind == kind) out.push_back(def.get());
  std::sort(out.begin(), out.end(), [](auto *a, auto *b) { return a->name < b->name; });
  return out;
}

// Never destroyed: definitions are interned for the life of the library, which may be longer than that of its statics.
const Registry &registry() {
  static const Registry *instance = [] {
    auto *fresh = new Registry;
    register_all(*fresh);
    fresh->close();
    return fresh;
  }();
  return *instance;
}

const Definition &find_op(const std::string &name) { return registry().find(Kind::op, name); }

}  // namespace cermet
