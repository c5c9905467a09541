// SPDX-License-Identifier: Apache-2.0
// Chooses the memory formats of a program's values. Operators say what they want and give (Definition::formats);
// elementwise ones work in whatever order their inputs come; the others, and all that users see, are row-major.
// Conversions become steps of their own, and each is made once.
#pragma once

#include "runtime/program.h"

namespace cermet {

void choose_formats(Program &program);

}  // namespace cermet
