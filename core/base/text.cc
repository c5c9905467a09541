// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace cermet {

void append(std::string &out, double value) {
  if (std::isnan(value)) {
    out += "nan";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-inf" : "inf";
  } else {
    char text[40];
    auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
  }
}

std::string printable(std::string_view text, size_t limit) {
  static const char *digits = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    size_t length = utf8_length(text);
    auto byte = static_cast<unsigned char>(text[0]);
    std::string piece;
    if (length == 1 && (byte < 0x20 || byte == 0x7f)) {
      piece = byte == '\n'   ? "\\n"
              : byte == '\t' ? "\\t"
                             : std::string{'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else if (length == 0) {
      piece = std::string{'\\', 'x', digits[byte >> 4], digits[byte & 15]};
      length = 1;
    } else {
      piece = std::string(text.substr(0, length));
    }
    if (out.size() + piece.size() > limit) {
      while (!out.empty() && out.size() + 3 > limit) {
        // drop one whole character from the end
        size_t back = 1;
        while (back < out.size() && (static_cast<unsigned char>(out[out.size() - back]) & 0xc0) == 0x80) ++back;
        out.resize(out.size() - back);
      }
      return out + "...";
    }
    out += piece;
    text.remove_prefix(length);
  }
  return out;
}

std::string quoted(std::string_view text) { return "'" + printable(text, 200) + "'"; }

std::string join(const std::vector<std::string> &parts, std::string_view separator) {
  std::string out;
  for (size_t k = 0; k < parts.size(); ++k) {
    if (k) out += separator;
    out += parts[k];
  }
  return out;
}

namespace {
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t k = 1; k <= b.size(); ++k) {
      size_t above = row[k];
      bool same =
          std::tolower(static_cast<unsigned char>(a[i - 1])) == std::tolower(static_cast<unsigned char>(b[k - 1]));
      row[k] = std::min({above + 1, row[k - 1] + 1, diagonal + (same ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}
}  // namespace

std::string suggestion(std::string_view name, const std::vector<std::string> &candidates) {
  if (name.size() > 64) return "";  // no honest name is that long, and the search would be slow
  size_t limit = name.size() < 4 ? 1 : std::max<size_t>(2, name.size() / 3);
  std::vector<std::pair<size_t, const std::string *>> near;
  for (const std::string &candidate : candidates) {
    if (candidate.size() > 64) continue;
    size_t distance = edit_distance(name, candidate);
    if (distance <= limit) near.emplace_back(distance, &candidate);
  }
  std::sort(near.begin(), near.end(),
            [](auto &a, auto &b) { return a.first != b.first ? a.first < b.first : *a.second < *b.second; });
  if (near.empty()) return "";
  std::string out = "; did you mean ";
  for (size_t k = 0; k < near.size() && k < 3; ++k) out += (k ? " or " : "") + quoted(*near[k].second);
  return out + "?";
}

}  // namespace cermet
