// SPDX-License-Identifier: Apache-2.0
// Puts elementwise steps whose results only each other need into one loop.
#pragma once

#include "runtime/program.h"

namespace cermet {

void fuse_elementwise(Program &program);

}  // namespace cermet
