/* SPDX-License-Identifier: Apache-2.0 */
/* The process-wide engine: threads, execution mode, memory counters, log. */
#ifndef CERMET_RUNTIME_H
#define CERMET_RUNTIME_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Threads that one operator may use; at start min(cores of this process, OMP_NUM_THREADS). At least 1. In a forked
 * child of a process that used the library it is 1, and more are UNSUPPORTED. The OpenMP setting of the calling thread
 * stays as it is. */
CERMET_API CERMET_MUST_USE cermet_status cermet_set_num_threads(int32_t num_threads);
CERMET_API CERMET_MUST_USE cermet_status cermet_num_threads(int32_t *out);

/* Where imperative operators run. */
typedef enum cermet_execution {
  CERMET_EXECUTION_INLINE = 0, /* on the calling thread, before the call returns, unless they must wait for others */
  CERMET_EXECUTION_ASYNC = 1,  /* on an engine thread; the call returns at once */
  CERMET_EXECUTION_SYNC = 2, /* like INLINE, and the call waits: every failure is returned by the call that caused it */
  CERMET_EXECUTION_MAX = 0x7fffffff
} cermet_execution;
CERMET_API CERMET_MUST_USE cermet_status cermet_set_execution(cermet_execution execution);
CERMET_API CERMET_MUST_USE cermet_status cermet_get_execution(cermet_execution *out);
/* Waits for everything that was started; returns the first failure that nobody has looked at yet. */
CERMET_API CERMET_MUST_USE cermet_status cermet_wait_all(void);

/* Seeds the process's own random generator, used where `rng` is NULL. */
CERMET_API CERMET_MUST_USE cermet_status cermet_seed(uint64_t seed);

/* Memory of a device: bytes in use by arrays and arenas, kept for reuse, highest use since the last reset, and the cap
 * (0: none). Exact. */
CERMET_API CERMET_MUST_USE cermet_status cermet_memory(cermet_device device, int32_t device_id, int64_t *out_in_use,
                                                       int64_t *out_kept, int64_t *out_peak, int64_t *out_cap);
/* Allocations beyond `cap` bytes are CERMET_LIMIT. 0: the machine's own limit. Kept memory is given back where it and
 * what is in use would pass the cap together. */
CERMET_API CERMET_MUST_USE cermet_status cermet_memory_set_cap(cermet_device device, int32_t device_id, int64_t cap);
CERMET_API CERMET_MUST_USE cermet_status cermet_memory_reset_peak(cermet_device device, int32_t device_id);
/* Gives kept memory back to the system. */
CERMET_API CERMET_MUST_USE cermet_status cermet_memory_trim(cermet_device device, int32_t device_id);

/* Log lines go to `callback` (any thread, one line at a time; it must not call Cermet). `level` 0 error, 1 warning, 2
 * info, 3 debug. Without a callback (NULL) they go nowhere, or to standard error if the environment variable
 * CERMET_VERBOSE asks for their level. When this returns, the callback set before is not running and is not called
 * again: its payload may go. `payload` may be NULL. */
typedef void (*cermet_log_callback)(int32_t level, const char *message, void *payload);
CERMET_API CERMET_MUST_USE cermet_status cermet_set_log_callback(cermet_log_callback callback, void *payload);

#ifdef __cplusplus
}
#endif
#endif
