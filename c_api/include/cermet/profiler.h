/* SPDX-License-Identifier: Apache-2.0 */
/* Where the time goes: which operators ran, when, for how long, and on how much.
 *
 * One profiler a process, which sees the work of all threads. Off, it costs nothing that can be measured. On, each run
 * of an operator's kernel is an event, some microseconds for small operators; a million events are kept, what comes
 * after them is counted. An operator that is made of others is seen as those. */
#ifndef CERMET_PROFILER_H
#define CERMET_PROFILER_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Forgets the profile before, and begins one. INVALID_ARGUMENT if one is being taken. */
CERMET_API CERMET_MUST_USE cermet_status cermet_profiler_start(void);
/* Ends it. What still runs is not in it: with asynchronous execution, cermet_wait_all first. INVALID_ARGUMENT if none
 * is being taken. The profile stays, and has its memory, until the next start. */
CERMET_API CERMET_MUST_USE cermet_status cermet_profiler_stop(void);

/* The profile being taken, or the last one; without events before the first start. Text of yours.
 *
 * The trace is JSON in the Trace Event Format, for Perfetto and chrome://tracing. Of each event: `name` (operator;
 * "fused add+relu" for several in one loop), `cat` (part: "forward", "backward", "derived" (what follows from
 * parameters alone) for programs, "update" for optimizers (one event a thread's part of a parameter), "imperative"),
 * `ts` (from the start) and `dur` in microseconds with nanoseconds as decimals, `tid` (threads of the process that ran
 * operators, from 1), and in `args`: `node` (name in the graph, or empty), `inputs` and `outputs` (dtypes and shapes),
 * `bytes_read` and `bytes_written` (of these arrays, as if caches held nothing), `flops` (of convolutions,
 * deconvolutions, fully connected and recurrent layers, attention, their gradients, and products of matrices, by their
 * definition: 2 a multiplication with its addition, none for a bias or a mask; 0 for all others). `otherData.dropped`
 * counts the events that were not kept. */
CERMET_API CERMET_MUST_USE cermet_status cermet_profiler_trace(cermet_bytes **out);
/* For people: a line an operator, the most expensive first, and their total. Calls, total ms, mean us, share of the
 * time in all operators (threads added up) in percent, 10^9 bytes and 10^9 flops a second. */
CERMET_API CERMET_MUST_USE cermet_status cermet_profiler_table(cermet_bytes **out);

#ifdef __cplusplus
}
#endif
#endif
