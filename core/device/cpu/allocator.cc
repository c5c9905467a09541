// SPDX-License-Identifier: Apache-2.0
// The CPU allocator. Freed blocks are kept by size class and reused, because first touch of fresh pages costs many
// times a reuse; large blocks are aligned to huge pages and ask for them.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <new>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork_mutex.h"
#include "device/device.h"

namespace cermet::cpu {
namespace {

constexpr int64_t kAlignment = 64;
constexpr int64_t kHugePage = 2 << 20;
constexpr int64_t kSmall = 4096;
constexpr int64_t kMost = int64_t{1} << 61;  // bytes in use

// Sizes are rounded so that slightly different requests can share blocks: to 64 bytes below 4 KiB, then to an eighth of
// the power of two below, so at most 12.5 % is lost.
int64_t size_class(int64_t bytes) {
  if (bytes <= kSmall) return std::max(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  int64_t step = int64_t{1} << (63 - __builtin_clzll(static_cast<uint64_t>(bytes)));
  step = std::max(step / 8, kAlignment);
  return (bytes + step - 1) / step * step;
}

// What this process may hold at most: the smaller of physical memory and the container's limit.
int64_t machine_limit() {
  int64_t limit = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  for (const char *path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream file(path);
    int64_t value = 0;
    if (file >> value && value > 0) limit = std::min(limit, value);
  }
  return limit;
}

class CpuAllocator final : public Allocator {
 public:
  void *allocate(int64_t bytes) override {
    Locked lock(*this);
    int64_t limit = std::min(cap_ ? cap_ : machine_limit_, kMost);
    if (bytes < 0 || bytes > limit - stats_.in_use)
      throw Error(Status::limit, "memory", "got a request for ", bytes, " bytes with ", stats_.in_use,
                  " in use; want at most ", limit, " in all");
    int64_t size = size_class(bytes);
    std::vector<void *> *kept = kept_of(size);
    void *block = nullptr;
    if (kept && !kept->empty()) {
      block = kept->back();
      kept->pop_back();
      stats_.kept -= size;
    } else {
      if (stats_.kept > limit - stats_.in_use - bytes) trim_locked();
      block = fresh(size);
      if (!block && stats_.kept) {
        trim_locked();
        block = fresh(size);
      }
      if (!block) throw Error(Status::out_of_memory, "memory", "the system gave no ", size, " bytes");
    }
    stats_.in_use += bytes;
    stats_.peak = std::max(stats_.peak, stats_.in_use);
    return block;
  }

  void release(void *block, int64_t bytes) noexcept override {
    Locked lock(*this);
    int64_t size = size_class(bytes);
    stats_.in_use -= bytes;
    try {
      (size <= kSmall ? small_[small_index(size)] : large_[size]).push_back(block);
      stats_.kept += size;
    } catch (...) {
      std::free(block);
    }
  }

  MemoryStats stats() const override {
    Locked lock(*this);
    MemoryStats stats = stats_;
    stats.cap = cap_;
    return stats;
  }
  void set_cap(int64_t bytes) override {
    Locked lock(*this);
    cap_ = bytes;
    if (cap_ && stats_.kept > cap_ - stats_.in_use) trim_locked();
  }
  void reset_peak() override {
    Locked lock(*this);
    stats_.peak = stats_.in_use;
  }
  void trim() override {
    Locked lock(*this);
    trim_locked();
  }

 private:
  // The lock, for the life of this object.
  class Locked {
   public:
    explicit Locked(const CpuAllocator &allocator) : mutex_(allocator.mutex_) {
      if (!mutex_.lock()) const_cast<CpuAllocator &>(allocator).forget_kept();
    }
    ~Locked() { mutex_.unlock(); }
    Locked(const Locked &) = delete;
    Locked &operator=(const Locked &) = delete;

   private:
    ForkMutex &mutex_;
  };
  // In a forked child whose parent was changing the lists: they are of no use, not even to be destroyed.
  void forget_kept() {
    for (auto &blocks : small_) new (&blocks) std::vector<void *>;
    new (&large_) std::map<int64_t, std::vector<void *>>;
    stats_.kept = 0;
  }
  static size_t small_index(int64_t size) { return static_cast<size_t>(size / kAlignment - 1); }
  // Blocks of a class that wait for reuse; null if there never were any.
  std::vector<void *> *kept_of(int64_t size) {
    if (size <= kSmall) return &small_[small_index(size)];
    auto found = large_.find(size);
    return found == large_.end() ? nullptr : &found->second;
  }
  static void *fresh(int64_t size) {
    int64_t alignment = size >= kHugePage ? kHugePage : kAlignment;
    void *block = nullptr;
    if (posix_memalign(&block, static_cast<size_t>(alignment), static_cast<size_t>(size)) != 0) return nullptr;
    if (alignment == kHugePage) madvise(block, static_cast<size_t>(size), MADV_HUGEPAGE);
    return block;
  }
  void trim_locked() {
    auto free_all = [](std::vector<void *> &blocks) {
      for (void *block : blocks) std::free(block);
      blocks = {};
    };
    for (auto &blocks : small_) free_all(blocks);
    for (auto &[size, blocks] : large_) free_all(blocks);
    large_.clear();
    stats_.kept = 0;
  }

  mutable ForkMutex mutex_;
  std::vector<void *> small_[kSmall / kAlignment];  // free blocks by size class
  std::map<int64_t, std::vector<void *>> large_;
  MemoryStats stats_;
  int64_t cap_ = 0;
  const int64_t machine_limit_ = machine_limit();
};

}  // namespace

// Never destroyed: arrays may outlive every static object of the host's exit.
Allocator &allocator() {
  static auto *instance = new CpuAllocator;
  return *instance;
}

}  // namespace cermet::cpu
