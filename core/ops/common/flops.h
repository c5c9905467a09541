// SPDX-License-Identifier: Apache-2.0
// Floating-point operations of the operators that are products: what their definition asks for, two a multiplication
// with its addition, whatever the kernel does to need fewer.
#pragma once

#include "schema/definition.h"

namespace cermet {

// 0 where the operator is no product.
double flops(const Definition &op, const KernelContext &context);

}  // namespace cermet
