// SPDX-License-Identifier: Apache-2.0
// Puts elementwise steps whose results only each other need into one loop.
#pragma once

#include "runtime/program.h"

namespace cermet {

void fuse_elementwise(Program &program);

// How a loop over `out` reads an input that broadcasts to it by NumPy's rule; empty if it does not, or lies in memory
// in an order of its own.
FusedLoop::Stretch stretch_of(const Program::Value &in, const Program::Value &out);

}  // namespace cermet
