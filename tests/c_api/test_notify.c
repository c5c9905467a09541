/* SPDX-License-Identifier: Apache-2.0 */
/* Completion callbacks: called exactly once, at once or by the engine, after success and after failure. */
#define _GNU_SOURCE /* mkdtemp, strdup, usleep */
#include "gate.h"

struct told {
  sem_t done;
  int calls;
  pthread_t thread;
};

static void tell(void *payload) {
  struct told *told = payload;
  told->thread = pthread_self();
  __atomic_fetch_add(&told->calls, 1, __ATOMIC_SEQ_CST);
  sem_post(&told->done);
}

Test(notify, at_once_where_nothing_is_pending) {
  cermet_ndarray *array = floats(SHAPE(2), VALUES(1, 2));
  struct told told = {.calls = 0};
  sem_init(&told.done, 0, 0);
  OK(cermet_ndarray_notify(array, tell, &told));
  cr_assert(told.calls == 1 && pthread_equal(told.thread, pthread_self()));
  cermet_ndarray_release(array);
}

Test(notify, once_by_the_engine_when_all_is_done, .timeout = 60) {
  cermet_ndarray *array = floats(SHAPE(2), VALUES(0, 1)), *result = NULL, *view = NULL;
  struct gate gate;
  struct told told = {.calls = 0};
  sem_init(&told.done, 0, 0);
  close_gate(&gate);
  result = exp_of(array);
  OK(cermet_ndarray_slice(result, (int64_t[]){1}, (int64_t[]){2}, (int64_t[]){1}, 1, &view));
  OK(cermet_ndarray_notify(view, tell, &told)); /* a view asks for its storage */
  cermet_ndarray_release(view);
  cr_assert(sem_trywait(&told.done) != 0, "told before the operator could run");
  open_gate(&gate);
  sem_wait(&told.done);
  OK(cermet_wait_all());
  cr_assert(told.calls == 1 && !pthread_equal(told.thread, pthread_self()));
  expect_floats(result, VALUES(1, 2.7182818f), 1e-6);
  cermet_ndarray_release(result);
  cermet_ndarray_release(array);
}

Test(notify, also_after_a_failure_which_waiting_then_returns, .timeout = 60) {
  cermet_ndarray *array = floats(SHAPE(2), VALUES(0, 1)), *result = NULL;
  struct gate gate;
  struct told told = {.calls = 0};
  sem_init(&told.done, 0, 0);
  close_gate(&gate);
  cermet_attrs *attrs = NULL;
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, "take"), &attrs));
  OK(cermet_attrs_set_string(attrs, "mode", "raise"));
  cermet_ndarray *far = floats(SHAPE(1), VALUES(7)), *inputs[2] = {array, far};
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "take"), attrs, inputs, 2, NULL, NULL, &result, 1));
  cermet_ndarray *later = exp_of(result); /* fails because its input did */
  OK(cermet_ndarray_notify(later, tell, &told));
  open_gate(&gate);
  sem_wait(&told.done);
  FAILS(CERMET_INVALID_ARGUMENT, "take", cermet_ndarray_wait(later));
  cr_assert(told.calls == 1);
  cermet_attrs_release(attrs);
  cermet_ndarray_release(far);
  cermet_ndarray_release(result);
  cermet_ndarray_release(later);
  cermet_ndarray_release(array);
}

enum { kThreads = 4, kRounds = 100 };

static void *ask_often(void *payload) {
  cermet_ndarray *array = floats(SHAPE(64), (float[64]){0}, 64);
  for (int k = 0; k < kRounds; ++k) {
    cermet_ndarray *result = exp_of(array);
    OK(cermet_ndarray_notify(result, tell, payload));
    cermet_ndarray_release(result); /* the callback may come later than that */
  }
  cermet_ndarray_release(array);
  return NULL;
}

Test(notify, each_call_once_from_many_threads, .timeout = 120) {
  struct told told = {.calls = 0};
  pthread_t threads[kThreads];
  int64_t before = bytes_in_use();
  sem_init(&told.done, 0, 0);
  OK(cermet_set_execution(CERMET_EXECUTION_ASYNC));
  for (int k = 0; k < kThreads; ++k) pthread_create(&threads[k], NULL, ask_often, &told);
  for (int k = 0; k < kThreads; ++k) pthread_join(threads[k], NULL);
  for (int k = 0; k < kThreads * kRounds; ++k) sem_wait(&told.done);
  OK(cermet_wait_all());
  cr_assert(told.calls == kThreads * kRounds);
  for (int k = 0; k < 500 && bytes_in_use() != before; ++k)
    usleep(10000); /* the last task frees its arrays a bit later */
  cr_assert(bytes_in_use() == before, "what was asked about is kept");
}

/* ---- A second thread that is certain to meet the first inside a handle. */

struct call_in {
  cermet_recorder *recorder;
  cermet_ndarray *pending, *result;
  cermet_status status;
};

static void *invoke_inside(void *payload) {
  struct call_in *self = payload;
  self->status = cermet_op_invoke(find(CERMET_KIND_OPERATOR, "exp"), NULL, &self->pending, 1, self->recorder, NULL,
                                  &self->result, 1);
  return NULL;
}

Test(notify, a_recorder_at_work_refuses_a_second_thread, .timeout = 60) {
  cermet_ndarray *array = floats(SHAPE(1), VALUES(0));
  struct gate gate;
  struct call_in inside = {NULL, NULL, NULL, CERMET_INTERNAL};
  pthread_t thread;
  int32_t recording = 0, train = 0;
  cermet_status met = CERMET_OK;
  OK(cermet_recorder_create(1, &inside.recorder));
  close_gate(&gate);
  inside.pending = exp_of(array);
  OK(cermet_set_execution(CERMET_EXECUTION_INLINE));
  pthread_create(&thread, NULL, invoke_inside, &inside); /* waits for `pending`, with the recorder in its hands */
  for (int k = 0; k < 1000 && met == CERMET_OK; ++k) {
    met = cermet_recorder_mode(inside.recorder, &recording, &train);
    usleep(1000);
  }
  FAILS(CERMET_INVALID_ARGUMENT, "recorder: is in use by another thread", met);
  open_gate(&gate);
  pthread_join(thread, NULL);
  cr_assert(inside.status == CERMET_OK);
  OK(cermet_recorder_mode(inside.recorder, &recording, &train)); /* free again */
  expect_floats(inside.result, VALUES(2.7182818f), 1e-6);
  cermet_ndarray_release(inside.result);
  cermet_ndarray_release(inside.pending);
  cermet_ndarray_release(array);
  cermet_recorder_release(inside.recorder);
}

struct run_in {
  cermet_session *session;
  cermet_status status;
};

static void *run_inside(void *payload) {
  struct run_in *self = payload;
  do { /* the other thread may be the one that is inside just now */
    self->status = cermet_session_run(self->session);
  } while (self->status == CERMET_INVALID_ARGUMENT);
  return NULL;
}

Test(notify, a_session_at_work_refuses_a_second_thread, .timeout = 60) {
  cermet_symbol *data = variable("data"), *net = apply_text("exp", "e", data, NULL, NULL);
  cermet_specs *specs = data_spec(1, 1);
  cermet_model *model = NULL;
  cermet_ndarray *zero = floats(SHAPE(1, 1), VALUES(0)), *input = NULL, *again = NULL, *output = NULL;
  struct run_in inside = {NULL, CERMET_INTERNAL};
  struct gate gate;
  pthread_t thread;
  int64_t bytes = 0;
  cermet_status met = CERMET_OK;
  OK(cermet_model_create(net, &model));
  OK(cermet_session_create(model, specs, &inside.session));
  OK(cermet_session_input(inside.session, "data", &input));
  close_gate(&gate);
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, "exp"), NULL, &zero, 1, NULL, NULL, &input, 1)); /* pending */
  OK(cermet_set_execution(CERMET_EXECUTION_INLINE));
  pthread_create(&thread, NULL, run_inside, &inside); /* waits for its input */
  for (int k = 0; k < 10000 && met == CERMET_OK; ++k) {
    met = cermet_session_input(inside.session, "data", &again);
    if (met == CERMET_OK) cermet_ndarray_release(again);
    usleep(1000);
  }
  FAILS(CERMET_INVALID_ARGUMENT, "session: is in use by another thread", met);
  FAILS(CERMET_INVALID_ARGUMENT, "another thread", cermet_session_run(inside.session));
  FAILS(CERMET_INVALID_ARGUMENT, "another thread", cermet_session_output(inside.session, 0, &output));
  FAILS(CERMET_INVALID_ARGUMENT, "another thread", cermet_session_reshape(inside.session, specs));
  FAILS(CERMET_INVALID_ARGUMENT, "another thread", cermet_session_planned_bytes(inside.session, &bytes));
  open_gate(&gate);
  pthread_join(thread, NULL);
  cr_assert(inside.status == CERMET_OK);
  OK(cermet_session_output(inside.session, 0, &output));
  expect_floats(output, VALUES(2.7182818f), 1e-6);
  cermet_ndarray_release(output);
  cermet_ndarray_release(input);
  cermet_ndarray_release(zero);
  cermet_session_release(inside.session);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}
