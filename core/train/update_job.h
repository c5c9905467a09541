// SPDX-License-Identifier: Apache-2.0
// The update of one parameter, as the update operator's kernel takes it: dense arrays, and float32 ones for 16-bit
// weights.
#pragma once

#include "schema/attrs.h"
#include "tensor/ndarray.h"

namespace cermet {

// 16-bit weights are updated in a float32 copy, their master: small steps would be lost in the weight itself.
inline bool needs_master(DType weight) { return weight == DType::float16 || weight == DType::bfloat16; }
inline DType update_dtype(DType weight) { return needs_master(weight) ? DType::float32 : weight; }

struct UpdateJob {
  ArrayRef weight, grad;  // the caller's; may be strided
  ArrayRef master;        // null unless the weight needs one
  std::vector<ArrayRef> states;
  ArrayRef scale;  // last input of some operators; null where it is an attribute
  Attrs attrs;

  void run(const Definition &op) const;
};

}  // namespace cermet
