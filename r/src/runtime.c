/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, memory counters and what the engine was built with. */
#include "runtime.h"

#include "failure.h"
#include "values.h"

SEXP C_threads(void) {
  int32_t count = 0;
  check(cermet_num_threads(&count));
  return Rf_ScalarInteger(count);
}

SEXP C_set_threads(SEXP count) {
  check(cermet_set_num_threads((int32_t)whole(count, "threads")));
  return R_NilValue;
}

SEXP C_memory(void) {
  int64_t in_use = 0, kept = 0, peak = 0, cap = 0;
  check(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  SEXP result = Rf_allocVector(REALSXP, 4);
  REAL(result)[0] = (double)in_use;
  REAL(result)[1] = (double)kept;
  REAL(result)[2] = (double)peak;
  REAL(result)[3] = (double)cap;
  return result;
}

SEXP C_set_memory_cap(SEXP cap) {
  check(cermet_memory_set_cap(CERMET_CPU, 0, whole(cap, "cap")));
  return R_NilValue;
}

SEXP C_features(void) { return r_text(cermet_features()); }

SEXP C_version(void) { return Rf_ScalarInteger(cermet_version()); }
