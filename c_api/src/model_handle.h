// SPDX-License-Identifier: Apache-2.0
// The model handle, which several families take.
#pragma once

#include "guard.h"
#include "model/model.h"

namespace cermet::c_api {
CERMET_HANDLE(cermet_model, Model)
}
