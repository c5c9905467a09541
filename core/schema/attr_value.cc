// SPDX-License-Identifier: Apache-2.0
#include "schema/attr_value.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "schema/none.h"

namespace cermet {

const char *attr_type_name(AttrType type) {
  static const char *names[] = {"bool", "int", "float", "string", "dtype", "choice", "ints", "floats"};
  return names[static_cast<int>(type)];
}

namespace {
std::string text_of(double value) { return cat(value); }
std::string text_of(int64_t value) { return value == kNoneInTuple ? "None" : cat(value); }

template <class T>
std::string tuple_text(const std::vector<T> &values) {
  std::string out = "(";
  for (size_t k = 0; k < values.size(); ++k) out += cat(k ? ", " : "", text_of(values[k]));
  return out + (values.size() == 1 ? ",)" : ")");
}

struct TextOf {
  std::string operator()(None) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(int64_t value) const { return cat(value); }
  std::string operator()(double value) const { return cat(value); }
  std::string operator()(const std::string &value) const { return value; }
  std::string operator()(const std::vector<int64_t> &value) const { return tuple_text(value); }
  std::string operator()(const std::vector<double> &value) const { return tuple_text(value); }
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

[[noreturn]] void refuse(const std::string &text, const char *want) {
  throw Error(Status::invalid_argument, "", "got ", quoted(text), "; want ", want);
}

std::optional<int64_t> parse_int(std::string_view text) {
  if (!text.empty() && (text.back() == 'L' || text.back() == 'l')) text.remove_suffix(1);  // Python 2 wrote 1L
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  int64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int64_t> parse_int_or_none(std::string_view text) {
  return text == "None" ? kNoneInTuple : parse_int(text);
}

std::optional<double> parse_float(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range && end == text.data() + text.size()) {
    // from_chars leaves the value alone; a number too large is an infinity, one too small a zero
    bool small = text.find("e-") != text.npos || text.find("E-") != text.npos;
    return small ? 0.0 : std::copysign(std::numeric_limits<double>::infinity(), text.front() == '-' ? -1.0 : 1.0);
  }
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> parse_bool(std::string_view text) {
  std::string lower;
  for (char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "true" || lower == "1") return true;
  if (lower == "false" || lower == "0") return false;
  return std::nullopt;
}

// "(1, 2)", "[1, 2]", "(1,)", "()", or a bare "1".
template <class T, class ParseOne>
std::vector<T> parse_tuple(const std::string &text, const char *want, ParseOne parse_one) {
  std::string_view rest = trimmed(text);
  if (!rest.empty() && (rest.front() == '(' || rest.front() == '[')) {
    char close = rest.front() == '(' ? ')' : ']';
    if (rest.back() != close || rest.size() < 2) refuse(text, want);
    rest = trimmed(rest.substr(1, rest.size() - 2));
    if (rest.empty()) return {};
    if (rest.back() == ',') rest.remove_suffix(1);
  }
  std::vector<T> values;
  for (;;) {
    size_t comma = rest.find(',');
    auto value = parse_one(trimmed(rest.substr(0, comma)));
    if (!value) refuse(text, want);
    values.push_back(*value);
    if (comma == rest.npos) return values;
    rest.remove_prefix(comma + 1);
  }
}
}  // namespace

std::string AttrValue::text() const { return std::visit(TextOf{}, data_); }

AttrValue parse_attr(AttrType type, const std::string &text) {
  std::string_view bare = trimmed(text);
  if (bare == "None" && type != AttrType::string) return None{};
  switch (type) {
    case AttrType::boolean:
      if (auto value = parse_bool(bare)) return *value;
      refuse(text, "True or False");
    case AttrType::integer:
      if (auto value = parse_int(bare)) return *value;
      // MXNet's front ends wrote some integers as floats and flags as words
      if (auto value = parse_float(bare); value && *value == std::trunc(*value) && std::abs(*value) < 0x1p53)
        return static_cast<int64_t>(*value);
      if (auto value = parse_bool(bare)) return int64_t{*value};
      refuse(text, "an integer");
    case AttrType::floating:
      if (auto value = parse_float(bare)) return *value;
      if (auto value = parse_bool(bare)) return *value ? 1.0 : 0.0;
      refuse(text, "a number");
    case AttrType::string:
    case AttrType::dtype:
    case AttrType::choice:
      return type == AttrType::string ? text : std::string(bare);
    case AttrType::integers:
      return parse_tuple<int64_t>(text, "integers such as (3, 3)", parse_int_or_none);
    case AttrType::floatings:
      return parse_tuple<double>(text, "numbers such as (0.1, 0.2)", parse_float);
  }
  refuse(text, "a value");
}

}  // namespace cermet
