// SPDX-License-Identifier: Apache-2.0
#include "schema/attrs.h"

#include <algorithm>

#include "schema/exact.h"

namespace cermet {

const AttrDef &attr_def(const Definition &def, const std::string &name) {
  if (const AttrDef *found = def.find_attr(name)) return *found;
  std::vector<std::string> names;
  for (const AttrDef &attr : def.attrs) names.push_back(attr.name);
  std::string want = names.empty() ? "no attributes" : "one of " + join(names, ", ");
  throw Error(Status::not_found, "attribute", "got ", quoted(name), "; want ", want, suggestion(name, names));
}

Attrs::Attrs(const Definition &def, const AttrList &given) try {
  if (given.empty() && def.default_attrs) {
    // Definitions live for ever: nobody needs to own their defaults, or count who does.
    values_ = std::shared_ptr<const void>(std::shared_ptr<const void>(), def.default_attrs.get());
    return;
  }
  std::vector<const AttrValue *> chosen(def.attrs.size());
  std::vector<AttrValue> values(def.attrs.size());
  for (const auto &[name, value] : given) {
    const AttrDef &attr = attr_def(def, name);
    auto k = static_cast<size_t>(&attr - def.attrs.data());
    values[k] = attr.checked(value);
    chosen[k] = &values[k];
  }
  auto fresh = def.make_attrs();
  for (size_t k = 0; k < def.attrs.size(); ++k) {
    const AttrDef &attr = def.attrs[k];
    if (!chosen[k]) {
      if (attr.required)
        throw Error(Status::invalid_argument, attr.name, "is missing; want ", attr_type_name(attr.type));
      continue;
    }
    attr.store(fresh.get(), *chosen[k]);
    if (attr.required || !exactly_equal(*chosen[k], attr.default_value)) given_.emplace_back(attr.name, *chosen[k]);
  }
  if (def.check_attrs) def.check_attrs(fresh.get());
  values_ = std::move(fresh);
} catch (Error &error) {
  error.at_op(def.name);
  throw;
}

Attrs Attrs::from_text(const Definition &def, const std::vector<std::pair<std::string, std::string>> &texts) {
  AttrList given;
  try {
    for (const auto &[name, text] : texts) {
      const AttrDef &attr = attr_def(def, name);
      try {
        given.emplace_back(name, parse_attr(attr.type, text));
      } catch (Error &error) {
        error.argument = name;
        throw;
      }
    }
  } catch (Error &error) {
    error.at_op(def.name);
    throw;
  }
  return Attrs(def, given);
}

}  // namespace cermet
