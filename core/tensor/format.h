// SPDX-License-Identifier: Apache-2.0
// The order of a value's elements in memory where it is not row-major: as a library's kernels want it, often in blocks
// of channels, padded to whole blocks. Programs choose formats for values between operators; arrays that users see are
// always row-major.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace cermet {

struct Format {
  std::string name;     // for people
  std::string key;      // equal keys mean equal formats
  int64_t nbytes = 0;   // with padding, which holds zeros
  bool padded = false;  // whether there is any
  // Channels in a block, where the order is (N, C / block, spatial ..., block); 0: another order.
  int64_t block = 0;
  std::shared_ptr<const void> library;  // the description that the library's adapter made
};

// Null: row-major.
using FormatRef = std::shared_ptr<const Format>;

inline bool same_format(const FormatRef &a, const FormatRef &b) { return a == b || (a && b && a->key == b->key); }

}  // namespace cermet
