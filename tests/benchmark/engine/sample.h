/* SPDX-License-Identifier: Apache-2.0 */
/* How a workload is timed, and what every program under tests/benchmark prints (see README.md there):
 *   sample START END CALLS     seconds since the epoch; the harness drops samples that others disturbed
 *   figure NAME VALUE          anything else worth a number */
#ifndef CERMET_BENCHMARK_SAMPLE_H
#define CERMET_BENCHMARK_SAMPLE_H

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SAMPLE_SECONDS 0.1 /* at least: /proc/stat counts in hundredths */

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline void figure(const char *name, double value) { printf("figure %s %.17g\n", name, value); }

/* Highest resident size of this process so far. */
static inline double resident_bytes(void) {
  char line[256];
  double kilobytes = 0;
  FILE *status = fopen("/proc/self/status", "r");
  if (!status) return 0;
  while (fgets(line, sizeof line, status))
    if (!strncmp(line, "VmHWM:", 6)) sscanf(line + 6, "%lf", &kilobytes);
  fclose(status);
  return kilobytes * 1024;
}

/* Calls `call(state)` for about `seconds`, in samples of at least SAMPLE_SECONDS. The clock is read every few
 * milliseconds only, so that reading it does not count. */
static inline void measure(void (*call)(void *), void *state, double seconds) {
  call(state);
  call(state);
  long calls = 1;
  for (double took = 0; took < SAMPLE_SECONDS / 20; calls *= took < SAMPLE_SECONDS / 20 ? 2 : 1) {
    double start = now();
    for (long k = 0; k < calls; ++k) call(state);
    took = now() - start;
  }
  double begin = now();
  do {
    double start = now();
    long done = 0;
    do {
      for (long k = 0; k < calls; ++k) call(state);
      done += calls;
    } while (now() - start < SAMPLE_SECONDS);
    printf("sample %.6f %.6f %ld\n", start, now(), done);
  } while (now() - begin < seconds);
  figure("resident", resident_bytes());
}

#endif
