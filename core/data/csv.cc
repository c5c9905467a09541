// SPDX-License-Identifier: Apache-2.0
#include "data/csv.h"

#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "model/file.h"
#include "model/inflate.h"

namespace cermet {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

std::optional<float> number_of(std::string_view field) {
  field = trimmed(field);
  if (field.empty() || field == "NA") return std::numeric_limits<float>::quiet_NaN();
  if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
  double value = 0;
  auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (problem != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return static_cast<float>(value);
}

// The text up to `end`, which is taken off with the character behind it.
std::string_view cut(std::string_view &text, char end) {
  size_t at = text.find(end);
  std::string_view out = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return out;
}

}  // namespace

ArrayRef read_csv(const std::string &path, char delimiter, int skip_rows) {
  if (delimiter == '\0' || std::strchr("0123456789.+-\"\r\n", delimiter))
    throw Error(Status::invalid_argument, "delimiter", "got ", quoted(std::string(1, delimiter)),
                "; want a character that numbers do not have");
  if (skip_rows < 0) throw Error(Status::invalid_argument, "skip_rows", "got ", skip_rows, "; want 0 or more");
  std::string text = read_plain_or_gzip(path);
  std::string_view rest = text;
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest.remove_suffix(1);
  int64_t line = 0, columns = 0, rows = 0;
  for (; line < skip_rows && !rest.empty(); ++line) cut(rest, '\n');
  std::vector<float> values;
  while (!rest.empty()) {
    ++line;
    std::string_view row = cut(rest, '\n');
    int64_t column = 0;
    for (bool more = true; more; ++column) {
      more = row.find(delimiter) != row.npos;
      std::string_view field = cut(row, delimiter);
      auto value = number_of(field);
      if (!value)
        throw Error(Status::corrupt, cat(shown(path), ": csv at line ", line, ", column ", column + 1), "got ",
                    quoted(field), "; want a number");
      values.push_back(*value);
    }
    if (rows == 0) columns = column;
    if (column != columns)
      throw Error(Status::corrupt, cat(shown(path), ": csv at line ", line), "got ", column, " columns; want ", columns,
                  " as before");
    ++rows;
  }
  auto out = make_ref<NDArray>(Shape{rows, columns}, DType::float32);
  if (!values.empty()) std::memcpy(out->data(), values.data(), values.size() * sizeof(float));
  return out;
}

}  // namespace cermet
