// SPDX-License-Identifier: Apache-2.0
#include "device/device.h"

#include "base/error.h"

namespace cermet {

void append(std::string &out, Device device) {
  if (device.type == DeviceType::cpu)
    out += "cpu";
  else
    out += cat("cuda:", device.id);
}

void check_device(Device device) {
  if (device.type == DeviceType::cpu) {
    if (device.id != 0) throw Error(Status::invalid_argument, "device_id", "got ", device.id, "; want 0 for the CPU");
  } else if (device.type == DeviceType::cuda) {
    if (cuda::device_count() == 0)
      throw Error(Status::unsupported, "device", "got ", device, "; this build or machine has no CUDA device");
    if (device.id < 0 || device.id >= cuda::device_count())
      throw Error(Status::invalid_argument, "device_id", "got ", device.id, "; want 0 to ", cuda::device_count() - 1);
  } else {
    throw Error(Status::invalid_argument, "device", "got ", static_cast<int>(device.type), "; want cpu or cuda");
  }
}

Allocator &allocator(Device device) {
  check_device(device);
  return device.type == DeviceType::cpu ? cpu::allocator() : cuda::allocator(device.id);
}

}  // namespace cermet
