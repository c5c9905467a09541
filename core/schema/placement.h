// SPDX-License-Identifier: Apache-2.0
// From inputs in calling order to the definition's slots: one slot for each input of the definition, variadic ones at
// the end. The same rule serves arrays and graph entries (any type whose default is "absent").
#pragma once

#include <vector>

#include "schema/attrs.h"

namespace cermet {

// Inputs that the attributes do not ask for are skipped. Missing inputs that may be absent stay absent; other missing
// ones stay absent too and are listed in `missing` (slots). Too many inputs throw.
template <class T>
std::vector<T> place_inputs(const Definition &def, const Attrs &attrs, const std::vector<T> &given,
                            std::vector<size_t> &missing) {
  std::vector<int> active = def.active_inputs(attrs.get());
  bool variadic = !def.inputs.empty() && def.inputs.back().variadic;
  if (!variadic && given.size() > active.size())
    throw Error(Status::invalid_argument, "inputs", "got ", given.size(), "; want ", active.size()).at_op(def.name);
  std::vector<T> slots(def.inputs.size());
  size_t next = 0;
  for (int slot : active) {
    const InputDef &input = def.inputs[static_cast<size_t>(slot)];
    if (input.variadic) {
      slots.pop_back();
      for (; next < given.size(); ++next) {
        if (!given[next])
          throw Error(Status::invalid_argument, input.name, "input ", next, " is missing").at_op(def.name);
        slots.push_back(given[next]);
      }
      if (slots.size() + 1 == def.inputs.size())
        throw Error(Status::invalid_argument, input.name, "got no inputs; want at least 1").at_op(def.name);
    } else {
      if (next < given.size() && given[next])
        slots[static_cast<size_t>(slot)] = given[next];
      else if (!input.optional)
        missing.push_back(static_cast<size_t>(slot));
      ++next;
    }
  }
  return slots;
}

// Attributes with the number of variadic inputs filled in where the definition wants it.
inline AttrList with_count(const Definition &def, AttrList given, size_t num_inputs) {
  if (def.count_attr.empty()) return given;
  for (auto &[name, value] : given)
    if (name == def.count_attr) {
      value = static_cast<int64_t>(num_inputs);
      return given;
    }
  given.emplace_back(def.count_attr, static_cast<int64_t>(num_inputs));
  return given;
}

}  // namespace cermet
