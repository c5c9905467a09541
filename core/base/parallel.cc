// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <atomic>
#include <exception>

#include <omp.h>

#include "base/error.h"
#include "base/process.h"

namespace cermet {

namespace {
std::atomic<int> configured{0};
std::atomic<uint64_t> owner{0};  // the process that used threads first

bool forked() { return owner.load(std::memory_order_relaxed) != process_number(); }

int default_threads() { return std::max(1, std::min(omp_get_max_threads(), omp_get_num_procs())); }
}  // namespace

int num_threads() {
  int count = configured.load(std::memory_order_acquire);
  if (count == 0) {
    owner.store(process_number());
    count = default_threads();
    configured.store(count);
  }
  return count;
}

void set_num_threads(int count) {
  num_threads();  // so that there is an owner
  if (count > 1 && forked())
    throw Error(Status::unsupported, "num_threads", "got ", count, "; want 1, since this process was forked from one ",
                "that used threads");
  configured.store(count);
}

void notice_fork() {
  num_threads();  // so that there is an owner
  if (forked()) configured.store(1);
}

LibraryThreads::LibraryThreads() : hosts_(omp_get_max_threads()) {
  notice_fork();
  if (num_threads() != hosts_) omp_set_num_threads(num_threads());
}

LibraryThreads::~LibraryThreads() {
  if (omp_get_max_threads() != hosts_) omp_set_num_threads(hosts_);
}

namespace detail {

void run_chunks(int64_t count, int64_t chunk, void (*body)(void *, int64_t, int64_t), void *payload) {
  notice_fork();
  int64_t chunks = (count + chunk - 1) / chunk;
  int threads = static_cast<int>(std::min<int64_t>(chunks, num_threads()));
  if (threads <= 1 || omp_in_parallel()) {
    body(payload, 0, count);
    return;
  }
  std::exception_ptr failure;  // an exception must not leave the parallel region
  std::atomic<bool> failed{false};
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (int64_t k = 0; k < chunks; ++k) {
    if (failed.load(std::memory_order_relaxed)) continue;
    try {
      body(payload, k * chunk, std::min(count, (k + 1) * chunk));
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail
}  // namespace cermet
