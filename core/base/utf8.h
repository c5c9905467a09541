// SPDX-License-Identifier: Apache-2.0
// Which bytes are UTF-8: names and texts that come from outside are kept only if they are, and shown escaped if not.
#pragma once

#include <string_view>

namespace cermet {

// Length of the character at the start of `text`, 0 if it is not a valid one. `text` must not be empty.
inline size_t utf8_length(std::string_view text) {
  auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length > text.size()) return 0;
  for (size_t k = 1; k < length; ++k)
    if ((byte(k) & 0xc0) != 0x80) return 0;
  // Longer than needed, a surrogate, or beyond the last code point.
  unsigned char second = byte(1);
  bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
               (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return wrong ? 0 : length;
}

inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace cermet
