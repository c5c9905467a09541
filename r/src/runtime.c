/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, memory counters and what the engine was built with. */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "handle.h"
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

SEXP C_start_profiler(void) {
  check(cermet_profiler_start());
  return R_NilValue;
}

SEXP C_stop_profiler(void) {
  check(cermet_profiler_stop());
  return R_NilValue;
}

static SEXP profile_text(cermet_status (*of)(cermet_bytes **)) {
  SEXP owner = PROTECT(handle_new(HANDLE_BYTES));
  cermet_bytes *bytes = NULL;
  const char *text = "";
  check(of(&bytes));
  handle_fill(owner, bytes);
  check(cermet_bytes_text(bytes, &text));
  SEXP result = PROTECT(r_text(text));
  C_release(owner);
  UNPROTECT(2);
  return result;
}

SEXP C_profile_trace(void) { return profile_text(cermet_profiler_trace); }

SEXP C_profile_table(void) { return profile_text(cermet_profiler_table); }

SEXP C_version(void) { return Rf_ScalarInteger(cermet_version()); }

/* Puts the finished file `from` in the place of `to`: whoever looks, even after a power cut, finds the old file or the
 * new one. */
SEXP C_replace_file(SEXP from, SEXP to) {
  char source[4096], target[4096], folder[4096];
  snprintf(source, sizeof source, "%s", path_text(from, "from"));
  snprintf(target, sizeof target, "%s", path_text(to, "to"));
  snprintf(folder, sizeof folder, "%s", target);
  const char *parent = dirname(folder);
  int file = open(source, O_RDWR);
  int failed = file < 0 || fsync(file) != 0;
  if (file >= 0) close(file);
  if (failed || rename(source, target) != 0)
    raise_failure(CERMET_IO, "fit", "checkpoint", "%s: cannot be written: %s", target, strerror(errno));
  int opened = open(parent, O_RDONLY);
  if (opened >= 0) {
    fsync(opened); /* some file systems cannot, which is no failure of ours */
    close(opened);
  }
  return R_NilValue;
}

/* CRC-32C of a raw vector, masked as in TensorFlow's records, as four bytes in little-endian order. */
SEXP C_masked_crc(SEXP raw) {
  uint32_t crc = UINT32_MAX;
  for (R_xlen_t i = 0; i < XLENGTH(raw); i++) {
    crc ^= RAW_RO(raw)[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82F63B78) : 0);
  }
  crc = ~crc;
  crc = (crc >> 15 | crc << 17) + UINT32_C(0xA282EAD8);
  SEXP result = Rf_allocVector(RAWSXP, 4);
  for (int i = 0; i < 4; i++) RAW(result)[i] = (Rbyte)(crc >> 8 * i);
  return result;
}
