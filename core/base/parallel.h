// SPDX-License-Identifier: Apache-2.0
// Loops over several threads. One pool serves the whole process: OpenMP's, which oneDNN and OpenBLAS use as well, so
// that nothing competes for the cores.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cermet {

int num_threads();
void set_num_threads(int count);  // more than 1 is unsupported in a forked child

// Makes the calling thread's parallel regions (ours and the libraries') use num_threads(), and 1 in a forked child,
// where OpenMP's workers do not exist. Cheap; called before anything that may run in parallel.
void enter_parallel_runtime();

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
