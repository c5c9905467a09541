// SPDX-License-Identifier: Apache-2.0
// The description of one attribute: its type (taken from the C++ member that holds it), default, range, kind and
// documentation, and how to put a value into the attribute struct of its definition.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schema/attr_value.h"

namespace cermet {

// How a language with 1-based indices or reversed dimensions translates the attribute (see bindings/README.md).
enum class AttrKind { plain, axis, axes, shape, window, permutation, index };
const char *attr_kind_name(AttrKind kind);

struct AttrDef {
  std::string name, doc;
  AttrType type = AttrType::integer;
  AttrKind kind = AttrKind::plain;
  AttrValue default_value;
  bool required = false;
  bool nullable = false;
  std::optional<double> min, max;
  bool min_exclusive = false;
  std::vector<std::string> choices;
  // Writes a value already checked by `checked` into an attribute struct.
  std::function<void(void *attrs, const AttrValue &value)> store;
  // Value as it will be read back from the struct's member.
  std::function<AttrValue(const void *attrs)> load;

  // The value in this attribute's own type, or an error that names the attribute.
  AttrValue checked(const AttrValue &value) const;
};

// How a C++ member type maps to an attribute type. Choices are enums counted from 0 in the order of their names.
template <class T>
struct AttrTraits;
template <>
struct AttrTraits<bool> {
  static constexpr AttrType type = AttrType::boolean;
  static void store(bool &member, const AttrValue &value) { member = *value.get_if<bool>(); }
  static AttrValue load(bool member) { return member; }
};
template <>
struct AttrTraits<int64_t> {
  static constexpr AttrType type = AttrType::integer;
  static void store(int64_t &member, const AttrValue &value) { member = *value.get_if<int64_t>(); }
  static AttrValue load(int64_t member) { return member; }
};
template <>
struct AttrTraits<double> {
  static constexpr AttrType type = AttrType::floating;
  static void store(double &member, const AttrValue &value) { member = *value.get_if<double>(); }
  static AttrValue load(double member) { return member; }
};
template <>
struct AttrTraits<std::string> {
  static constexpr AttrType type = AttrType::string;
  static void store(std::string &member, const AttrValue &value) { member = *value.get_if<std::string>(); }
  static AttrValue load(const std::string &member) { return member; }
};
template <>
struct AttrTraits<DType> {
  static constexpr AttrType type = AttrType::dtype;
  static void store(DType &member, const AttrValue &value) { member = dtype_from_name(*value.get_if<std::string>()); }
  static AttrValue load(DType member) { return member; }
};
template <>
struct AttrTraits<std::vector<int64_t>> {
  static constexpr AttrType type = AttrType::integers;
  static void store(std::vector<int64_t> &member, const AttrValue &value) {
    member = *value.get_if<std::vector<int64_t>>();
  }
  static AttrValue load(const std::vector<int64_t> &member) { return member; }
};
template <>
struct AttrTraits<std::vector<double>> {
  static constexpr AttrType type = AttrType::floatings;
  static void store(std::vector<double> &member, const AttrValue &value) {
    member = *value.get_if<std::vector<double>>();
  }
  static AttrValue load(const std::vector<double> &member) { return member; }
};

}  // namespace cermet
