/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, memory, build features, and what R cannot do with files by itself. */
#ifndef CERMET_R_RUNTIME_H
#define CERMET_R_RUNTIME_H

#include "r.h"

SEXP C_threads(void);
SEXP C_set_threads(SEXP count);
SEXP C_memory(void);
SEXP C_set_memory_cap(SEXP cap);
SEXP C_features(void);
SEXP C_start_profiler(void);
SEXP C_stop_profiler(void);
SEXP C_profile_trace(void);
SEXP C_profile_table(void);
SEXP C_version(void);
SEXP C_masked_crc(SEXP raw);
SEXP C_replace_file(SEXP from, SEXP to);

#endif
