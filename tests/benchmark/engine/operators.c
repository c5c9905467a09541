/* SPDX-License-Identifier: Apache-2.0 */
/* Imperative calls: the smallest operator, matrix products, the update of many small tensors. */
#include "support.h"

typedef struct call {
  const cermet_def *op;
  cermet_ndarray *inputs[2], *out;
  cermet_recorder *recorder;
  int recorded;
} call;

static void invoke_new(void *state) {
  call *c = state;
  cermet_ndarray *out = NULL;
  CHECK(cermet_op_invoke(c->op, NULL, c->inputs, 2, c->recorder, NULL, &out, 1));
  cermet_ndarray_release(out);
}

static void invoke_recorded(void *state) {
  call *c = state;
  invoke_new(state);
  if (++c->recorded % 100 == 0) CHECK(cermet_recorder_clear(c->recorder));
}

static void invoke_into(void *state) {
  call *c = state;
  CHECK(cermet_op_invoke(c->op, NULL, c->inputs, 2, NULL, NULL, &c->out, 1));
}

static call add_of_two(void) {
  const int64_t two = 2;
  return (call){.op = find(CERMET_KIND_OPERATOR, "add"), .inputs = {filled(&two, 1, 0), filled(&two, 1, 0)}};
}

static call recorded_add(void) {
  call c = add_of_two();
  CHECK(cermet_recorder_create(1, &c.recorder));
  CHECK(cermet_ndarray_attach_grad(c.inputs[0], CERMET_GRAD_WRITE));
  return c;
}

static void add(int argc, char **argv, double seconds) {
  (void)argc, (void)argv;
  call c = add_of_two();
  measure(invoke_new, &c, seconds);
}

static void add_recorded(int argc, char **argv, double seconds) {
  (void)argc, (void)argv;
  call c = recorded_add();
  measure(invoke_recorded, &c, seconds);
}

/* ROWS COLUMNS INNER */
static void gemm(int argc, char **argv, double seconds) {
  if (argc != 3) exit(2);
  int64_t m = atoll(argv[0]), n = atoll(argv[1]), k = atoll(argv[2]);
  call c = {.op = find(CERMET_KIND_OPERATOR, "dot"),
            .inputs = {filled((int64_t[]){m, k}, 2, 0), filled((int64_t[]){k, n}, 2, 0)},
            .out = filled((int64_t[]){m, n}, 2, 0)};
  measure(invoke_into, &c, seconds);
}

enum { kTensors = 160, kTensorSize = 1000 };
typedef struct update {
  cermet_optimizer *optimizer;
  char text[kTensors][8];
  const char *names[kTensors];
  cermet_ndarray *weights[kTensors], *grads[kTensors];
} update;

static void update_all(void *state) {
  update *u = state;
  CHECK(cermet_optimizer_update(u->optimizer, u->names, u->weights, u->grads, kTensors));
  CHECK(cermet_wait_all());
}

static update *adam_of_many(void) {
  static update u;
  const int64_t size = kTensorSize;
  CHECK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "adam"), NULL, &u.optimizer));
  for (int k = 0; k < kTensors; ++k) {
    snprintf(u.text[k], sizeof u.text[k], "w%d", k);
    u.names[k] = u.text[k];
    u.weights[k] = filled(&size, 1, 0);
    u.grads[k] = filled(&size, 1, 0);
  }
  return &u;
}

static void adam(int argc, char **argv, double seconds) {
  (void)argc, (void)argv;
  measure(update_all, adam_of_many(), seconds);
}

/* WORKLOAD CALLS: nothing but these calls, for programs that count what they do (counts.py). */
static void calls(int argc, char **argv, double seconds) {
  (void)seconds;
  if (argc != 2) exit(2);
  call plain = add_of_two(), recorded = recorded_add();
  const struct {
    const char *name;
    void (*run)(void *);
    void *state;
  } rows[] = {
      {"add", invoke_new, &plain}, {"add_recorded", invoke_recorded, &recorded}, {"adam", update_all, adam_of_many()}};
  for (size_t row = 0; row < sizeof rows / sizeof *rows; ++row)
    if (!strcmp(rows[row].name, argv[0]))
      for (long k = 0; k < atol(argv[1]); ++k) rows[row].run(rows[row].state);
}

const workload operator_workloads[] = {
    {"add", add}, {"add_recorded", add_recorded}, {"gemm", gemm}, {"adam", adam}, {"calls", calls}, {NULL, NULL}};
