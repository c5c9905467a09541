// SPDX-License-Identifier: Apache-2.0
// Moves steps that depend on parameters alone to the front of a program for prediction, to run only when those changed:
// conversions of weights to a kernel's format, folded factors, constants.
#pragma once

#include "runtime/program.h"

namespace cermet {

void find_derived(Program &program);

}  // namespace cermet
