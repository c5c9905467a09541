// SPDX-License-Identifier: Apache-2.0
// A lock for what any thread may hold at any time. In a forked child, where the threads of the parent do not exist, a
// lock that one of them held is free again; with a plain mutex the child would wait for ever.
#pragma once

#include <atomic>
#include <mutex>
#include <new>
#include <thread>

#include "base/process.h"

namespace cermet {

class ForkMutex {
 public:
  // False where a thread of the parent stayed behind in it: what it guards may be half changed, and is to be made anew.
  bool lock() {
    uint64_t here = process_number();
    if (known_.load(std::memory_order_acquire) != here) return lock_first(here);
    mutex_.lock();
    return true;
  }
  void unlock() { mutex_.unlock(); }

 private:
  // The first of the process' threads that comes looks at what the parent left; others wait for it.
  bool lock_first(uint64_t here) {
    if (claimed_.exchange(here) != here) {
      bool free = mutex_.try_lock();
      if (!free) {
        new (&mutex_) std::mutex;
        mutex_.lock();
      }
      known_.store(here, std::memory_order_release);
      return free;
    }
    while (known_.load(std::memory_order_acquire) != here) std::this_thread::yield();
    mutex_.lock();
    return true;
  }

  std::mutex mutex_;
  std::atomic<uint64_t> claimed_{0}, known_{0};  // process_number of whom it serves
};

}  // namespace cermet
