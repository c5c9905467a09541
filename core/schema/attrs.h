// SPDX-License-Identifier: Apache-2.0
// Attribute values of one call or node: those that were given, and the definition's own struct filled from them.
#pragma once

#include <memory>

#include "base/ref.h"
#include "schema/definition.h"

namespace cermet {

class Attrs {
 public:
  Attrs() = default;
  // Defaults, then the given values. Unknown names, wrong types, values out of range and missing required attributes
  // throw.
  Attrs(const Definition &def, const AttrList &given);
  // The same from MXNet's texts. Names of the form __x__ are not attributes of the operator: callers take them out
  // first.
  static Attrs from_text(const Definition &def, const std::vector<std::pair<std::string, std::string>> &texts);

  // The definition's struct, for its functions.
  const void *get() const { return values_.get(); }
  // What was given, in the order of the definition, without what equals the default.
  const AttrList &given() const { return given_; }
  bool operator==(const Attrs &other) const { return given_ == other.given_; }

 private:
  AttrList given_;
  std::shared_ptr<const void> values_;
};

// One attribute's definition, or not_found with a suggestion.
const AttrDef &attr_def(const Definition &def, const std::string &name);

}  // namespace cermet
