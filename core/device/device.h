// SPDX-License-Identifier: Apache-2.0
// Devices and their memory. Which devices exist is decided at link time: device/cpu always, and either device/cuda or
// device/no_cuda. Nothing outside this folder asks which.
#pragma once

#include <cstdint>
#include <string>

namespace cermet {

// Values are those of cermet_device.
enum class DeviceType : int { cpu = 1, cuda = 2 };

struct Device {
  DeviceType type = DeviceType::cpu;
  int id = 0;
  bool operator==(const Device &other) const { return type == other.type && id == other.id; }
};

void append(std::string &out, Device device);

struct MemoryStats {
  int64_t in_use = 0;  // bytes of live blocks
  int64_t kept = 0;    // bytes of free blocks kept for reuse
  int64_t peak = 0;    // highest in_use since the last reset
  int64_t cap = 0;     // 0: none
};

// Memory of one device: pooled, counted, capped. Thread-safe.
class Allocator {
 public:
  virtual ~Allocator() = default;
  // At least `bytes` bytes, aligned to 64; never null. Contents are arbitrary. Throws limit or out_of_memory.
  virtual void *allocate(int64_t bytes) = 0;
  // `bytes` as given to allocate. Never throws, never waits for work.
  virtual void release(void *block, int64_t bytes) noexcept = 0;
  virtual MemoryStats stats() const = 0;
  virtual void set_cap(int64_t bytes) = 0;
  virtual void reset_peak() = 0;
  virtual void trim() = 0;
};

// The allocator of a device; throws device or unsupported if there is no such device.
Allocator &allocator(Device device);
// Throws unless the device exists in this build and on this machine.
void check_device(Device device);

namespace cpu {
Allocator &allocator();
}
namespace cuda {
int device_count();
Allocator &allocator(int id);
}  // namespace cuda

}  // namespace cermet
