/* SPDX-License-Identifier: Apache-2.0 */
/* C in ten minutes: the program that docs/c/README.md walks through. It fits y = 2x + 1 by hand, then with a net.
 *
 *   cc first.c $(pkg-config --cflags --libs cermet) -o first && ./first */
#include <cermet/cermet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Every call returns a status; the text of a failure waits in the thread's error slot. */
static void check(cermet_status status, const char *what) {
  if (status == CERMET_OK) return;
  fprintf(stderr, "%s: %s: %s\n", what, cermet_status_name(status), cermet_error_last_message());
  exit(1);
}
#define CHECK(call) check((call), #call)

/* Operators are data: find one by name, invoke it on arrays. `out` NULL asks for a new array. */
static cermet_ndarray *invoke(const char *name, cermet_ndarray *a, cermet_ndarray *b, cermet_recorder *recorder) {
  const cermet_def *op;
  cermet_ndarray *inputs[2] = {a, b}, *out = NULL;
  CHECK(cermet_def_find(CERMET_KIND_OPERATOR, name, &op));
  CHECK(cermet_op_invoke(op, NULL, inputs, b ? 2 : 1, recorder, NULL, &out, 1));
  return out;
}

static float value_of(const cermet_ndarray *array) {
  float value;
  CHECK(cermet_ndarray_read(array, &value, sizeof value));
  return value;
}

static void arrays_and_gradients(void) {
  /* An array is created from your memory, which is copied; shapes are row-major. */
  const float values[] = {1, 2, 3, 4, 5, 6};
  const int64_t shape[] = {2, 3};
  cermet_ndarray *x;
  CHECK(cermet_ndarray_from_data(values, sizeof values, shape, 2, CERMET_FLOAT32, &x));

  /* What a recorder sees can be differentiated: d sum(x * x) / dx = 2x. */
  cermet_recorder *recorder;
  cermet_ndarray *grad;
  float grads[6];
  CHECK(cermet_recorder_create(1, &recorder));
  cermet_ndarray *square = invoke("multiply", x, x, recorder);
  cermet_ndarray *total = invoke("sum", square, NULL, recorder);
  CHECK(cermet_recorder_gradient(recorder, &total, 1, NULL, &x, 1, 0, &grad));
  CHECK(cermet_ndarray_read(grad, grads, sizeof grads));
  printf("sum %g, gradient of the last element %g\n", value_of(total), grads[5]);

  /* What came through an `out` is yours to release, in any order. */
  cermet_ndarray_release(x);
  cermet_ndarray_release(square);
  cermet_ndarray_release(total);
  cermet_ndarray_release(grad);
  cermet_recorder_release(recorder);
}

static void failures(void) {
  /* A call that fails writes nothing and says what it got and what it wanted. */
  const int64_t three = 3, four = 4;
  const cermet_def *add;
  cermet_ndarray *inputs[2], *out = NULL;
  CHECK(cermet_ndarray_create(&three, 1, CERMET_FLOAT32, CERMET_CPU, 0, &inputs[0]));
  CHECK(cermet_ndarray_create(&four, 1, CERMET_FLOAT32, CERMET_CPU, 0, &inputs[1]));
  CHECK(cermet_def_find(CERMET_KIND_OPERATOR, "add", &add));
  if (cermet_op_invoke(add, NULL, inputs, 2, NULL, NULL, &out, 1) == CERMET_SHAPE) {
    cermet_error *error = cermet_error_take();
    printf("%s\n", cermet_error_message(error));
    cermet_error_release(error);
  }
  cermet_ndarray_release(inputs[0]);
  cermet_ndarray_release(inputs[1]);
}

/* A symbol is a graph: a variable, a layer on it, and an output with a loss built in. */
static cermet_symbol *line(void) {
  const cermet_def *dense, *regression;
  cermet_attrs *attrs;
  cermet_symbol *data, *units, *out;
  CHECK(cermet_symbol_variable("data", &data));
  CHECK(cermet_def_find(CERMET_KIND_LAYER, "dense", &dense));
  CHECK(cermet_attrs_create(dense, &attrs));
  CHECK(cermet_attrs_set_int(attrs, "units", 1));
  CHECK(cermet_symbol_apply(dense, attrs, "fc", &data, 1, &units));
  CHECK(cermet_def_find(CERMET_KIND_OPERATOR, "linear_regression_output", &regression));
  CHECK(cermet_symbol_apply(regression, NULL, "line", &units, 1, &out));
  cermet_attrs_release(attrs);
  cermet_symbol_release(data);
  cermet_symbol_release(units);
  return out;
}

static cermet_model *train(void) {
  enum { kRows = 8 };
  float x[kRows], y[kRows];
  const int64_t shape[] = {kRows, 1};
  for (int row = 0; row < kRows; ++row) {
    x[row] = (float)row / kRows;
    y[row] = 2 * x[row] + 1;
  }
  cermet_ndarray *batch[2];
  CHECK(cermet_ndarray_from_data(x, sizeof x, shape, 2, CERMET_FLOAT32, &batch[0]));
  CHECK(cermet_ndarray_from_data(y, sizeof y, shape, 2, CERMET_FLOAT32, &batch[1]));

  /* A model is a symbol with values for its parameters; specs tell the shapes of what will be fed. */
  cermet_symbol *symbol = line();
  cermet_specs *inputs;
  cermet_model *model;
  CHECK(cermet_specs_create(&inputs));
  CHECK(cermet_specs_set(inputs, "data", shape, 2, CERMET_FLOAT32));
  CHECK(cermet_specs_set(inputs, "line_label", shape, 2, CERMET_FLOAT32));
  CHECK(cermet_model_create(symbol, &model));
  CHECK(cermet_seed(1));
  CHECK(cermet_model_initialize(model, inputs, NULL, NULL, NULL));

  /* The gradients of this loss are sums over the batch, so the optimizer divides. */
  const cermet_def *sgd;
  cermet_attrs *attrs;
  cermet_optimizer *optimizer;
  CHECK(cermet_def_find(CERMET_KIND_OPTIMIZER, "sgd", &sgd));
  CHECK(cermet_attrs_create(sgd, &attrs));
  CHECK(cermet_attrs_set_float(attrs, "learning_rate", 0.5));
  CHECK(cermet_attrs_set_float(attrs, "rescale_grad", 1.0 / kRows));
  CHECK(cermet_optimizer_create(sgd, attrs, &optimizer));

  /* A trainer runs forward, backward and update as one call, on arrays in the order of `inputs`. */
  cermet_trainer *trainer;
  CHECK(cermet_trainer_create(model, inputs, optimizer, &trainer));
  for (int step = 0; step < 500; ++step) CHECK(cermet_trainer_step(trainer, batch, 2, NULL));

  cermet_trainer_release(trainer);
  cermet_optimizer_release(optimizer);
  cermet_attrs_release(attrs);
  cermet_specs_release(inputs);
  cermet_symbol_release(symbol);
  cermet_ndarray_release(batch[0]);
  cermet_ndarray_release(batch[1]);
  return model;
}

static float predict(const char *path, float x) {
  /* A session has its own memory, planned for its input shapes: write the input, run, read the output. */
  const int64_t shape[] = {1, 1};
  cermet_model *model;
  cermet_specs *inputs;
  cermet_session *session;
  cermet_ndarray *input, *output;
  CHECK(cermet_model_load(path, 0, &model));
  CHECK(cermet_specs_create(&inputs));
  CHECK(cermet_specs_set(inputs, "data", shape, 2, CERMET_FLOAT32));
  CHECK(cermet_session_create(model, inputs, &session));
  CHECK(cermet_session_input(session, "data", &input));
  CHECK(cermet_ndarray_write(input, &x, sizeof x));
  CHECK(cermet_session_run(session));
  CHECK(cermet_session_output(session, 0, &output));
  float y = value_of(output);
  cermet_ndarray_release(input);
  cermet_ndarray_release(output);
  cermet_session_release(session);
  cermet_specs_release(inputs);
  cermet_model_release(model);
  return y;
}

int main(void) {
  arrays_and_gradients();
  failures();
  cermet_model *model = train();
  CHECK(cermet_model_set_metadata(model, "unit", "metres"));
  CHECK(cermet_model_save(model, "line.safetensors", 0));
  cermet_model_release(model);
  float y = predict("line.safetensors", 3);
  printf("at 3: %.2f\n", y);
  return fabsf(y - 7) < 0.05f ? 0 : 1;
}
