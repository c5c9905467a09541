// SPDX-License-Identifier: Apache-2.0
// cermet/runtime.h.
#include "base/log.h"
#include "base/parallel.h"
#include "guard.h"
#include "runtime/engine.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_SAME(CERMET_EXECUTION_INLINE, Execution::inline_);
CERMET_SAME(CERMET_EXECUTION_ASYNC, Execution::async);
CERMET_SAME(CERMET_EXECUTION_SYNC, Execution::sync);

cermet_status cermet_set_num_threads(int32_t num_threads) {
  CERMET_ENTER();
  if (num_threads < 1 || num_threads > 1024)
    throw Error(Status::invalid_argument, "num_threads", "got ", num_threads, "; want 1 to 1024");
  set_num_threads(num_threads);
  CERMET_LEAVE();
}

cermet_status cermet_num_threads(int32_t *out) {
  CERMET_ENTER(out);
  notice_fork();
  *out = num_threads();
  CERMET_LEAVE();
}

cermet_status cermet_set_execution(cermet_execution mode) {
  CERMET_ENTER();
  if (mode < CERMET_EXECUTION_INLINE || mode > CERMET_EXECUTION_SYNC)
    throw Error(Status::invalid_argument, "execution", "got ", static_cast<int>(mode), "; want 0 to 2");
  set_execution(static_cast<Execution>(mode));
  CERMET_LEAVE();
}

cermet_status cermet_get_execution(cermet_execution *out) {
  CERMET_ENTER(out);
  *out = static_cast<cermet_execution>(execution());
  CERMET_LEAVE();
}

cermet_status cermet_wait_all(void) {
  CERMET_ENTER();
  wait_all();
  CERMET_LEAVE();
}

cermet_status cermet_seed(uint64_t seed) {
  CERMET_ENTER();
  default_rng().set_state(seed, 0);
  CERMET_LEAVE();
}

cermet_status cermet_memory(cermet_device device, int32_t device_id, int64_t *out_in_use, int64_t *out_kept,
                            int64_t *out_peak, int64_t *out_cap) {
  CERMET_ENTER(out_in_use, out_kept, out_peak, out_cap);
  MemoryStats stats = allocator(device_of(device, device_id)).stats();
  *out_in_use = stats.in_use;
  *out_kept = stats.kept;
  *out_peak = stats.peak;
  *out_cap = stats.cap;
  CERMET_LEAVE();
}

cermet_status cermet_memory_set_cap(cermet_device device, int32_t device_id, int64_t cap) {
  CERMET_ENTER();
  if (cap < 0) throw Error(Status::invalid_argument, "cap", "got ", cap, "; want at least 0");
  allocator(device_of(device, device_id)).set_cap(cap);
  CERMET_LEAVE();
}

cermet_status cermet_memory_reset_peak(cermet_device device, int32_t device_id) {
  CERMET_ENTER();
  allocator(device_of(device, device_id)).reset_peak();
  CERMET_LEAVE();
}

cermet_status cermet_memory_trim(cermet_device device, int32_t device_id) {
  CERMET_ENTER();
  allocator(device_of(device, device_id)).trim();
  CERMET_LEAVE();
}

cermet_status cermet_set_log_callback(cermet_log_callback callback, void *payload) {
  CERMET_ENTER();
  set_log_callback(callback, payload);
  CERMET_LEAVE();
}
