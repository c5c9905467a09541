// SPDX-License-Identifier: Apache-2.0
// Handles of optimizers and metrics, which trainers take too.
#pragma once

#include "guard.h"
#include "train/metric.h"
#include "train/optimizer.h"

namespace cermet::c_api {
CERMET_HANDLE(cermet_optimizer, Optimizer)
CERMET_HANDLE(cermet_metric, Metric)
}  // namespace cermet::c_api
