/* SPDX-License-Identifier: Apache-2.0 */
/* Handles of every kind, made and given back again and again: the heap stays as it was. */
#define _DEFAULT_SOURCE /* mallinfo2, mkdtemp */
#include <malloc.h>

#include "../c_api/nets.h"

static cermet_ndarray *array;
static cermet_symbol *net;
static cermet_specs *specs;
static cermet_model *model;
static cermet_optimizer *optimizer_of_trainer;

#define MAKES(noun, ...)          \
  static void make_##noun(void) { \
    cermet_##noun *out = NULL;    \
    OK(__VA_ARGS__);              \
    cermet_##noun##_release(out); \
  }
MAKES(ndarray, cermet_ndarray_create((const int64_t[]){2, 3}, 2, CERMET_FLOAT32, CERMET_CPU, 0, &out))
MAKES(attrs, cermet_attrs_create(find(CERMET_KIND_OPERATOR, "convolution"), &out))
MAKES(symbol, cermet_symbol_apply(find(CERMET_KIND_OPERATOR, "relu"), NULL, NULL, &net, 1, &out))
MAKES(specs, cermet_specs_create(&out))
MAKES(rng, cermet_rng_create(1, &out))
MAKES(recorder, cermet_recorder_create(1, &out))
MAKES(strings, cermet_symbol_arguments(net, &out))
MAKES(bytes, cermet_symbol_to_json(net, &out))
MAKES(arrays, cermet_arrays_load(temp_path("a.npz"), &out))
MAKES(executor,
      cermet_executor_create(net, specs, (const char *const[]){"fc_weight"}, 1, CERMET_GRAD_WRITE, CERMET_CPU, 0, &out))
MAKES(model, cermet_model_create(net, &out))
MAKES(session, cermet_session_create(model, specs, &out))
MAKES(calibrator, cermet_calibrator_create(model, specs, CERMET_CALIBRATION_NAIVE, CERMET_QUANTIZED_AUTO, &out))
MAKES(optimizer, cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "adam"), NULL, &out))
MAKES(metric, cermet_metric_create(find(CERMET_KIND_METRIC, "accuracy"), NULL, &out))
MAKES(trainer, cermet_trainer_create(model, specs, optimizer_of_trainer, &out))
MAKES(loader, cermet_loader_create(&array, 1, 1, 1, CERMET_LAST_KEEP, NULL, &out))

static void make_error(void) {
  const cermet_def *def = NULL;
  cr_assert(cermet_def_find(CERMET_KIND_OPERATOR, "", &def) == CERMET_NOT_FOUND);
  cermet_error *error = cermet_error_take();
  cr_assert(cermet_error_status(error) == CERMET_NOT_FOUND);
  cermet_error_release(error);
}

static const struct {
  const char *name;
  void (*make)(void);
  int count;
} kHandles[] = {
    {"ndarray", make_ndarray, 100000},     {"attrs", make_attrs, 100000},   {"symbol", make_symbol, 100000},
    {"specs", make_specs, 100000},         {"rng", make_rng, 100000},       {"recorder", make_recorder, 100000},
    {"strings", make_strings, 100000},     {"bytes", make_bytes, 10000},    {"arrays", make_arrays, 2000},
    {"executor", make_executor, 2000},     {"model", make_model, 10000},    {"session", make_session, 2000},
    {"optimizer", make_optimizer, 100000}, {"metric", make_metric, 100000}, {"trainer", make_trainer, 2000},
    {"loader", make_loader, 100000},       {"error", make_error, 10000},    {"calibrator", make_calibrator, 10000},
};

Test(handles, leave_nothing_behind, .timeout = 200) {
  array = floats(SHAPE(2), VALUES(1, 2));
  net = small_net();
  specs = data_spec(2, 4);
  OK(cermet_model_create(net, &model));
  OK(cermet_model_initialize(model, specs, NULL, NULL, NULL));
  OK(cermet_optimizer_create(find(CERMET_KIND_OPTIMIZER, "sgd"), NULL, &optimizer_of_trainer));
  OK(cermet_arrays_save(temp_path("a.npz"), (const char *const[]){"a"}, &array, 1));
  for (size_t k = 0; k < sizeof kHandles / sizeof *kHandles; ++k) {
    for (int n = 0; n < 100; ++n) kHandles[k].make(); /* fills the caches */
    int64_t in_use = bytes_in_use();
    size_t before = mallinfo2().uordblks;
    for (int n = 0; n < kHandles[k].count; ++n) kHandles[k].make();
    size_t after = mallinfo2().uordblks;
    cr_assert(after <= before + 1024, "%s: %zu bytes more after %d", kHandles[k].name, after - before,
              kHandles[k].count);
    cr_assert(bytes_in_use() == in_use, "%s: arrays are kept", kHandles[k].name);
  }
}
