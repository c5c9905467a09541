// SPDX-License-Identifier: Apache-2.0
// Random generators: a seed and a position. Each draw of an operator takes the next stream, so that the numbers depend
// on the order of calls and on nothing else.
#pragma once

#include <mutex>

#include "base/fork_mutex.h"
#include "base/philox.h"
#include "base/ref.h"

namespace cermet {

class Rng : public RefCounted {
 public:
  explicit Rng(uint64_t seed) : seed_(seed) {}
  Philox next_stream() {
    std::lock_guard<ForkMutex> lock(mutex_);
    return Philox(seed_, position_++);
  }
  void set_state(uint64_t seed, uint64_t position) {
    std::lock_guard<ForkMutex> lock(mutex_);
    seed_ = seed;
    position_ = position;
  }
  std::pair<uint64_t, uint64_t> state() const {
    std::lock_guard<ForkMutex> lock(mutex_);
    return {seed_, position_};
  }

 private:
  mutable ForkMutex mutex_;
  uint64_t seed_, position_ = 0;
};

// The process's own generator, used where none is given.
Rng &default_rng();

}  // namespace cermet
