// SPDX-License-Identifier: Apache-2.0
// All definitions of the library, by kind and name. Built at first use, immutable from then on.
#pragma once

#include <memory>
#include <unordered_map>

#include "schema/builder.h"

namespace cermet {

class Registry {
 public:
  template <class A>
  DefinitionBuilder<A> op(const char *name, const char *family) {
    return add<A>(Kind::op, name, family);
  }
  template <class A>
  DefinitionBuilder<A> add(Kind kind, const char *name, const char *family) {
    definitions_.push_back(std::make_unique<Definition>());
    definitions_.back()->kind = kind;
    return DefinitionBuilder<A>(*definitions_.back(), name, family);
  }

  // The definition with this name or alias; not_found, with suggestions, if there is none.
  const Definition &find(Kind kind, const std::string &name) const;
  const Definition *find_or_null(Kind kind, const std::string &name) const;
  // All of a kind, internal ones too, sorted by name.
  std::vector<const Definition *> all(Kind kind) const;

  // Checks each definition (documentation, names, samples, functions that must be there) and indexes all names.
  void close();

 private:
  std::vector<std::unique_ptr<Definition>> definitions_;
  std::unordered_map<std::string, const Definition *> index_[6];
};

// The library's registry.
const Registry &registry();
// Shorthand for operators that the engine itself uses.
const Definition &find_op(const std::string &name);

// Calls every register_<stem>; written by the build.
void register_all(Registry &registry);

// The definition as JSON, in the form that bindings/README.md describes.
std::string describe(const Definition &def);

}  // namespace cermet
