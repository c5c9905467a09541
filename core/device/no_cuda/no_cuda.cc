// SPDX-License-Identifier: Apache-2.0
// What a build without CUDA has in the place of device/cuda: no devices.
#include "base/error.h"
#include "device/device.h"

namespace cermet::cuda {

int device_count() { return 0; }

Allocator &allocator(int) { throw Error(Status::unsupported, "device", "this build has no CUDA"); }

}  // namespace cermet::cuda
