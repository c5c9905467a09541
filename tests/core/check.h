// SPDX-License-Identifier: Apache-2.0
// Assertions that several test files use.
#pragma once

#include <cmath>

#include <criterion/criterion.h>

#include "graphs.h"

namespace cermet::test {

inline void expect_equal(const NDArray &got, const NDArray &want, double tolerance = 1e-5) {
  cr_assert(got.shape() == want.shape());
  auto a = values_of(got), b = values_of(want);
  for (size_t k = 0; k < a.size(); ++k)
    cr_assert(std::abs(a[k] - b[k]) <= tolerance * (1 + std::abs(b[k])), "element %zu: got %g; want %g", k, a[k], b[k]);
}

// What a call throws; ok if nothing.
template <class F>
Status status_of(F &&f) {
  try {
    f();
  } catch (const Error &error) {
    return error.status;
  }
  return Status::ok;
}

inline int64_t bytes_in_use() { return allocator(Device{}).stats().in_use; }

}  // namespace cermet::test
