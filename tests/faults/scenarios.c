/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pieces.h"

static char folder[] = "/dev/shm/cermet-faults-XXXXXX"; /* thousands of files: in memory where there is such a place */
static const char *const kFormats[] = {"params", "npz", "safetensors"};
enum { kNumFormats = 3 };

static const char *path_of(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void write_bytes(const char *name, const void *data, size_t size) {
  FILE *file = fopen(path_of(name), "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) abort();
}

/* --- arrays and imperative calls ------------------------------------------ */
static cermet_status arrays(void) {
  cermet_ndarray *a = NULL, *wide = NULL, *row = NULL, *turned = NULL, *flat = NULL, *copy = NULL, *grad = NULL;
  float values[6];
  const int64_t zero[1] = {0}, one[1] = {1};
  MAKE(ndarray, a, cermet_ndarray_create(SHAPE(2, 3), CERMET_FLOAT32, CERMET_CPU, 0, &a));
  MAKE(ndarray, wide, cermet_ndarray_create(SHAPE(1, 1, 1, 1, 1, 1, 2, 3), CERMET_FLOAT16, CERMET_CPU, 0, &wide));
  MAKE(ndarray, row, cermet_ndarray_slice(a, zero, one, one, 1, &row));
  MAKE(ndarray, turned, cermet_ndarray_transpose(a, NULL, 0, &turned));
  MAKE(ndarray, flat, cermet_ndarray_reshape(a, SHAPE(-1), &flat));
  MAKE(ndarray, copy, cermet_ndarray_copy(turned, &copy));
  TRY(cermet_ndarray_read(turned, values, sizeof values));
  TRY(cermet_ndarray_write(a, values, sizeof values));
  TRY(cermet_ndarray_attach_grad(a, CERMET_GRAD_WRITE));
  MAKE(ndarray, grad, cermet_ndarray_grad(a, &grad));
  return CERMET_OK;
}

static cermet_status gradients(void) {
  const cermet_def *multiply = NULL, *dot = NULL;
  cermet_ndarray *x = NULL, *y = NULL, *product = NULL, *square = NULL, *grads[2] = {NULL, NULL};
  cermet_recorder *recorder = NULL;
  TRY(cermet_def_find(CERMET_KIND_OPERATOR, "multiply", &multiply));
  TRY(cermet_def_find(CERMET_KIND_OPERATOR, "dot", &dot));
  TRY(make_array(SHAPE(3, 3), &x));
  TRY(make_array(SHAPE(3, 3), &y));
  TRY(cermet_ndarray_attach_grad(x, CERMET_GRAD_ADD));
  MAKE(recorder, recorder, cermet_recorder_create(1, &recorder));
  cermet_ndarray *inputs[2] = {x, y};
  MAKE(ndarray, product, cermet_op_invoke(dot, NULL, inputs, 2, recorder, NULL, &product, 1));
  cermet_ndarray *twice[2] = {product, product};
  MAKE(ndarray, square, cermet_op_invoke(multiply, NULL, twice, 2, recorder, NULL, &square, 1));
  TRY(cermet_recorder_gradient(recorder, &square, 1, NULL, inputs, 2, 1, grads));
  for (int k = 0; k < 2; ++k) keep(grads[k], release_ndarray);
  return cermet_recorder_backward(recorder, &square, 1, NULL, 0);
}

static cermet_status definitions(void) {
  const cermet_def *def = NULL;
  cermet_attrs *attrs = NULL;
  cermet_strings *names = NULL;
  TRY(cermet_def_find(CERMET_KIND_OPERATOR, "Convolution", &def));
  MAKE(attrs, attrs, cermet_attrs_create(def, &attrs));
  TRY(cermet_attrs_set_text(attrs, "kernel", "(3, 3)"));
  TRY(cermet_attrs_set_ints(attrs, "stride", (const int64_t[]){1, 1}, 2));
  TRY(cermet_attrs_set_int(attrs, "num_filter", 8));
  MAKE(strings, names, cermet_def_list(CERMET_KIND_OPERATOR, &names));
  return CERMET_OK;
}

/* The making of an error may fail as well: then out of memory is what it says. */
static cermet_status errors(void) {
  const cermet_def *def = NULL;
  cermet_ndarray *array = NULL;
  cermet_status status = cermet_def_find(CERMET_KIND_OPERATOR, "convolutoin", &def);
  if (status != CERMET_NOT_FOUND) return status == CERMET_OK ? CERMET_INTERNAL : status;
  status = cermet_ndarray_create(SHAPE(-1, 2, 3, 4, 5, 6, 7, 8), CERMET_FLOAT32, CERMET_CPU, 0, &array);
  if (status != CERMET_SHAPE) return status == CERMET_OK ? CERMET_INTERNAL : status;
  cermet_error_release(cermet_error_take());
  return CERMET_OK;
}

/* --- graphs ----------------------------------------------------------------- */
static cermet_status graphs(void) {
  cermet_symbol *net = NULL, *again = NULL, *gradient = NULL, *mixed = NULL;
  cermet_specs *specs = NULL, *outputs = NULL;
  cermet_bytes *json = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  TRY(compose(&net));
  TRY(cermet_symbol_set_attribute(net, "__lr_mult__", "0.5"));
  TRY(make_specs(2, &specs));
  MAKE(specs, outputs, cermet_symbol_infer(net, specs, NULL, &outputs, NULL));
  MAKE(bytes, json, cermet_symbol_to_json(net, &json));
  TRY(cermet_bytes_data(json, &data, &nbytes));
  MAKE(symbol, again, cermet_symbol_from_json(data, nbytes, &again));
  MAKE(symbol, gradient, cermet_symbol_gradient(again, (const char *const[]){"fc_weight"}, 1, &gradient));
  MAKE(symbol, mixed, cermet_symbol_mixed_precision(again, CERMET_BFLOAT16, &mixed));
  return CERMET_OK;
}

static cermet_status executors(void) {
  cermet_symbol *net = NULL;
  cermet_specs *specs = NULL, *others = NULL;
  cermet_executor *executor = NULL, *reshaped = NULL;
  cermet_ndarray *output = NULL, *grad = NULL;
  TRY(compose(&net));
  TRY(make_specs(2, &specs));
  TRY(make_specs(3, &others));
  MAKE(executor, executor,
       cermet_executor_create(net, specs, (const char *const[]){"conv_weight", "fc_weight"}, 2, CERMET_GRAD_ADD,
                              CERMET_CPU, 0, &executor));
  TRY(cermet_executor_forward(executor, 1, NULL));
  TRY(cermet_executor_backward(executor, NULL, 0));
  MAKE(ndarray, output, cermet_executor_output(executor, 0, &output));
  MAKE(ndarray, grad, cermet_executor_array(executor, CERMET_GRADIENT, "fc_weight", &grad));
  MAKE(executor, reshaped, cermet_executor_reshape(executor, others, &reshaped));
  return cermet_executor_forward(reshaped, 0, NULL);
}

static cermet_status descriptions(void) {
  const cermet_def *def = NULL;
  cermet_symbol *net = NULL;
  cermet_specs *specs = NULL;
  cermet_executor *executor = NULL;
  cermet_bytes *about = NULL, *table = NULL, *plan = NULL;
  TRY(cermet_def_find(CERMET_KIND_OPERATOR, "relu", &def));
  MAKE(bytes, about, cermet_def_describe(def, &about));
  MAKE(symbol, net, cermet_symbol_variable("data", &net));
  TRY(add(CERMET_KIND_OPERATOR, "relu", "a", NULL, NULL, &net));
  MAKE(specs, specs, cermet_specs_create(&specs));
  TRY(cermet_specs_set(specs, "data", SHAPE(2), CERMET_FLOAT32));
  MAKE(bytes, table, cermet_symbol_describe(net, specs, &table));
  MAKE(executor, executor, cermet_executor_create(net, specs, NULL, 0, CERMET_GRAD_NULL, CERMET_CPU, 0, &executor));
  MAKE(bytes, plan, cermet_executor_describe(executor, &plan));
  return CERMET_OK;
}

/* --- models and training ---------------------------------------------------- */
static cermet_status training(void) {
  const cermet_def *adam = NULL, *accuracy = NULL, *factor = NULL;
  cermet_model *model = NULL;
  cermet_specs *specs = NULL;
  cermet_optimizer *optimizer = NULL;
  cermet_metric *metric = NULL;
  cermet_trainer *trainer = NULL;
  cermet_ndarray *batch[2] = {NULL, NULL};
  cermet_bytes *state = NULL;
  const void *data = NULL;
  int64_t nbytes = 0;
  TRY(cermet_def_find(CERMET_KIND_OPTIMIZER, "adam", &adam));
  TRY(cermet_def_find(CERMET_KIND_METRIC, "accuracy", &accuracy));
  TRY(cermet_def_find(CERMET_KIND_SCHEDULE, "cosine", &factor));
  TRY(make_model(&model, &specs));
  MAKE(optimizer, optimizer, cermet_optimizer_create(adam, NULL, &optimizer));
  MAKE(metric, metric, cermet_metric_create(accuracy, NULL, &metric));
  MAKE(trainer, trainer, cermet_trainer_create(model, specs, optimizer, &trainer));
  TRY(cermet_trainer_add_metric(trainer, metric, 1, 0));
  TRY(make_array(SHAPE(2, 1, 4, 4), &batch[0]));
  TRY(make_array(SHAPE(2), &batch[1]));
  TRY(cermet_trainer_step(trainer, batch, 2, NULL));
  TRY(cermet_trainer_evaluate(trainer, batch, 2));
  MAKE(bytes, state, cermet_optimizer_to_bytes(optimizer, &state));
  TRY(cermet_bytes_data(state, &data, &nbytes));
  return cermet_optimizer_restore(optimizer, data, nbytes);
}

static cermet_status serving(void) {
  cermet_model *model = NULL, *loaded = NULL, *copy = NULL;
  cermet_specs *specs = NULL, *others = NULL;
  cermet_session *session = NULL;
  cermet_ndarray *input = NULL, *output = NULL;
  TRY(make_model(&model, &specs));
  TRY(cermet_model_set_metadata(model, "classes", "a,b,c"));
  TRY(cermet_model_save(model, path_of("m.safetensors"), 0));
  MAKE(model, loaded, cermet_model_load(path_of("m.safetensors"), 0, &loaded));
  TRY(cermet_model_save(model, path_of("m"), 1));
  MAKE(model, copy, cermet_model_load(path_of("m"), 1, &copy));
  MAKE(specs, others, cermet_specs_create(&others));
  TRY(cermet_specs_set(others, "data", SHAPE(1, 1, 4, 4), CERMET_FLOAT32));
  MAKE(session, session, cermet_session_create(loaded, others, &session));
  MAKE(ndarray, input, cermet_session_input(session, "data", &input));
  TRY(cermet_session_run(session));
  MAKE(ndarray, output, cermet_session_output(session, 0, &output));
  TRY(cermet_specs_set(others, "data", SHAPE(3, 1, 4, 4), CERMET_FLOAT32));
  TRY(cermet_session_reshape(session, others));
  return cermet_session_run(session);
}

static cermet_status quantizing(void) {
  static const float values[3 * 16] = {0.5F, 1, 2, -1};
  cermet_model *model = NULL, *quantized = NULL;
  cermet_specs *specs = NULL, *inputs = NULL;
  cermet_calibrator *calibrator = NULL;
  cermet_session *session = NULL;
  cermet_ndarray *input = NULL;
  TRY(make_model(&model, &specs));
  MAKE(specs, inputs, cermet_specs_create(&inputs));
  TRY(cermet_specs_set(inputs, "data", SHAPE(3, 1, 4, 4), CERMET_FLOAT32));
  MAKE(calibrator, calibrator,
       cermet_calibrator_create(model, inputs, CERMET_CALIBRATION_ENTROPY, CERMET_QUANTIZED_AUTO, &calibrator));
  TRY(cermet_calibrator_exclude(calibrator, "softmax_output"));
  MAKE(ndarray, input, cermet_calibrator_input(calibrator, "data", &input));
  TRY(cermet_ndarray_write(input, values, (int64_t)sizeof values));
  TRY(cermet_calibrator_collect(calibrator));
  MAKE(model, quantized, cermet_calibrator_quantize(calibrator, &quantized));
  MAKE(session, session, cermet_session_create(quantized, inputs, &session));
  return cermet_session_run(session);
}

/* --- files -------------------------------------------------------------------- */
static cermet_status array_files(void) {
  cermet_ndarray *list[2] = {NULL, NULL}, *turned = NULL;
  TRY(make_array(SHAPE(2, 3), &list[0]));
  TRY(make_array(SHAPE(2, 2), &turned));
  MAKE(ndarray, list[1], cermet_ndarray_transpose(turned, NULL, 0, &list[1]));
  for (int k = 0; k < kNumFormats; ++k) {
    char name[32];
    cermet_arrays *loaded = NULL;
    snprintf(name, sizeof name, "a.%s", kFormats[k]);
    TRY(cermet_arrays_save(path_of(name), (const char *const[]){"first", "second"}, list, 2));
    MAKE(arrays, loaded, cermet_arrays_load(path_of(name), &loaded));
  }
  return CERMET_OK;
}

static cermet_status data_files(void) {
  cermet_ndarray *table = NULL, *zipped = NULL, *digits = NULL, *batch = NULL;
  cermet_loader *loader = NULL;
  int32_t more = 0;
  MAKE(ndarray, table, cermet_read_csv(path_of("a.csv"), ',', 1, &table));
  MAKE(ndarray, zipped, cermet_read_csv(path_of("a.csv.gz"), ',', 0, &zipped));
  MAKE(ndarray, digits, cermet_read_idx(path_of("a.idx"), &digits));
  MAKE(loader, loader, cermet_loader_create(&table, 1, 2, 1, CERMET_LAST_KEEP, NULL, &loader));
  TRY(cermet_loader_next(loader, &more));
  MAKE(ndarray, batch, cermet_loader_batch(loader, 0, &batch));
  return cermet_loader_reset(loader);
}

void scenarios_prepare(void) {
  static const unsigned char gz[] = {31, 139, 8, 0, 0,  0,  0,  0,  2, 255, 51, 212,
                                     49, 226, 2, 0, 51, 66, 33, 85, 4, 0,   0,  0}; /* "1,2\n" */
  static const unsigned char idx[] = {0, 0, 12, 1, 0, 0, 0, 1, 1, 2, 3, 4};
  static const char csv[] = "a,b\n1,2\n3,4\n5,6\n";
  if (!mkdtemp(folder)) {
    strcpy(folder, "/tmp/cermet-faults-XXXXXX");
    if (!mkdtemp(folder)) abort();
  }
  write_bytes("a.csv", csv, sizeof csv - 1);
  write_bytes("a.csv.gz", gz, sizeof gz);
  write_bytes("a.idx", idx, sizeof idx);
}

/* Whatever failed while saving: no temporary files are left. */
int scenarios_clean_up(void) {
  static const char *const names[] = {"a.csv",         "a.csv.gz",      "a.idx",         "a.params",     "a.npz",
                                      "a.safetensors", "m.safetensors", "m-symbol.json", "m-0001.params"};
  for (size_t k = 0; k < sizeof names / sizeof *names; ++k) unlink(path_of(names[k]));
  return rmdir(folder) == 0;
}

#define SCENARIO(piece)                    \
  static cermet_status run_##piece(void) { \
    cermet_status status = piece();        \
    give_back_all();                       \
    return status;                         \
  }
SCENARIO(arrays)
SCENARIO(gradients)
SCENARIO(definitions)
SCENARIO(errors)
SCENARIO(graphs)
SCENARIO(executors)
SCENARIO(descriptions)
SCENARIO(training)
SCENARIO(serving)
SCENARIO(quantizing)
SCENARIO(array_files)
SCENARIO(data_files)

const struct scenario scenarios[] = {
    {"arrays", run_arrays, 0},
    {"gradients", run_gradients, 0},
    {"definitions", run_definitions, 0},
    {"errors", run_errors, 0},
    {"graphs", run_graphs, 0},
    {"executors", run_executors, 0},
    {"descriptions", run_descriptions, 1}, /* the JSON library loses a list that it could not finish */
    {"training", run_training, 0},
    {"serving", run_serving, 0},
    {"quantizing", run_quantizing, 0},
    {"array_files", run_array_files, 0},
    {"data_files", run_data_files, 0},
    {NULL, NULL, 0},
};
