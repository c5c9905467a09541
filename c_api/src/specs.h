// SPDX-License-Identifier: Apache-2.0
// cermet_specs as the engine takes them: entries with an unknown dimension give their dtype only.
#pragma once

#include "graph/infer.h"
#include "guard.h"

namespace cermet::c_api {

std::vector<NamedSpec> named_specs(const Specs &specs);

}  // namespace cermet::c_api
