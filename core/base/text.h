// SPDX-License-Identifier: Apache-2.0
// Building short texts: cat("a", 1, 2.5), quoting of foreign text, nearest names for "did you mean".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cermet {

inline void append(std::string &out, std::string_view text) { out += text; }
inline void append(std::string &out, const char *text) { out += text; }
inline void append(std::string &out, const std::string &text) { out += text; }
inline void append(std::string &out, char c) { out += c; }
inline void append(std::string &out, bool value) { out += value ? "true" : "false"; }
inline void append(std::string &out, int value) { out += std::to_string(value); }
inline void append(std::string &out, long value) { out += std::to_string(value); }
inline void append(std::string &out, long long value) { out += std::to_string(value); }
inline void append(std::string &out, unsigned value) { out += std::to_string(value); }
inline void append(std::string &out, unsigned long value) { out += std::to_string(value); }
// Shortest text that reads back as the same number.
void append(std::string &out, double value);

template <class... Parts>
std::string cat(const Parts &...parts) {
  std::string out;
  (append(out, parts), ...);
  return out;
}

// Foreign text made fit for a message: in quotes, unprintable bytes escaped, cut at 200 bytes.
std::string quoted(std::string_view text);

// Text without unprintable bytes and of at most `limit` bytes, cut between UTF-8 characters.
std::string printable(std::string_view text, size_t limit);

// "; did you mean 'a' or 'b'?" for the up to three candidates nearest to `name` (edit distance), "" if none is near.
std::string suggestion(std::string_view name, const std::vector<std::string> &candidates);

std::string join(const std::vector<std::string> &parts, std::string_view separator);

}  // namespace cermet
