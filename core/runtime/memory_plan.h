// SPDX-License-Identifier: Apache-2.0
// Offsets in one arena: buffers that live at the same time lie apart, others may share bytes. Planning knows all lives
// beforehand, so the peak is stated before anything is allocated, and equals what is allocated.
#pragma once

#include <cstdint>
#include <vector>

namespace cermet {

constexpr int64_t kArenaAlignment = 64;

// A run of bytes needed from step `first` to step `last`, both included.
struct Buffer {
  int64_t nbytes = 0;
  int first = 0, last = 0;
  int64_t offset = 0;  // set by the plan
};

// Rounded up to the alignment of offsets.
inline int64_t aligned_bytes(int64_t nbytes) {
  return (nbytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

// The sum; throws limit where no number holds it.
int64_t add_bytes(int64_t a, int64_t b);

// Sets all offsets; returns the bytes of the arena. Throws limit where all buffers together are too many bytes to
// count.
int64_t plan_memory(std::vector<Buffer> &buffers);

// The most bytes that live at one step: no plan can be smaller.
int64_t peak_live_bytes(const std::vector<Buffer> &buffers);

}  // namespace cermet
