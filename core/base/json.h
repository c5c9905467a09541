// SPDX-License-Identifier: Apache-2.0
// Reading JSON that nobody vouches for: strict, duplicate keys and deep nesting refused, memory at most 64 times the
// text.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace cermet {

using Json = nlohmann::json;

// The whole text as one value, or `corrupt` with argument "<what> at line L, column C".
Json parse_json(std::string_view text, const std::string &what);

}  // namespace cermet
