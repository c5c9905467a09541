/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes that no other test would notice: each of these was made on purpose, and the suites stayed green. */
#define _DEFAULT_SOURCE /* mkdtemp, strdup */
#include <pthread.h>

#include "../c_api/nets.h"

/* data -> dropout -> dense, so that a pass in train mode shows */
static cermet_symbol *random_net(void) {
  return apply_text("fully_connected", "fc", apply_text("dropout", "drop", variable("data"), "p", "0.5"), "num_hidden",
                    "3");
}

Test(survivors, validation_does_not_run_in_train_mode) {
  cermet_symbol *net = random_net();
  cermet_specs *specs = data_spec(2, 4);
  cermet_model *model = NULL;
  cermet_optimizer *sgd = NULL;
  cermet_trainer *trainer = NULL;
  cermet_session *session = NULL;
  cermet_ndarray *x = floats(SHAPE(2, 4), VALUES(1, 2, 3, 4, 5, 6, 7, 8)), *input = NULL, *got = NULL, *want = NULL;
  float values[6];
  OK(cermet_model_create(net, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &sgd));
  OK(cermet_trainer_create(model, specs, sgd, &trainer));
  OK(cermet_session_create(model, specs, &session));
  OK(cermet_session_input(session, "data", &input));
  OK(cermet_ndarray_copy_to(x, input));
  OK(cermet_session_run(session));
  OK(cermet_session_output(session, 0, &want));
  OK(cermet_ndarray_read(want, values, sizeof values));
  OK(cermet_trainer_evaluate(trainer, &x, 1));
  OK(cermet_trainer_output(trainer, 0, &got));
  expect_floats(got, values, 6, 0);
  cermet_ndarray *held[] = {x, input, got, want};
  for (int k = 0; k < 4; ++k) cermet_ndarray_release(held[k]);
  cermet_session_release(session);
  cermet_trainer_release(trainer);
  cermet_optimizer_release(sgd);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

Test(survivors, a_trainer_takes_new_parameters_of_its_model) {
  cermet_symbol *net = apply_text("fully_connected", "fc", variable("data"), "num_hidden", "1");
  cermet_specs *specs = data_spec(1, 2);
  cermet_model *model = NULL;
  cermet_optimizer *sgd = NULL;
  cermet_trainer *trainer = NULL;
  cermet_ndarray *x = floats(SHAPE(1, 2), VALUES(3, 4)), *weight = floats(SHAPE(1, 2), VALUES(10, 1)), *got = NULL;
  OK(cermet_model_create(net, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &sgd));
  OK(cermet_trainer_create(model, specs, sgd, &trainer));
  OK(cermet_model_set_parameter(model, "fc_weight", weight));
  OK(cermet_trainer_evaluate(trainer, &x, 1));
  OK(cermet_trainer_output(trainer, 0, &got));
  expect_floats(got, VALUES(34), 0);
  cermet_ndarray *held[] = {x, weight, got};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
  cermet_trainer_release(trainer);
  cermet_optimizer_release(sgd);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

/* Values of fc_weight and fc_bias after one step with this weight decay. */
static void step_with_decay(const char *wd, float *weight, float *bias) {
  cermet_symbol *net = small_net();
  cermet_specs *specs = data_spec(1, 1);
  cermet_model *model = NULL;
  cermet_attrs *attrs = NULL;
  cermet_optimizer *sgd = NULL;
  cermet_trainer *trainer = NULL;
  const cermet_def *def = find(CERMET_KIND_OPTIMIZER, "sgd");
  cermet_ndarray *batch[2] = {floats(SHAPE(1, 1), VALUES(2)), floats(SHAPE(1), VALUES(1))};
  cermet_ndarray *w = floats(SHAPE(3, 1), VALUES(1, 2, 3)), *b = floats(SHAPE(3), VALUES(4, 5, 6));
  OK(cermet_specs_set(specs, "softmax_label", SHAPE(1), CERMET_FLOAT32));
  OK(cermet_attrs_create(def, &attrs));
  OK(cermet_attrs_set_text(attrs, "wd", wd));
  OK(cermet_model_create(net, &model));
  OK(cermet_model_set_parameter(model, "fc_weight", w));
  OK(cermet_model_set_parameter(model, "fc_bias", b));
  OK(cermet_optimizer_create(def, attrs, &sgd));
  OK(cermet_trainer_create(model, specs, sgd, &trainer));
  OK(cermet_trainer_step(trainer, batch, 2, NULL));
  OK(cermet_ndarray_read(w, weight, 12));
  OK(cermet_ndarray_read(b, bias, 12));
  cermet_ndarray *held[] = {batch[0], batch[1], w, b};
  for (int k = 0; k < 4; ++k) cermet_ndarray_release(held[k]);
  cermet_trainer_release(trainer);
  cermet_optimizer_release(sgd);
  cermet_attrs_release(attrs);
  cermet_model_release(model);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}

Test(survivors, weights_decay_and_biases_do_not) {
  float weights[2][3], biases[2][3];
  step_with_decay("0", weights[0], biases[0]);
  step_with_decay("0.5", weights[1], biases[1]);
  for (int k = 0; k < 3; ++k) {
    cr_assert(biases[0][k] == biases[1][k] && biases[0][k] != (float)(4 + k));
    cr_assert(weights[0][k] > weights[1][k]);
  }
}

Test(survivors, a_shuffling_loader_takes_strided_arrays) {
  cermet_ndarray *a = floats(SHAPE(2, 4), VALUES(0, 1, 2, 3, 10, 11, 12, 13)), *rows = NULL, *batch = NULL;
  cermet_loader *loader = NULL;
  int32_t more = 0;
  float values[8];
  OK(cermet_ndarray_transpose(a, NULL, 0, &rows));
  OK(cermet_loader_create(&rows, 1, 4, 1, CERMET_LAST_KEEP, NULL, &loader));
  OK(cermet_loader_next(loader, &more));
  OK(cermet_loader_batch(loader, 0, &batch));
  OK(cermet_ndarray_read(batch, values, sizeof values));
  float sum = 0;
  for (int row = 0; row < 4; ++row) {
    cr_assert(values[2 * row + 1] == values[2 * row] + 10, "row %d: %g, %g", row, (double)values[2 * row],
              (double)values[2 * row + 1]);
    sum += values[2 * row];
  }
  cr_assert(sum == 6);
  cermet_ndarray *held[] = {a, rows, batch};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
  cermet_loader_release(loader);
}

Test(survivors, a_dense_array_is_copied_into_columns) {
  cermet_ndarray *wide = floats(SHAPE(2, 3), VALUES(9, 9, 9, 9, 9, 9)), *columns = NULL;
  cermet_ndarray *source = floats(SHAPE(2, 2), VALUES(1, 2, 3, 4));
  const int64_t begin[2] = {0, 0}, end[2] = {2, 2}, one[2] = {1, 1};
  OK(cermet_ndarray_slice(wide, begin, end, one, 2, &columns));
  OK(cermet_ndarray_copy_to(source, columns));
  expect_floats(wide, VALUES(1, 2, 9, 3, 4, 9), 0);
  cermet_ndarray *held[] = {wide, columns, source};
  for (int k = 0; k < 3; ++k) cermet_ndarray_release(held[k]);
}

static void *release_symbol(void *symbol) {
  cermet_symbol_release(symbol);
  return NULL;
}

Test(survivors, a_long_chain_is_freed_on_a_small_stack) {
  cermet_symbol *x = variable("x");
  for (int k = 0; k < 50000; ++k) x = apply_text("negative", "n", x, NULL, NULL);
  pthread_attr_t attrs;
  pthread_t thread;
  pthread_attr_init(&attrs);
  cr_assert(pthread_attr_setstacksize(&attrs, 256 << 10) == 0);
  cr_assert(pthread_create(&thread, &attrs, release_symbol, x) == 0);
  pthread_join(thread, NULL);
  const char *name = NULL;
  x = variable("y");
  OK(cermet_symbol_name(x, &name));
  cr_assert_str_eq(name, "y");
  cermet_symbol_release(x);
}

Test(survivors, an_executor_takes_another_dtype) {
  cermet_symbol *net = apply_text("negative", "n", variable("x"), NULL, NULL);
  cermet_specs *specs = NULL;
  cermet_executor *executors[2] = {NULL, NULL};
  cermet_ndarray *input = NULL, *output = NULL;
  double values[2] = {1.5, -2.5};
  OK(cermet_specs_create(&specs));
  OK(cermet_specs_set(specs, "x", SHAPE(2), CERMET_FLOAT32));
  OK(cermet_executor_create(net, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executors[0]));
  OK(cermet_specs_set(specs, "x", SHAPE(2), CERMET_FLOAT64));
  OK(cermet_executor_reshape(executors[0], specs, &executors[1]));
  OK(cermet_executor_array(executors[1], CERMET_ARGUMENT, "x", &input));
  OK(cermet_ndarray_write(input, values, sizeof values));
  OK(cermet_executor_forward(executors[1], 0, NULL));
  OK(cermet_executor_output(executors[1], 0, &output));
  OK(cermet_ndarray_read(output, values, sizeof values));
  cr_assert(values[0] == -1.5 && values[1] == 2.5);
  cermet_ndarray_release(input);
  cermet_ndarray_release(output);
  for (int k = 0; k < 2; ++k) cermet_executor_release(executors[k]);
  cermet_specs_release(specs);
  cermet_symbol_release(net);
}
