// SPDX-License-Identifier: Apache-2.0
// Filling and copying whole tensors.
#pragma once

#include "schema/contexts.h"

namespace cermet {

void fill(const Tensor &out, double value);

// Copies; nothing to do where both are the same memory.
void copy_bytes(const void *from, void *to, int64_t nbytes);

}  // namespace cermet
