// SPDX-License-Identifier: Apache-2.0
// Lanes: the three types in which elementwise kernels compute. 16-bit floats go through float, integers and bool
// through int64 (whose sums and products, cut to the narrow type, are exactly the narrow type's); so a kernel is
// written once and compiled three times, and serves every dtype. Values travel through small blocks that stay in the
// first-level cache.
#pragma once

#include "schema/contexts.h"

namespace cermet {

constexpr int64_t kBlock = 512;

// f(TypeTag<L>{}) for the lane type of a dtype.
template <class F>
decltype(auto) dispatch_lanes(DType dtype, F &&f) {
  if (dtype == DType::float64) return f(TypeTag<double>{});
  if (is_float(dtype)) return f(TypeTag<float>{});
  return f(TypeTag<int64_t>{});
}

// `count` elements of dense data from element `offset` on, as lanes; and back, by convert().
template <class L>
void load_lanes(const void *data, DType dtype, int64_t offset, int64_t count, L *lanes);
template <class L>
void store_lanes(const L *lanes, void *data, DType dtype, int64_t offset, int64_t count);

}  // namespace cermet
