// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include <atomic>

#include <sys/mman.h>
#include <unistd.h>

namespace cermet {

namespace {

using Number = std::atomic<uint64_t>;

// Memory that the system clears in a forked child; null where it cannot. Never given back.
Number *cleared_by_fork() {
  const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void *page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (madvise(page, size, MADV_WIPEONFORK) == 0) return static_cast<Number *>(page);
  munmap(page, size);
  return nullptr;
}

}  // namespace

uint64_t process_number() {
  static Number *const here = cleared_by_fork();
  if (!here) return static_cast<uint64_t>(getpid());
  uint64_t number = here->load(std::memory_order_acquire);
  if (number) return number;
  static Number last{0};  // what forked children begin with
  uint64_t fresh = ++last;
  return here->compare_exchange_strong(number, fresh) ? fresh : number;
}

}  // namespace cermet
