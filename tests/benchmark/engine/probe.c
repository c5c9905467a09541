/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine can do at most: fused multiply-adds out of registers, and a triad through memory.
 *   probe THREADS   prints figures flops (1/s) and bytes (1/s, counting two reads and a write an element) */
#include <pthread.h>
#include <stdlib.h>

#include "sample.h"

#ifdef __AVX512F__
enum { kBytes = 64 };
#else
enum { kBytes = 32 };
#endif
typedef float vector __attribute__((vector_size(kBytes)));
enum { kSums = 12, kLanes = kBytes / 4, kTurns = 20000000 };

/* Twelve sums hide the latency of the multiply-add and fit in 16 registers. */
static void *multiply_add(void *out) {
  vector sum[kSums], a, b;
  for (int k = 0; k < kSums; ++k) sum[k] = (vector){0} + (float)k;
  a = (vector){0} + 0.999f;
  b = (vector){0} + 0.001f;
  for (long turn = 0; turn < kTurns; ++turn) {
#pragma GCC unroll 12
    for (int k = 0; k < kSums; ++k) sum[k] = sum[k] * a + b;
    __asm__ volatile("" : "+x"(sum[0]));
  }
  for (int k = 1; k < kSums; ++k) sum[0] += sum[k];
  *(float *)out = sum[0][0];
  return NULL;
}

enum { kElements = 1 << 25 }; /* 128 MiB an array */
static float *triad_x, *triad_y, *triad_z;
static int num_threads;

static void *triad(void *thread) {
  long k = (long)thread, begin = (long)kElements * k / num_threads, end = (long)kElements * (k + 1) / num_threads;
  for (long at = begin; at < end; ++at) triad_z[at] = triad_x[at] + 0.5f * triad_y[at];
  return NULL;
}

/* Best of a few runs on all threads: a ceiling, not a typical case. */
static double best(void *(*work)(void *), void **arguments) {
  double least = 1e9;
  for (int run = 0; run < 7; ++run) {
    pthread_t threads[256];
    double start = now();
    for (int k = 0; k < num_threads; ++k)
      if (pthread_create(&threads[k], NULL, work, arguments[k])) exit(1);
    for (int k = 0; k < num_threads; ++k) pthread_join(threads[k], NULL);
    if (now() - start < least) least = now() - start;
  }
  return least;
}

int main(int argc, char **argv) {
  num_threads = argc == 2 ? atoi(argv[1]) : 0;
  if (num_threads < 1 || num_threads > 256) {
    fprintf(stderr, "usage: probe THREADS (1 to 256)\n");
    return 2;
  }
  static float results[256];
  void *arguments[256];
  for (int k = 0; k < num_threads; ++k) arguments[k] = &results[k];
  figure("flops", 2.0 * kLanes * kSums * kTurns * num_threads / best(multiply_add, arguments));
  triad_x = calloc(kElements, 4), triad_y = calloc(kElements, 4), triad_z = calloc(kElements, 4);
  for (long k = 0; k < kElements; ++k) triad_x[k] = triad_y[k] = triad_z[k] = 1;
  for (int k = 0; k < num_threads; ++k) arguments[k] = (void *)(long)k;
  figure("bytes", 12.0 * kElements / best(triad, arguments));
  return 0;
}
