// SPDX-License-Identifier: Apache-2.0
// A run of memory on one device, shared by all views of it, with what the engine needs to order accesses.
#pragma once

#include <atomic>
#include <deque>
#include <memory>

#include "base/error.h"
#include "base/ref.h"
#include "device/device.h"

namespace cermet {

// Who reads and writes a storage now, and who waits. Only runtime/engine touches it, under its lock.
struct Access {
  struct Task;  // defined by the engine
  int readers = 0;
  bool writing = false;
  std::unique_ptr<std::deque<Task *>> waiting;  // null until somebody has to wait
  std::shared_ptr<const Error> failure;         // of the operation that should have written the values
};

class Storage : public RefCounted {
 public:
  // Fresh memory of the device, not initialised.
  Storage(Device device, int64_t nbytes);
  // Memory of someone else's; `release(payload)` runs when the storage dies. Either may be null.
  Storage(Device device, void *data, int64_t nbytes, void (*release)(void *), void *payload);
  ~Storage();

  // Arms or replaces the function that runs when the storage dies.
  void on_release(void (*release)(void *), void *payload) {
    release_ = release;
    payload_ = payload;
  }

  Device device() const { return device_; }
  char *data() const { return data_; }
  int64_t nbytes() const { return nbytes_; }

  // Counts writes, so that a recording notices when a value it keeps was overwritten.
  uint64_t version() const { return version_.load(std::memory_order_acquire); }
  void bump_version() { version_.fetch_add(1, std::memory_order_acq_rel); }

  // From now on somebody outside the engine knows the address, and may write there at any time without being counted.
  void expose() { exposed_.store(true, std::memory_order_release); }
  // Whether each write shows in `version`: for memory of our own whose address never left the engine.
  bool counts_writes() const { return owned_ && !exposed_.load(std::memory_order_acquire); }

  Access access;

 private:
  Device device_;
  char *data_ = nullptr;
  int64_t nbytes_ = 0;
  bool owned_ = false;
  void (*release_)(void *) = nullptr;
  void *payload_ = nullptr;
  std::atomic<uint64_t> version_{0};
  std::atomic<bool> exposed_{false};
};

}  // namespace cermet
