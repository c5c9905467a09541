/* SPDX-License-Identifier: Apache-2.0 */
/* A gate that holds the engine: a completion callback waits at it, so that what is started behind it is certain to be
 * pending. */
#ifndef CERMET_TESTS_GATE_H
#define CERMET_TESTS_GATE_H

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "nets.h"

struct gate {
  pthread_t host;
  int passed;
  sem_t reached, open;
};

static inline void stop_at_gate(void *payload) {
  struct gate *gate = payload;
  if (pthread_equal(pthread_self(), gate->host)) {
    gate->passed = 1; /* nothing was pending: the engine is not held */
    return;
  }
  sem_post(&gate->reached);
  sem_wait(&gate->open);
}

static inline cermet_ndarray *exp_of(cermet_ndarray *array) { return call("exp", NULL, NULL, array, NULL, NULL); }

/* From here on operators run asynchronously, and none does until open_gate. */
static inline void close_gate(struct gate *gate) {
  gate->host = pthread_self();
  sem_init(&gate->reached, 0, 0);
  sem_init(&gate->open, 0, 0);
  OK(cermet_set_execution(CERMET_EXECUTION_ASYNC));
  for (int64_t size = 1 << 16; size <= 1 << 26; size *= 4) {
    cermet_ndarray *array = NULL;
    OK(cermet_ndarray_create(&size, 1, CERMET_FLOAT32, CERMET_CPU, 0, &array));
    cermet_ndarray *result = exp_of(array);
    gate->passed = 0;
    OK(cermet_ndarray_notify(result, stop_at_gate, gate));
    cermet_ndarray_release(result);
    cermet_ndarray_release(array);
    if (gate->passed) continue; /* done before it could be asked: more work */
    sem_wait(&gate->reached);
    return;
  }
  cr_assert_fail("no operator was ever pending");
}

static inline void open_gate(struct gate *gate) { sem_post(&gate->open); }

#endif
