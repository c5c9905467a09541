/* SPDX-License-Identifier: Apache-2.0 */
/* Forked children compute: after the parent used all its threads, and while it was computing. None may hang. */
#define _GNU_SOURCE /* mkdtemp, strdup */
#include <pthread.h>
#include <sys/wait.h>

#include "gate.h"

/* Runs `body` in a child, which has five seconds. */
static void in_child(void (*body)(void *payload), void *payload) {
  int result = 0;
  pid_t child = fork();
  cr_assert(child >= 0);
  if (child == 0) {
    alarm(5);
    body(payload);
    _exit(0);
  }
  waitpid(child, &result, 0);
  cr_assert(!WIFSIGNALED(result), "the child was ended by signal %d", WTERMSIG(result));
  cr_assert(WEXITSTATUS(result) == 0, "the child ended with %d: %s", WEXITSTATUS(result),
            (const char *[]){"", "a call failed", "a wrong number", "a wrong failure"}[WEXITSTATUS(result) & 3]);
}

#define CHILD(call)                                                    \
  do {                                                                 \
    if ((call) != CERMET_OK) {                                         \
      fprintf(stderr, "%s: %s\n", #call, cermet_error_last_message()); \
      _exit(1);                                                        \
    }                                                                  \
  } while (0)

/* A product large enough for all threads: ones of (n, n) by themselves give n everywhere. */
static cermet_status product(float *out) {
  static float values[256 * 256];
  cermet_ndarray *array = NULL, *result = NULL;
  const cermet_def *dot = NULL;
  for (int k = 0; k < 256 * 256; ++k) values[k] = 1;
  cermet_status status = cermet_ndarray_from_data(values, sizeof values, SHAPE(256, 256), CERMET_FLOAT32, &array);
  if (status == CERMET_OK) status = cermet_def_find(CERMET_KIND_OPERATOR, "dot", &dot);
  if (status == CERMET_OK)
    status = cermet_op_invoke(dot, NULL, (cermet_ndarray *[]){array, array}, 2, NULL, NULL, &result, 1);
  if (status == CERMET_OK) status = cermet_ndarray_read(result, values, sizeof values);
  *out = values[256 * 255 + 255];
  cermet_ndarray_release(array);
  cermet_ndarray_release(result);
  return status;
}

static void compute(void *payload) {
  float got = 0;
  (void)payload;
  CHILD(product(&got));
  if (got != 256) _exit(2);
}

static void count_threads(void *payload) {
  int32_t threads = 0;
  (void)payload;
  if (cermet_set_num_threads(2) != CERMET_UNSUPPORTED) _exit(3);
  CHILD(cermet_num_threads(&threads));
  if (threads != 1) _exit(2);
  compute(NULL);
}

Test(fork, a_child_computes_after_the_parent_did, .timeout = 60) {
  float got = 0;
  OK(cermet_set_num_threads(2));
  OK(product(&got));
  cr_assert(got == 256);
  for (int k = 0; k < 3; ++k) in_child(compute, NULL);
  in_child(count_threads, NULL);
  OK(product(&got));
}

static void told(void *payload) { *(int *)payload += 1; }

/* What the parent was computing is lost in the child, and said so once; everything else goes on. */
static void compute_and_ask(void *payload) {
  cermet_ndarray *pending = payload;
  int calls = 0;
  if (cermet_ndarray_wait(pending) != CERMET_CANCELLED) _exit(3);
  if (!strstr(cermet_error_last_message(), "fork")) _exit(3);
  CHILD(cermet_ndarray_notify(pending, told, &calls));
  if (calls != 1) _exit(2);
  CHILD(cermet_wait_all());
  compute(NULL);
  cermet_ndarray_release(pending);
}

Test(fork, a_child_is_told_what_was_being_computed, .timeout = 60) {
  cermet_ndarray *array = floats(SHAPE(2), VALUES(0, 1)), *pending = NULL;
  struct gate gate;
  close_gate(&gate);
  pending = exp_of(array);
  in_child(compute_and_ask, pending);
  open_gate(&gate);
  expect_floats(pending, VALUES(1, 2.7182818f), 1e-6); /* the parent does not mind */
  cermet_ndarray_release(pending);
  cermet_ndarray_release(array);
}

static volatile int stop;

static void *compute_until_stopped(void *payload) {
  while (!stop) cermet_ndarray_release(exp_of(payload));
  return NULL;
}

static void compute_often(void *payload) {
  cermet_ndarray *out = NULL;
  const cermet_def *op = NULL;
  CHILD(cermet_def_find(CERMET_KIND_OPERATOR, "exp", &op));
  for (int k = 0; k < 10; ++k) {
    out = NULL;
    float values[2] = {0, 0};
    CHILD(cermet_op_invoke(op, NULL, (cermet_ndarray *[]){payload}, 1, NULL, NULL, &out, 1));
    CHILD(cermet_ndarray_read(out, values, sizeof values));
    if (values[0] != 1) _exit(2);
    cermet_ndarray_release(out);
  }
}

/* The other threads, and so whatever they hold, stay behind. */
Test(fork, a_child_computes_while_threads_of_the_parent_do, .timeout = 120) {
  enum { kThreads = 4, kChildren = 100 };
#ifdef __SANITIZE_ADDRESS__
  cr_skip_test("the sanitizer's own allocator keeps its locks in a child");
#endif
  cermet_ndarray *array = floats(SHAPE(2), VALUES(0, 1)), *own = floats(SHAPE(2), VALUES(0, 1));
  pthread_t threads[kThreads];
  cermet_ndarray_release(exp_of(own)); /* what is made at first use is there */
  for (int k = 0; k < kThreads; ++k) pthread_create(&threads[k], NULL, compute_until_stopped, array);
  for (int k = 0; k < kChildren; ++k) in_child(compute_often, own);
  stop = 1;
  for (int k = 0; k < kThreads; ++k) pthread_join(threads[k], NULL);
  cermet_ndarray_release(array);
  cermet_ndarray_release(own);
}
