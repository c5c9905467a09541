// SPDX-License-Identifier: Apache-2.0
// Changes of dtype that change nothing: graphs of mixed precision have them where dtypes are known only with the
// shapes, and so have gradients. Who reads one reads what it was made from instead.
#pragma once

#include "runtime/program.h"

namespace cermet {

void drop_casts(Program &program);

}  // namespace cermet
