// SPDX-License-Identifier: Apache-2.0
// Attribute values compared to the bit: -0 differs from 0, and NaN equals itself.
#pragma once

#include <bit>

#include "schema/attr_value.h"

namespace cermet {

inline bool exactly_equal(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

inline bool exactly_equal(const AttrValue &a, const AttrValue &b) {
  if (auto x = a.get_if<double>()) {
    auto y = b.get_if<double>();
    return y && exactly_equal(*x, *y);
  }
  if (auto x = a.get_if<std::vector<double>>()) {
    auto y = b.get_if<std::vector<double>>();
    return y && std::equal(x->begin(), x->end(), y->begin(), y->end(),
                           [](double p, double q) { return exactly_equal(p, q); });
  }
  return a == b;
}

inline bool exactly_equal(const AttrList &a, const AttrList &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) {
    return x.first == y.first && exactly_equal(x.second, y.second);
  });
}

}  // namespace cermet
