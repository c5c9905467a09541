/* SPDX-License-Identifier: Apache-2.0 */
/* Valid arguments for the generated program that calls every function with one NULL (see generate.py).
 *
 * Every call runs in a child process. It must end by returning; a call that returns a status must refuse the NULL with
 * INVALID_ARGUMENT naming the argument, unless the pair is listed in may_be_null, which repeats what the headers
 * promise. */
#ifndef CERMET_TESTS_FIXTURE_H
#define CERMET_TESTS_FIXTURE_H

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cermet/cermet.h"

/* "function argument" pairs for which the headers allow NULL, and so do not promise a refusal. */
static const char *const may_be_null[] = {"cermet_ndarray_create shape", /* with ndim 0, as here */
                                          "cermet_ndarray_from_memory payload_free",
                                          "cermet_ndarray_from_memory payload",
                                          "cermet_specs_set shape",
                                          "cermet_ndarray_transpose axes",
                                          "cermet_arrays_save names",
                                          "cermet_recorder_gradient head_grads",
                                          "cermet_recorder_backward head_grads",
                                          "cermet_ndarray_notify payload",
                                          "cermet_def_inputs attrs",
                                          "cermet_def_outputs attrs",
                                          "cermet_op_num_outputs attrs",
                                          "cermet_op_invoke attrs",
                                          "cermet_op_invoke recorder",
                                          "cermet_op_invoke rng",
                                          "cermet_symbol_apply attrs",
                                          "cermet_symbol_apply name",
                                          "cermet_symbol_infer out_arguments",
                                          "cermet_symbol_infer out_outputs",
                                          "cermet_symbol_infer out_auxiliary_states",
                                          "cermet_symbol_describe known",
                                          "cermet_executor_create_with options",
                                          "cermet_executor_forward rng",
                                          "cermet_executor_backward head_grads",
                                          "cermet_model_initialize initializer",
                                          "cermet_model_initialize attrs",
                                          "cermet_model_initialize rng",
                                          "cermet_loader_create rng",
                                          "cermet_optimizer_create attrs",
                                          "cermet_optimizer_set_schedule schedule",
                                          "cermet_optimizer_set_schedule attrs",
                                          "cermet_metric_create attrs",
                                          "cermet_trainer_create_with options",
                                          "cermet_trainer_step rng",
                                          "cermet_set_log_callback callback",
                                          "cermet_set_log_callback payload",
                                          NULL};

static const char *current_function, *current_argument;
static int failures, calls;

static int allowed(void) {
  char pair[256];
  snprintf(pair, sizeof pair, "%s %s", current_function, current_argument);
  for (const char *const *known = may_be_null; *known; ++known)
    if (strcmp(*known, pair) == 0) return 1;
  return 0;
}

/* 0 if the refusal was as it should be. */
static int judge(cermet_status status) {
  const char *message = cermet_error_last_message();
  if (allowed()) return 0;
  if (status == CERMET_INVALID_ARGUMENT && strstr(message, current_argument) && strstr(message, "NULL")) return 0;
  fprintf(stderr, "%s(%s = NULL): got %s: %s\n", current_function, current_argument, cermet_status_name(status),
          message);
  return 1;
}

static void wait_for(pid_t child) {
  int result = 0;
  ++calls;
  waitpid(child, &result, 0);
  if (WIFSIGNALED(result)) {
    fprintf(stderr, "%s(%s = NULL): killed by signal %d\n", current_function, current_argument, WTERMSIG(result));
    ++failures;
  } else if (WEXITSTATUS(result) != 0) {
    ++failures;
  }
}

#define BEGIN(function, argument)                              \
  current_function = #function, current_argument = (argument); \
  {                                                            \
    pid_t child = fork();                                      \
    if (child == 0) {                                          \
      alarm(10);                                               \
      cermet_status status = CERMET_OK;
#define END_STATUS      \
  _exit(judge(status)); \
  }                     \
  wait_for(child);      \
  }
#define END_VOID   \
  (void)status;    \
  _exit(0);        \
  }                \
  wait_for(child); \
  }

static int finish(void) {
  printf("%d calls with NULL, %d failed\n", calls, failures);
  return failures != 0;
}

/* A place for any output. */
static char out_place[64];
#define OUT ((void *)out_place)

static void need(cermet_status status, const char *what) {
  if (status == CERMET_OK) return;
  fprintf(stderr, "fixture: %s: %s\n", what, cermet_error_last_message());
  _exit(1);
}

static cermet_ndarray *fixture_cermet_ndarray(void) {
  cermet_ndarray *array = NULL;
  const int64_t shape[2] = {2, 2};
  need(cermet_ndarray_create(shape, 2, CERMET_FLOAT32, CERMET_CPU, 0, &array), "ndarray");
  return array;
}
static cermet_ndarray **fixture_arrays(void) {
  static cermet_ndarray *arrays[1];
  arrays[0] = fixture_cermet_ndarray();
  return arrays;
}
#define fixture_inputs() (strstr(current_function, "symbol") ? (void *)fixture_symbols() : (void *)fixture_arrays())
#define fixture_variables() fixture_arrays()
#define fixture_heads() fixture_arrays()
#define fixture_head_grads() fixture_arrays()
#define fixture_weights() fixture_arrays()
#define fixture_grads() fixture_arrays()
static cermet_ndarray **fixture_outputs(void) {
  static cermet_ndarray *outputs[1];
  return outputs;
}
static const cermet_def *definition(cermet_kind kind, const char *name) {
  const cermet_def *def = NULL;
  need(cermet_def_find(kind, name, &def), name);
  return def;
}
/* A definition of the kind that the function wants. */
static const cermet_def *fixture_cermet_def(void) {
  if (strstr(current_function, "set_schedule")) return definition(CERMET_KIND_SCHEDULE, "constant");
  if (strstr(current_function, "optimizer")) return definition(CERMET_KIND_OPTIMIZER, "sgd");
  if (strstr(current_function, "metric")) return definition(CERMET_KIND_METRIC, "accuracy");
  if (strstr(current_function, "initialize")) return definition(CERMET_KIND_INITIALIZER, "uniform");
  return definition(CERMET_KIND_OPERATOR, "identity");
}
static cermet_attrs *fixture_cermet_attrs(void) {
  cermet_attrs *attrs = NULL;
  need(cermet_attrs_create(fixture_cermet_def(), &attrs), "attrs");
  return attrs;
}
static cermet_symbol *fixture_cermet_symbol(void) {
  cermet_symbol *symbol = NULL;
  need(cermet_symbol_variable("data", &symbol), "symbol");
  return symbol;
}
static cermet_symbol **fixture_symbols(void) {
  static cermet_symbol *symbols[1];
  symbols[0] = fixture_cermet_symbol();
  return symbols;
}
static cermet_specs *fixture_cermet_specs(void) {
  cermet_specs *specs = NULL;
  const int64_t shape[2] = {2, 2};
  need(cermet_specs_create(&specs), "specs");
  need(cermet_specs_set(specs, "data", shape, 2, CERMET_FLOAT32), "specs");
  return specs;
}
static cermet_recorder *fixture_cermet_recorder(void) {
  cermet_recorder *recorder = NULL;
  need(cermet_recorder_create(1, &recorder), "recorder");
  return recorder;
}
static cermet_rng *fixture_cermet_rng(void) {
  cermet_rng *rng = NULL;
  need(cermet_rng_create(1, &rng), "rng");
  return rng;
}
static cermet_strings *fixture_cermet_strings(void) {
  cermet_strings *strings = NULL;
  need(cermet_def_list(CERMET_KIND_OPERATOR, &strings), "strings");
  return strings;
}
static cermet_bytes *fixture_cermet_bytes(void) {
  cermet_bytes *bytes = NULL;
  need(cermet_def_describe(fixture_cermet_def(), &bytes), "bytes");
  return bytes;
}
static cermet_error *fixture_cermet_error(void) {
  const cermet_def *def = NULL;
  if (cermet_def_find(CERMET_KIND_OPERATOR, "no such operator", &def) != CERMET_NOT_FOUND) _exit(1);
  return cermet_error_take();
}
static cermet_model *fixture_cermet_model(void) {
  cermet_model *model = NULL;
  need(cermet_model_create(fixture_cermet_symbol(), &model), "model");
  return model;
}
static cermet_session *fixture_cermet_session(void) {
  cermet_session *session = NULL;
  need(cermet_session_create(fixture_cermet_model(), fixture_cermet_specs(), &session), "session");
  return session;
}
static cermet_calibrator *fixture_cermet_calibrator(void) {
  cermet_calibrator *calibrator = NULL;
  need(cermet_calibrator_create(fixture_cermet_model(), fixture_cermet_specs(), CERMET_CALIBRATION_NAIVE,
                                CERMET_QUANTIZED_AUTO, &calibrator),
       "calibrator");
  return calibrator;
}
static cermet_executor *fixture_cermet_executor(void) {
  cermet_executor *executor = NULL;
  need(cermet_executor_create(fixture_cermet_symbol(), fixture_cermet_specs(), NULL, 0, CERMET_GRAD_WRITE, CERMET_CPU,
                              0, &executor),
       "executor");
  return executor;
}
static const cermet_executor_options *fixture_cermet_executor_options(void) {
  static const cermet_executor_options options = {sizeof options, 0, 0};
  return &options;
}
static cermet_optimizer *fixture_cermet_optimizer(void) {
  cermet_optimizer *optimizer = NULL;
  need(cermet_optimizer_create(definition(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &optimizer), "optimizer");
  return optimizer;
}
static cermet_metric *fixture_cermet_metric(void) {
  cermet_metric *metric = NULL;
  need(cermet_metric_create(definition(CERMET_KIND_METRIC, "accuracy"), NULL, &metric), "metric");
  return metric;
}
static cermet_trainer *fixture_cermet_trainer(void) {
  const cermet_def *dense = NULL;
  cermet_attrs *attrs = NULL;
  cermet_symbol *data = fixture_cermet_symbol(), *net = NULL;
  cermet_model *model = NULL;
  cermet_trainer *trainer = NULL;
  need(cermet_def_find(CERMET_KIND_LAYER, "dense", &dense), "dense");
  need(cermet_attrs_create(dense, &attrs), "attrs");
  need(cermet_attrs_set_int(attrs, "units", 1), "units");
  need(cermet_symbol_apply(dense, attrs, "fc", &data, 1, &net), "apply");
  need(cermet_model_create(net, &model), "model");
  need(cermet_model_initialize(model, fixture_cermet_specs(), NULL, NULL, NULL), "initialize");
  need(cermet_trainer_create(model, fixture_cermet_specs(), fixture_cermet_optimizer(), &trainer), "trainer");
  return trainer;
}
static cermet_loader *fixture_cermet_loader(void) {
  cermet_loader *loader = NULL;
  need(cermet_loader_create(fixture_arrays(), 1, 1, 0, CERMET_LAST_KEEP, NULL, &loader), "loader");
  return loader;
}
static cermet_arrays *fixture_cermet_arrays(void) {
  char path[] = "/tmp/cermet-fixture-XXXXXX";
  int file = mkstemp(path);
  cermet_arrays *arrays = NULL;
  close(file);
  need(cermet_arrays_save(path, NULL, fixture_arrays(), 1), "arrays_save");
  need(cermet_arrays_load(path, &arrays), "arrays_load");
  unlink(path);
  return arrays;
}

static const char *const name_list[1] = {"data"};
#define fixture_name() "data"
#define fixture_names() name_list
#define fixture_grad_names() name_list
#define fixture_key() "__key__"
#define fixture_text() "1"
#define fixture_value() "text"
#define fixture_path() "/nonexistent/file"
#define fixture_json() "{}"
#define fixture_shape() shape_values
#define fixture_axes() shape_values
#define fixture_begin() shape_values
#define fixture_end() shape_values
#define fixture_step() shape_values
#define fixture_values() ((void *)shape_values)
#define fixture_data() ((void *)shape_values)
#define fixture_payload() NULL
#define fixture_tensor() ((void *)shape_values)
static const int64_t shape_values[2] = {1, 1};

#define VALUE_ndim (strstr(current_function, "from_") || strstr(current_function, "reshape") ? 1 : 0)
/* What fits: an ndarray fixture is 2 x 2 floats, other memory one float. */
#define VALUE_nbytes (strstr(current_function, "_read") || strstr(current_function, "_write") ? 16 : 4)
#define VALUE_batch_size 1
#define VALUE_shuffle 0
#define VALUE_delimiter ','
#define VALUE_skip_rows 0
#define VALUE_epoch 0
#define VALUE_index 0
#define VALUE_label_input 0
#define VALUE_output 0
#define VALUE_create_graph 0
#define VALUE_retain_graph 0
#define VALUE_recording 1
#define VALUE_train 1
#define VALUE_device_id 0
#define VALUE_num_arrays 1
#define VALUE_num_axes 1
#define VALUE_num_grad_names 1
#define VALUE_num_head_grads 1
#define VALUE_num_heads 1
#define VALUE_num_inputs 1
#define VALUE_num_names 1
#define VALUE_num_outputs 1
#define VALUE_num_symbols 1
#define VALUE_num_threads 1
#define VALUE_num_values 1
#define VALUE_num_variables 1
#define VALUE_position 0
#define VALUE_seed 0
#define VALUE_value 1
#define VALUE_cap 0
#define VALUE_growth_interval 0
#define VALUE_scale 0
#define VALUE_cermet_calibration CERMET_CALIBRATION_NAIVE
#define VALUE_cermet_device CERMET_CPU
#define VALUE_cermet_dtype CERMET_FLOAT32
#define VALUE_cermet_grad_req CERMET_GRAD_WRITE
#define VALUE_cermet_kind CERMET_KIND_OPERATOR
#define VALUE_cermet_last_batch CERMET_LAST_KEEP
#define VALUE_cermet_quantized_type CERMET_QUANTIZED_AUTO
#define VALUE_cermet_role CERMET_ARGUMENT

#endif
