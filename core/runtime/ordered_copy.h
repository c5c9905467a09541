// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/ndarray.h"

namespace cermet {

// Copies values, converting the dtype, in its turn: nobody else writes either array meanwhile. The arrays may overlap.
// Throws the failure that the source keeps.
void ordered_copy(const NDArray &source, const NDArray &destination);

}  // namespace cermet
