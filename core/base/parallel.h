// SPDX-License-Identifier: Apache-2.0
// Loops over several threads. One pool serves the whole process: OpenMP's, which oneDNN and OpenBLAS use as well, so
// that nothing competes for the cores.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cermet {

int num_threads();
void set_num_threads(int count);  // more than 1 is unsupported in a forked child

// From a fork on, 1: OpenMP's workers do not exist in the child.
void notice_fork();

// While it lives, the calling thread's parallel regions in oneDNN and OpenBLAS use num_threads(); then the host's
// setting holds again. Cheap.
class LibraryThreads {
 public:
  LibraryThreads();
  ~LibraryThreads();
  LibraryThreads(const LibraryThreads &) = delete;
  LibraryThreads &operator=(const LibraryThreads &) = delete;

 private:
  int hosts_;
};

namespace detail {
void run_chunks(int64_t count, int64_t chunk, void (*body)(void *, int64_t, int64_t), void *payload);
}

// body(begin, end) over [0, count), in chunks of at least `grain` iterations, claimed dynamically. Runs in place when
// there is too little to share. Results must not depend on the chunking.
template <class Body>
void parallel_for(int64_t count, int64_t grain, Body &&body) {
  if (count <= 0) return;
  if (count <= grain || num_threads() == 1) {
    body(int64_t{0}, count);
    return;
  }
  int64_t chunk = std::max(grain, (count + 4 * num_threads() - 1) / (4 * num_threads()));
  detail::run_chunks(
      count, chunk, [](void *payload, int64_t begin, int64_t end) { (*static_cast<Body *>(payload))(begin, end); },
      &body);
}

}  // namespace cermet
