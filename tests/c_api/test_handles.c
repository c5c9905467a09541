/* SPDX-License-Identifier: Apache-2.0 */
/* Handles used wrongly: of another kind, released, by two threads at once; and buffers that are too short. */
#define _GNU_SOURCE /* mkdtemp, strdup */
#include <pthread.h>

#include "gate.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

Test(handles, of_another_kind_are_refused_by_name) {
  cermet_symbol *symbol = small_net();
  cermet_ndarray *array = floats(SHAPE(2), VALUES(1, 2)), *out = NULL, *two[2] = {array, (cermet_ndarray *)symbol};
  const cermet_def *add = find(CERMET_KIND_OPERATOR, "add");
  cermet_strings *strings = NULL;
  int64_t size = -1;
  int32_t count = -1;
  FAILS(CERMET_INVALID_ARGUMENT, "array: got a cermet_symbol; want a cermet_ndarray",
        cermet_ndarray_size((cermet_ndarray *)symbol, &size));
  FAILS(CERMET_INVALID_ARGUMENT, "symbol: got a cermet_ndarray",
        cermet_symbol_outputs((cermet_symbol *)array, &strings));
  FAILS(CERMET_INVALID_ARGUMENT, "strings: got a cermet_ndarray", cermet_strings_size((cermet_strings *)array, &count));
  FAILS(CERMET_INVALID_ARGUMENT, "inputs[1]: got a cermet_symbol",
        cermet_op_invoke(add, NULL, two, 2, NULL, NULL, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "op: got a cermet_ndarray; want a cermet_def",
        cermet_op_invoke((const cermet_def *)array, NULL, two, 2, NULL, NULL, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "array: got a cermet_def", cermet_ndarray_size((const cermet_ndarray *)add, &size));
  two[1] = array;
  FAILS(CERMET_INVALID_ARGUMENT, "recorder: got a cermet_ndarray",
        cermet_op_invoke(add, NULL, two, 2, (cermet_recorder *)array, NULL, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "rng: got a cermet_ndarray",
        cermet_op_invoke(add, NULL, two, 2, NULL, (cermet_rng *)array, &out, 1));
  FAILS(CERMET_INVALID_ARGUMENT, "attrs: got a cermet_symbol",
        cermet_op_invoke(add, (cermet_attrs *)symbol, two, 2, NULL, NULL, &out, 1));
  cr_assert(!out && !strings && size == -1 && count == -1);
  cr_assert_str_eq(cermet_error_message((cermet_error *)array), "");
  cermet_symbol_release((cermet_symbol *)array); /* neither frees it, nor leaks */
  cermet_ndarray_retain((cermet_ndarray *)symbol);
  OK(cermet_ndarray_size(array, &size));
  cr_assert(size == 2);
  cermet_ndarray_release(array);
  cermet_symbol_release(symbol);
}

/* What a released handle gives is no promise, but the usual mistake, made at once, is told. */
Test(handles, released_ones_are_closed, .disabled = SANITIZED) {
  cermet_model *model = NULL;
  cermet_symbol *symbol = small_net();
  cermet_strings *names = NULL;
  OK(cermet_model_create(symbol, &model));
  cermet_model_release(model);
  FAILS(CERMET_CLOSED, "model: got a handle that was released", cermet_model_inputs(model, &names));
  cermet_model_release(model);
  cermet_model_release(model);
  cermet_symbol_release(symbol);
}

Test(handles, short_buffers_are_told_the_size) {
  cermet_ndarray *array = floats(SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6)), *outs[2] = {NULL, NULL};
  float values[6] = {7, 7, 7, 7, 7, 7};
  FAILS(CERMET_INVALID_ARGUMENT, "nbytes: got 6; want 24", cermet_ndarray_read(array, values, 6));
  FAILS(CERMET_INVALID_ARGUMENT, "nbytes: got 20; want 24", cermet_ndarray_read(array, values, 20));
  FAILS(CERMET_INVALID_ARGUMENT, "nbytes: got 20; want 24", cermet_ndarray_write(array, values, 20));
  cr_assert(values[0] == 7 && values[5] == 7);
  cermet_attrs *attrs = NULL;
  const cermet_def *split = find(CERMET_KIND_OPERATOR, "split");
  OK(cermet_attrs_create(split, &attrs));
  OK(cermet_attrs_set_int(attrs, "num_outputs", 3));
  FAILS(CERMET_INVALID_ARGUMENT, "num_outputs: got 2; want 3",
        cermet_op_invoke(split, attrs, &array, 1, NULL, NULL, outs, 2));
  cr_assert(!outs[0] && !outs[1]);
  cermet_attrs_release(attrs);
  cermet_ndarray_release(array);
}

Test(handles, booleans_are_0_or_1) {
  cermet_recorder *recorder = NULL;
  FAILS(CERMET_INVALID_ARGUMENT, "train: got -2147483648; want 0 or 1", cermet_recorder_create(INT32_MIN, &recorder));
  OK(cermet_recorder_create(1, &recorder));
  FAILS(CERMET_INVALID_ARGUMENT, "recording: got 2", cermet_recorder_set_mode(recorder, 2, 1));
  cermet_recorder_release(recorder);
}

enum { kRounds = 200 };
struct runner {
  cermet_executor *executor;
  pthread_barrier_t *start;
  int32_t refused, failed;
};

static void *run_forward(void *payload) {
  struct runner *self = payload;
  pthread_barrier_wait(self->start);
  for (int k = 0; k < kRounds; ++k) {
    cermet_status status = cermet_executor_forward(self->executor, 0, NULL);
    if (status == CERMET_INVALID_ARGUMENT && strstr(cermet_error_last_message(), "in use by another thread"))
      ++self->refused;
    else if (status != CERMET_OK)
      ++self->failed;
  }
  return NULL;
}

/* Two threads in one executor: each call runs, or is refused; none gives a wrong number. */
Test(handles, an_executor_serves_one_thread_at_a_time, .timeout = 120) {
  cermet_symbol *net = small_net();
  cermet_specs *specs = data_spec(256, 64);
  cermet_executor *executor = NULL;
  cermet_ndarray *data = NULL, *weight = NULL, *output = NULL;
  OK(cermet_executor_create(net, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executor));
  OK(cermet_executor_array(executor, CERMET_ARGUMENT, "data", &data));
  OK(cermet_executor_array(executor, CERMET_ARGUMENT, "fc_weight", &weight));
  float *values = calloc(256 * 64, sizeof *values), *got = calloc(256 * 3, sizeof *got);
  for (int k = 0; k < 256 * 64; ++k) values[k] = 1;
  OK(cermet_ndarray_write(data, values, 256 * 64 * (int64_t)sizeof *values));
  for (int k = 0; k < 64; ++k) values[k] = 0.125f; /* unit 0 sees 8, the others 0 */
  for (int k = 64; k < 3 * 64; ++k) values[k] = 0;
  OK(cermet_ndarray_write(weight, values, 3 * 64 * (int64_t)sizeof *values));
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, 2);
  struct runner runners[2] = {{executor, &start, 0, 0}, {executor, &start, 0, 0}};
  pthread_t threads[2];
  for (int k = 0; k < 2; ++k) pthread_create(&threads[k], NULL, run_forward, &runners[k]);
  for (int k = 0; k < 2; ++k) pthread_join(threads[k], NULL);
  cr_assert(runners[0].failed == 0 && runners[1].failed == 0);
  cr_assert(runners[0].refused + runners[1].refused < 2 * kRounds, "nobody ever ran");
  OK(cermet_executor_forward(executor, 0, NULL)); /* nothing is left locked */
  OK(cermet_executor_output(executor, 0, &output));
  OK(cermet_ndarray_read(output, got, 256 * 3 * (int64_t)sizeof *got));
  float want = (float)(exp(8) / (exp(8) + 2));
  for (int row = 0; row < 256; ++row) cr_assert(fabsf(got[3 * row] - want) < 1e-6f);
  free(values);
  free(got);
  cermet_ndarray_release(data);
  cermet_ndarray_release(weight);
  cermet_ndarray_release(output);
  cermet_executor_release(executor);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

struct stepper {
  cermet_trainer *trainer;
  cermet_ndarray *data;
  cermet_status status;
};

static void *run_step(void *payload) {
  struct stepper *self = payload;
  self->status = cermet_trainer_step(self->trainer, &self->data, 1, NULL);
  return NULL;
}

static int busy(cermet_status status) {
  return status == CERMET_INVALID_ARGUMENT && strstr(cermet_error_last_message(), "in use by another thread") != NULL;
}

/* A step that waits for its data has its trainer's metrics and optimizer to itself. */
Test(handles, a_trainer_shares_its_metrics_with_nobody, .timeout = 60) {
  cermet_symbol *net = apply_text("fully_connected", "fc", variable("data"), "num_hidden", "1");
  cermet_specs *specs = data_spec(1, 2);
  cermet_model *model = NULL;
  cermet_optimizer *sgd = NULL;
  cermet_trainer *trainer = NULL, *second = NULL;
  cermet_metric *metric = NULL;
  cermet_ndarray *x = floats(SHAPE(1, 2), VALUES(0, 0));
  double value = 0;
  int64_t arena = 0, arrays = 0;
  OK(cermet_model_create(net, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &sgd));
  OK(cermet_trainer_create(model, specs, sgd, &trainer));
  OK(cermet_metric_create(find(CERMET_KIND_METRIC, "loss"), NULL, &metric));
  for (int k = 0; k < 2; ++k) OK(cermet_trainer_add_metric(trainer, metric, 0, 0)); /* twice is fine */
  OK(cermet_trainer_step(trainer, &x, 1, NULL));

  struct gate gate;
  pthread_t thread;
  close_gate(&gate);
  struct stepper stepper = {trainer, exp_of(x), CERMET_OK};
  pthread_create(&thread, NULL, run_step, &stepper);
  int refused = 0;
  for (int k = 0; k < 1000 && !refused; ++k) {
    refused = busy(cermet_metric_value(metric, &value));
    usleep(10000);
  }
  cr_expect(refused, "the metric was never refused");
  cr_expect(busy(cermet_metric_reset(metric)));
  cr_expect(busy(cermet_trainer_planned_bytes(trainer, &arena, &arrays)));
  cr_expect(busy(cermet_trainer_create(model, specs, sgd, &second)));
  open_gate(&gate);
  pthread_join(thread, NULL);
  cr_assert(stepper.status == CERMET_OK);
  OK(cermet_metric_value(metric, &value));
  OK(cermet_trainer_planned_bytes(trainer, &arena, &arrays));
  cermet_ndarray_release(x);
  cermet_ndarray_release(stepper.data);
  cermet_metric_release(metric);
  cermet_trainer_release(trainer);
  cermet_optimizer_release(sgd);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}
