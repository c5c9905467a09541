/* SPDX-License-Identifier: Apache-2.0 */
/* A system that gives no more threads: a failure that says so, and work goes on when it gives some again. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include "nets.h"

static int refuse;

/* Stands before the system's: the library finds this one. */
__attribute__((visibility("default"))) int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                                                          void *(*start)(void *), void *payload) {
  static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (refuse) return EAGAIN;
  if (!real)
    real = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create");
  return real(thread, attr, start, payload);
}

Test(threads, refused_ones_are_a_limit) {
  cermet_ndarray *array = floats(SHAPE(2), VALUES(0, 1)), *out = NULL;
  const cermet_def *exp_op = find(CERMET_KIND_OPERATOR, "exp");
  OK(cermet_set_execution(CERMET_EXECUTION_ASYNC));
  refuse = 1;
  FAILS(CERMET_LIMIT, "threads: the system refused to start one",
        cermet_op_invoke(exp_op, NULL, &array, 1, NULL, NULL, &out, 1));
  cr_assert_null(out);
  OK(cermet_wait_all()); /* nothing was started */
  refuse = 0;
  OK(cermet_op_invoke(exp_op, NULL, &array, 1, NULL, NULL, &out, 1));
  expect_floats(out, VALUES(1, 2.7182818f), 1e-6);
  cermet_ndarray_release(out);
  cermet_ndarray_release(array);
}
