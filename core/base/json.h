// SPDX-License-Identifier: Apache-2.0
// Reading JSON that nobody vouches for: strict, duplicate keys and deep nesting refused, memory at most 64 times the
// text.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// The library tears values down with a list on the heap, in a destructor: without memory, that would end the process.
// Nesting is limited here (parse_json) or known (what is written), so plain recursion does. Both kinds of object:
#define CERMET_PLAIN_DESTROY(Type)                            \
  template <>                                                 \
  inline void Type::json_value::destroy(Type::value_t kind) { \
    if (kind == Type::value_t::object) delete object;         \
    if (kind == Type::value_t::array) delete array;           \
    if (kind == Type::value_t::string) delete string;         \
    if (kind == Type::value_t::binary) delete binary;         \
  }
CERMET_PLAIN_DESTROY(nlohmann::json)
CERMET_PLAIN_DESTROY(nlohmann::ordered_json)
#undef CERMET_PLAIN_DESTROY

namespace cermet {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;  // members stay in the order in which they were added

// The whole text as one value, or `corrupt` with argument "<what> at line L, column C".
Json parse_json(std::string_view text, const std::string &what);

}  // namespace cermet
