// SPDX-License-Identifier: Apache-2.0
#include "tensor/storage.h"

namespace cermet {

Storage::Storage(Device device, int64_t nbytes)
    : device_(device), data_(static_cast<char *>(allocator(device).allocate(nbytes))), nbytes_(nbytes), owned_(true) {}

Storage::Storage(Device device, void *data, int64_t nbytes, void (*release)(void *), void *payload)
    : device_(device), data_(static_cast<char *>(data)), nbytes_(nbytes), release_(release), payload_(payload) {}

Storage::~Storage() {
  if (owned_) allocator(device_).release(data_, nbytes_);
  if (release_) release_(payload_);
}

}  // namespace cermet
