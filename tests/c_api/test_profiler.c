/* SPDX-License-Identifier: Apache-2.0 */
/* The profiler: what it counts of operators whose bytes and flops are known by hand, its errors, and its threads. */
#define _GNU_SOURCE /* mkdtemp, strdup */
#include <pthread.h>

#include "nets.h"

typedef cermet_status (*text_call)(cermet_bytes **);

static char *text_of(text_call call) {
  cermet_bytes *bytes = NULL;
  const char *text = NULL;
  OK(call(&bytes));
  OK(cermet_bytes_text(bytes, &text));
  char *out = strdup(text);
  cermet_bytes_release(bytes);
  return out;
}

static int count(const char *text, const char *what) {
  int out = 0;
  for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what)) ++out;
  return out;
}

/* The trace has this text so many times. */
static void expect_in_trace(const char *what, int times) {
  char *trace = text_of(cermet_profiler_trace);
  cr_assert(count(trace, what) == times, "%s: got %d, want %d in %s", what, count(trace, what), times, trace);
  free(trace);
}

/* Calls, total ms, mean us, share, GB/s, GFLOP/s of an operator's line in the table. */
static void row_of(const char *op, double out[6]) {
  char *table = text_of(cermet_profiler_table), *rest = table, name[100];
  for (char *line; (line = strsep(&rest, "\n")) != NULL;)
    if (sscanf(line, "%lf %lf %lf %lf %lf %lf %99s", out, out + 1, out + 2, out + 3, out + 4, out + 5, name) == 7 &&
        strcmp(name, op) == 0) {
      free(table);
      return;
    }
  cr_assert_fail("no %s in the table", op);
}

static cermet_ndarray *filled(const int64_t *shape, int32_t ndim) {
  cermet_ndarray *out = NULL;
  OK(cermet_ndarray_create(shape, ndim, CERMET_FLOAT32, CERMET_CPU, 0, &out));
  return out;
}

Test(profiler, start_and_stop_alternate) {
  FAILS(CERMET_INVALID_ARGUMENT, "profiler: is off; want it started", cermet_profiler_stop());
  expect_in_trace("\"ph\"", 0);
  OK(cermet_profiler_start());
  FAILS(CERMET_INVALID_ARGUMENT, "profiler: is on already; want it stopped", cermet_profiler_start());
  OK(cermet_profiler_stop());
  FAILS(CERMET_INVALID_ARGUMENT, "profiler: is off; want it started", cermet_profiler_stop());
}

Test(profiler, sees_calls_only_while_on) {
  cermet_ndarray *a = filled(SHAPE(2, 3)), *b = filled(SHAPE(1, 3));
  cermet_ndarray_release(call("add", NULL, NULL, a, b, NULL));
  OK(cermet_profiler_start());
  for (int k = 0; k < 5; ++k) cermet_ndarray_release(call("add", NULL, NULL, a, b, NULL));
  OK(cermet_profiler_stop());
  cermet_ndarray_release(call("add", NULL, NULL, a, b, NULL));
  /* (6 + 3) floats in, 6 out */
  expect_in_trace(
      "{\"name\":\"add\",\"cat\":\"imperative\",\"ph\":\"X\",\"pid\":1,\"args\":{\"node\":\"\",\"inputs\":"
      "\"float32(2, 3) float32(1, 3)\",\"outputs\":\"float32(2, 3)\",\"bytes_read\":36,\"bytes_written\":24,"
      "\"flops\":0.0}",
      5);
  expect_in_trace("\"ph\"", 5);
  double row[6];
  row_of("add", row);
  cr_assert(row[0] == 5 && row[1] > 0 && row[3] == 100 && row[5] == 0);
  OK(cermet_profiler_start()); /* which forgets */
  OK(cermet_profiler_stop());
  expect_in_trace("\"ph\"", 0);
  cermet_ndarray_release(a);
  cermet_ndarray_release(b);
}

Test(profiler, a_failed_kernel_is_no_event) {
  cermet_ndarray *data = floats(SHAPE(2), VALUES(1, 2)), *index = floats(SHAPE(1), VALUES(7)), *out = NULL;
  cermet_ndarray *inputs[] = {data, index};
  cermet_attrs *attrs = NULL;
  const cermet_def *take = find(CERMET_KIND_OPERATOR, "take");
  OK(cermet_attrs_create(take, &attrs));
  OK(cermet_attrs_set_text(attrs, "mode", "raise"));
  OK(cermet_set_execution(CERMET_EXECUTION_SYNC));
  OK(cermet_profiler_start());
  FAILS(CERMET_INVALID_ARGUMENT, "indices", cermet_op_invoke(take, attrs, inputs, 2, NULL, NULL, &out, 1));
  OK(cermet_profiler_stop());
  expect_in_trace("\"ph\"", 0);
  cermet_attrs_release(attrs);
  cermet_ndarray_release(data);
  cermet_ndarray_release(index);
}

static void invoke_with(const char *op, const char *const *attr, cermet_ndarray *a, cermet_ndarray *b) {
  cermet_attrs *attrs = NULL;
  OK(cermet_attrs_create(find(CERMET_KIND_OPERATOR, op), &attrs));
  for (; *attr; attr += 2) OK(cermet_attrs_set_text(attrs, attr[0], attr[1]));
  cermet_ndarray_release(call(op, attrs, NULL, a, b, NULL));
  cermet_attrs_release(attrs);
}
#define ATTRS(...) \
  (const char *const[]) { __VA_ARGS__, NULL }

/* Flops by hand: 2 m k n; for a convolution 2 times outputs times the inputs of each. */
Test(profiler, counts_flops_of_products) {
  cermet_ndarray *image = filled(SHAPE(2, 4, 8, 8)), *weight = filled(SHAPE(6, 2, 3, 3));
  cermet_ndarray *up = filled(SHAPE(4, 5, 2, 2)), *m = filled(SHAPE(7, 11)), *n = filled(SHAPE(11, 13));
  cermet_ndarray *many_m = filled(SHAPE(3, 11, 7)), *many_n = filled(SHAPE(3, 11, 13)), *fc = filled(SHAPE(13, 11));
  OK(cermet_profiler_start());
  invoke_with("convolution", ATTRS("kernel", "(3,3)", "num_filter", "6", "num_group", "2", "no_bias", "1"), image,
              weight);
  invoke_with("deconvolution", ATTRS("kernel", "(2,2)", "stride", "(2,2)", "num_filter", "5"), image, up);
  invoke_with("dot", ATTRS("transpose_a", "0"), m, n);
  invoke_with("batch_dot", ATTRS("transpose_a", "1"), many_m, many_n);
  invoke_with("fully_connected", ATTRS("num_hidden", "13", "no_bias", "1"), m, fc);
  OK(cermet_profiler_stop());
  expect_in_trace("\"ph\"", 5);
  /* 2 images, 6 channels, 6 x 6 places, each of 2 channels times 3 x 3; 512 + 108 floats in, 432 out */
  expect_in_trace("\"bytes_read\":2480,\"bytes_written\":1728,\"flops\":15552.0", 1);
  expect_in_trace("\"flops\":20480.0", 1); /* 2 x 4 x 8 x 8 inputs, each to 5 channels of 2 x 2 */
  expect_in_trace("\"flops\":2002.0", 2);  /* 7 x 11 x 13: dot and fully_connected */
  expect_in_trace("\"flops\":6006.0", 1);
  cermet_ndarray *all[] = {image, weight, up, m, n, many_m, many_n, fc};
  for (int k = 0; k < 8; ++k) cermet_ndarray_release(all[k]);
}

/* Times of the table, times its rates, are what was done. */
Test(profiler, rates_follow_from_times) {
  cermet_ndarray *a = filled(SHAPE(256, 256));
  OK(cermet_profiler_start());
  for (int k = 0; k < 20; ++k) cermet_ndarray_release(call("dot", NULL, NULL, a, a, NULL));
  OK(cermet_profiler_stop());
  double row[6], bytes = 20.0 * 3 * 256 * 256 * 4, flops = 20.0 * 2 * 256 * 256 * 256;
  row_of("dot", row);
  cr_assert(fabs(row[1] * 1e3 / 20 - row[2]) < 0.03 && row[1] > 0.05);
  double giga_per_ms = 1e6, digit = 0.0051; /* half of the last digit that the table shows */
  cr_assert(fabs(row[4] - bytes / row[1] / giga_per_ms) < digit + 0.01 * row[4], "%g GB/s for %g ms", row[4], row[1]);
  cr_assert(fabs(row[5] - flops / row[1] / giga_per_ms) < digit + 0.01 * row[5], "%g GFLOP/s for %g ms", row[5],
            row[1]);
  cermet_ndarray_release(a);
}

/* data (4, 5) -> fc (3 units) -> softmax_output */
Test(profiler, sees_the_parts_of_a_program) {
  cermet_symbol *net = small_net();
  cermet_specs *specs = data_spec(4, 5);
  cermet_executor *executor = NULL;
  const char *wanted[] = {"data", "fc_weight"};
  OK(cermet_executor_create(net, specs, wanted, 2, CERMET_GRAD_WRITE, CERMET_CPU, 0, &executor));
  OK(cermet_executor_forward(executor, 1, NULL));
  OK(cermet_profiler_start());
  for (int k = 0; k < 3; ++k) {
    OK(cermet_executor_forward(executor, 1, NULL));
    OK(cermet_executor_backward(executor, NULL, 0));
  }
  OK(cermet_profiler_stop());
  /* 20 + 15 + 3 floats in, 12 out; 4 x 5 x 3 multiplications; the gradient by the data does not read the data */
  expect_in_trace(
      "{\"name\":\"fully_connected\",\"cat\":\"forward\",\"ph\":\"X\",\"pid\":1,\"args\":{\"node\":\"fc\","
      "\"inputs\":\"float32(4, 5) float32(3, 5) float32(3,)\",\"outputs\":\"float32(4, 3)\","
      "\"bytes_read\":152,\"bytes_written\":48,\"flops\":120.0}",
      3);
  expect_in_trace("{\"name\":\"fully_connected_data_grad\",\"cat\":\"backward\"", 3);
  expect_in_trace("\"bytes_read\":108,\"bytes_written\":80,\"flops\":120.0", 3);
  expect_in_trace("{\"name\":\"fully_connected_weight_grad\",\"cat\":\"backward\"", 3);
  expect_in_trace("\"bytes_read\":128,\"bytes_written\":60,\"flops\":120.0", 3);
  expect_in_trace("\"cat\":\"imperative\"", 0);
  cermet_executor_release(executor);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

Test(profiler, sees_updates) {
  cermet_ndarray *weights[] = {filled(SHAPE(2, 3)), filled(SHAPE(5))},
                 *grads[] = {filled(SHAPE(2, 3)), filled(SHAPE(5))};
  const char *names[] = {"w", "b"};
  cermet_optimizer *sgd = NULL;
  OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &sgd));
  OK(cermet_profiler_start());
  OK(cermet_optimizer_update(sgd, names, weights, grads, 2));
  OK(cermet_profiler_stop());
  expect_in_trace("{\"name\":\"sgd_update\",\"cat\":\"update\"", 2);
  expect_in_trace("\"bytes_read\":48,\"bytes_written\":24,", 1);
  expect_in_trace("\"bytes_read\":40,\"bytes_written\":20,", 1);
  for (int k = 0; k < 2; ++k) {
    cermet_ndarray_release(weights[k]);
    cermet_ndarray_release(grads[k]);
  }
  cermet_optimizer_release(sgd);
}

enum { kThreads = 4, kCalls = 200 };

static void *add_often(void *payload) {
  cermet_ndarray *a = payload;
  for (int k = 0; k < kCalls; ++k) cermet_ndarray_release(call("add", NULL, NULL, a, a, NULL));
  return NULL;
}

static void *read_often(void *payload) {
  for (int k = 0; k < 20; ++k) free(text_of(k % 2 ? cermet_profiler_trace : cermet_profiler_table));
  return payload;
}

Test(profiler, all_threads_are_seen) {
  cermet_ndarray *arrays[kThreads];
  pthread_t threads[kThreads], reader;
  OK(cermet_profiler_start());
  for (int k = 0; k < kThreads; ++k) {
    arrays[k] = filled(SHAPE(3));
    cr_assert(pthread_create(&threads[k], NULL, add_often, arrays[k]) == 0);
  }
  cr_assert(pthread_create(&reader, NULL, read_often, NULL) == 0);
  for (int k = 0; k < kThreads; ++k) pthread_join(threads[k], NULL);
  pthread_join(reader, NULL);
  OK(cermet_profiler_stop());
  char *trace = text_of(cermet_profiler_trace);
  cr_assert(count(trace, "\"name\":\"add\"") == kThreads * kCalls);
  int seen = 0;
  for (int id = 1; id <= 4 * kThreads; ++id) {
    char thread[30];
    snprintf(thread, sizeof thread, "\"tid\":%d,", id);
    int calls = count(trace, thread);
    cr_assert(calls == 0 || calls == kCalls, "thread %d: %d calls", id, calls);
    seen += calls > 0;
  }
  cr_assert(seen == kThreads);
  free(trace);
  for (int k = 0; k < kThreads; ++k) cermet_ndarray_release(arrays[k]);
}

Test(profiler, asynchronous_calls_are_seen) {
  cermet_ndarray *a = filled(SHAPE(3));
  OK(cermet_set_execution(CERMET_EXECUTION_ASYNC));
  OK(cermet_profiler_start());
  for (int k = 0; k < 50; ++k) cermet_ndarray_release(call("add", NULL, NULL, a, a, NULL));
  OK(cermet_wait_all());
  OK(cermet_profiler_stop());
  expect_in_trace("\"name\":\"add\"", 50);
  cermet_ndarray_release(a);
}

/* A million events are kept, what comes after them is counted. */
Test(profiler, memory_is_bounded) {
  cermet_ndarray *a = filled(SHAPE(1)), *out = filled(SHAPE(1)), *inputs[] = {a, a};
  const cermet_def *add = find(CERMET_KIND_OPERATOR, "add");
  OK(cermet_profiler_start());
  for (int k = 0; k < 1000007; ++k) OK(cermet_op_invoke(add, NULL, inputs, 2, NULL, NULL, &out, 1));
  OK(cermet_profiler_stop());
  double row[6];
  row_of("add", row);
  cr_assert(row[0] == 1e6);
  char *table = text_of(cermet_profiler_table);
  cr_assert(strstr(table, "\n7 more calls were not kept\n") != NULL, "%s", table);
  free(table);
  cermet_ndarray_release(a);
  cermet_ndarray_release(out);
}
