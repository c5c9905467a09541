/* SPDX-License-Identifier: Apache-2.0 */
/* What it costs to make a graph ready to run, by its number of nodes: composing, inferring shapes, planning. */
#include "support.h"

/* relu(x), x + data, relu(x), ...: each value but the first has one user. */
static cermet_symbol *chain(long nodes) {
  const cermet_def *relu = find(CERMET_KIND_OPERATOR, "relu"), *add = find(CERMET_KIND_OPERATOR, "add");
  cermet_symbol *data, *last;
  CHECK(cermet_symbol_variable("data", &data));
  CHECK(cermet_symbol_apply(relu, NULL, NULL, &data, 1, &last));
  for (long k = 2; k < nodes; ++k) {
    cermet_symbol *inputs[2] = {last, data}, *next;
    CHECK(cermet_symbol_apply(k % 2 ? relu : add, NULL, NULL, inputs, k % 2 ? 1 : 2, &next));
    cermet_symbol_release(last);
    last = next;
  }
  cermet_symbol_release(data);
  return last;
}

/* NODES */
static void compile(int argc, char **argv, double seconds) {
  (void)seconds;
  if (argc != 1) exit(2);
  const char *data = "data";
  cermet_specs *specs, *outputs;
  cermet_executor *predicting, *training;
  double start = now();
  cermet_symbol *symbol = chain(atol(argv[0]));
  figure("compose", now() - start);
  CHECK(cermet_specs_create(&specs));
  CHECK(cermet_specs_set(specs, data, (const int64_t[]){8}, 1, CERMET_FLOAT32));
  start = now();
  CHECK(cermet_symbol_infer(symbol, specs, NULL, &outputs, NULL));
  figure("infer", now() - start);
  start = now();
  CHECK(cermet_executor_create(symbol, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &predicting));
  figure("plan", now() - start);
  start = now();
  CHECK(cermet_executor_create(symbol, specs, &data, 1, CERMET_GRAD_WRITE, CERMET_CPU, 0, &training));
  figure("plan_train", now() - start);
  start = now();
  cermet_executor_release(training);
  cermet_executor_release(predicting);
  cermet_symbol_release(symbol);
  figure("release", now() - start);
}

const workload graph_workloads[] = {{"compile", compile}, {NULL, NULL}};
