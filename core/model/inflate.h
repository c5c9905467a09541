// SPDX-License-Identifier: Apache-2.0
// Deflated data back to what it was, within bounds: small inputs that would fill the memory are refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cermet {

// What `compressed` bytes may expand to: 64 MiB, or 256 times their size if that is more. Honest data rarely comes
// near.
uint64_t expansion_limit(uint64_t compressed);

// A raw deflate stream of exactly `size` bytes, as zip files hold it. `what` names it in messages.
std::string inflate_raw(std::string_view compressed, uint64_t size, const std::string &what);

// The contents of a file that may be gzip: inflated if it begins as gzip does, else as it is.
std::string read_plain_or_gzip(const std::string &path);

}  // namespace cermet
