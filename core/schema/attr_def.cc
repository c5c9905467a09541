// SPDX-License-Identifier: Apache-2.0
#include "schema/attr_def.h"

#include <cmath>

namespace cermet {

const char *attr_kind_name(AttrKind kind) {
  static const char *names[] = {"plain", "axis", "axes", "shape", "window", "permutation", "index"};
  return names[static_cast<int>(kind)];
}

namespace {

const char *wanted(AttrType type) {
  static const char *texts[] = {"a boolean",           "an integer",         "a number", "a string",
                                "the name of a dtype", "one of its choices", "integers", "numbers"};
  return texts[static_cast<int>(type)];
}

// The value as the attribute's own type, where the conversion loses nothing; nullopt where there is none.
std::optional<AttrValue> converted(AttrType type, const AttrValue &value) {
  switch (type) {
    case AttrType::boolean:
      if (value.get_if<bool>()) return value;
      if (auto *i = value.get_if<int64_t>(); i && (*i == 0 || *i == 1)) return AttrValue(*i == 1);
      break;
    case AttrType::integer:
      if (value.get_if<int64_t>()) return value;
      if (auto *b = value.get_if<bool>()) return AttrValue(int64_t{*b});
      if (auto *d = value.get_if<double>(); d && *d == std::trunc(*d) && std::abs(*d) <= 0x1p53)
        return AttrValue(static_cast<int64_t>(*d));
      break;
    case AttrType::floating:
      if (value.get_if<double>()) return value;
      if (auto *i = value.get_if<int64_t>()) return AttrValue(static_cast<double>(*i));
      break;
    case AttrType::string:
    case AttrType::dtype:
    case AttrType::choice:
      if (value.get_if<std::string>()) return value;
      break;
    case AttrType::integers:
      if (value.get_if<std::vector<int64_t>>()) return value;
      if (auto *i = value.get_if<int64_t>()) return AttrValue(std::vector<int64_t>{*i});
      if (auto *d = value.get_if<std::vector<double>>(); d && d->empty()) return AttrValue(std::vector<int64_t>{});
      break;
    case AttrType::floatings:
      if (value.get_if<std::vector<double>>()) return value;
      if (auto *d = value.get_if<double>()) return AttrValue(std::vector<double>{*d});
      if (auto *i = value.get_if<int64_t>()) return AttrValue(std::vector<double>{static_cast<double>(*i)});
      if (auto *list = value.get_if<std::vector<int64_t>>())
        return AttrValue(std::vector<double>(list->begin(), list->end()));
      break;
  }
  return std::nullopt;
}

void check_range(const AttrDef &def, double value, const AttrValue &whole) {
  bool low = def.min && (def.min_exclusive ? value <= *def.min : value < *def.min);
  bool high = def.max && value > *def.max;
  bool nan = (def.min || def.max) && std::isnan(value);
  if (!low && !high && !nan) return;
  std::string want = def.min && def.max ? cat(def.min_exclusive ? "more than " : "", *def.min,
                                              def.min_exclusive ? " and at most " : " to ", *def.max)
                     : def.min          ? cat(def.min_exclusive ? "more than " : "at least ", *def.min)
                                        : cat("at most ", *def.max);
  throw Error(Status::invalid_argument, def.name, "got ", whole.text(), "; want ", want);
}

}  // namespace

AttrValue AttrDef::checked(const AttrValue &value) const {
  if (value.none()) {
    if (nullable) return value;
    throw Error(Status::invalid_argument, name, "got None; want ", wanted(type));
  }
  auto own = converted(type, value);
  if (!own) throw Error(Status::invalid_argument, name, "got ", quoted(value.text()), "; want ", wanted(type));
  if (type == AttrType::choice) {
    const std::string &word = *own->get_if<std::string>();
    for (const std::string &choice : choices)
      if (choice == word) return *own;
    throw Error(Status::invalid_argument, name, "got ", quoted(word), "; want one of ", join(choices, ", "));
  }
  if (type == AttrType::dtype) {
    try {
      dtype_from_name(*own->get_if<std::string>());
    } catch (Error &error) {
      error.argument = name;
      throw;
    }
  }
  if (auto *i = own->get_if<int64_t>()) check_range(*this, static_cast<double>(*i), *own);
  if (auto *d = own->get_if<double>()) check_range(*this, *d, *own);
  if (auto *list = own->get_if<std::vector<int64_t>>())
    for (int64_t element : *list) check_range(*this, static_cast<double>(element), *own);
  if (auto *list = own->get_if<std::vector<double>>())
    for (double element : *list) check_range(*this, element, *own);
  return *own;
}

}  // namespace cermet
