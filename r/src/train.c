/* SPDX-License-Identifier: Apache-2.0 */
/* Optimizers, metrics and the inner loop of training: batches are fed to the trainer here, and R is entered between
 * slices of time only. */
#include "train.h"

#include <R_ext/Utils.h>
#include <string.h>
#include <time.h>

#include "array.h"
#include "handle.h"
#include "model.h"
#include "spec.h"
#include "symbol.h"
#include "values.h"

static cermet_rng *rng_get(SEXP x) { return (cermet_rng *)handle_get(x, HANDLE_RNG, "rng"); }
static cermet_loader *loader_get(SEXP x) { return (cermet_loader *)handle_get(x, HANDLE_LOADER, "loader"); }
static cermet_metric *metric_get(SEXP x) { return (cermet_metric *)handle_get(x, HANDLE_METRIC, "metric"); }
static cermet_trainer *trainer_get(SEXP x) { return (cermet_trainer *)handle_get(x, HANDLE_TRAINER, "trainer"); }
static cermet_optimizer *optimizer_get(SEXP x) {
  return (cermet_optimizer *)handle_get(x, HANDLE_OPTIMIZER, "optimizer");
}

/* A generator seeded from R's stream. */
SEXP C_rng_create(void) {
  SEXP handle = PROTECT(handle_new(HANDLE_RNG));
  cermet_rng *rng = NULL;
  check(cermet_rng_create(random_bits(), &rng));
  handle_fill(handle, rng);
  UNPROTECT(1);
  return handle;
}

/* Seed and position of a generator as 16 bytes, and back: doubles do not hold 64 bits. */
SEXP C_rng_state(SEXP rng) {
  uint64_t state[2] = {0, 0};
  check(cermet_rng_state(rng_get(rng), &state[0], &state[1]));
  SEXP raw = Rf_allocVector(RAWSXP, sizeof state);
  memcpy(RAW(raw), state, sizeof state);
  return raw;
}

SEXP C_rng_set_state(SEXP rng, SEXP raw) {
  uint64_t state[2] = {0, 0};
  if (TYPEOF(raw) != RAWSXP || XLENGTH(raw) != sizeof state)
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", "rng", "want the 16 bytes of a generator's state");
  memcpy(state, RAW_RO(raw), sizeof state);
  check(cermet_rng_set_state(rng_get(rng), state[0], state[1]));
  return rng;
}

SEXP C_optimizer_create(SEXP spec, SEXP schedule) {
  const attr_value *values = NULL, *schedule_values = NULL;
  const cermet_def *def = spec_read(spec, CERMET_KIND_OPTIMIZER, &values), *schedule_def = NULL;
  if (schedule != R_NilValue) schedule_def = spec_read(schedule, CERMET_KIND_SCHEDULE, &schedule_values);
  SEXP handle = PROTECT(handle_new(HANDLE_OPTIMIZER));
  cermet_optimizer *optimizer = NULL;
  cermet_attrs *attrs = NULL;
  check(attrs_make(def, values, &attrs));
  cermet_status status = cermet_optimizer_create(def, attrs, &optimizer);
  cermet_attrs_release(attrs);
  check(status);
  handle_fill(handle, optimizer);
  if (schedule_def != NULL) {
    check(attrs_make(schedule_def, schedule_values, &attrs));
    status = cermet_optimizer_set_schedule(optimizer, schedule_def, attrs);
    cermet_attrs_release(attrs);
    check(status);
  }
  UNPROTECT(1);
  return handle;
}

SEXP C_optimizer_learning_rate(SEXP optimizer) {
  double value = 0;
  check(cermet_optimizer_learning_rate(optimizer_get(optimizer), &value));
  return Rf_ScalarReal(value);
}

SEXP C_optimizer_set_learning_rate(SEXP optimizer, SEXP value) {
  check(cermet_optimizer_set_learning_rate(optimizer_get(optimizer), Rf_asReal(value)));
  return optimizer;
}

/* c(scale, skipped updates) */
SEXP C_optimizer_loss_scale(SEXP optimizer) {
  double scale = 0;
  int64_t skipped = 0;
  check(cermet_optimizer_loss_scale(optimizer_get(optimizer), &scale));
  check(cermet_optimizer_skipped_updates(optimizer_get(optimizer), &skipped));
  SEXP result = Rf_allocVector(REALSXP, 2);
  REAL(result)[0] = scale;
  REAL(result)[1] = (double)skipped;
  return result;
}

SEXP C_optimizer_set_loss_scale(SEXP optimizer, SEXP scale, SEXP growth_interval) {
  check(cermet_optimizer_set_loss_scale(optimizer_get(optimizer), Rf_asReal(scale),
                                        (int64_t)whole(growth_interval, "growth_interval")));
  return optimizer;
}

/* One step over `weights`, which are changed in place. */
SEXP C_optimizer_update(SEXP optimizer, SEXP names, SEXP weights, SEXP grads) {
  int32_t count = 0;
  const char *const *list = texts(names, "names", &count);
  cermet_ndarray **weight_list = arrays_of(weights, "parameters"), **grad_list = arrays_of(grads, "gradients");
  if (XLENGTH(weights) != count || XLENGTH(grads) != count)
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", "gradients", "got %d for %d parameters", (int)XLENGTH(grads),
                  (int)count);
  check(cermet_optimizer_update(optimizer_get(optimizer), list, weight_list, grad_list, count));
  return optimizer;
}

/* All states of an optimizer as a raw vector, and back. */
SEXP C_optimizer_to_raw(SEXP optimizer) {
  SEXP owner = PROTECT(handle_new(HANDLE_BYTES));
  cermet_bytes *bytes = NULL;
  check(cermet_optimizer_to_bytes(optimizer_get(optimizer), &bytes));
  handle_fill(owner, bytes);
  SEXP raw = PROTECT(r_raw(bytes));
  C_release(owner);
  UNPROTECT(2);
  return raw;
}

SEXP C_optimizer_restore(SEXP optimizer, SEXP raw) {
  if (TYPEOF(raw) != RAWSXP)
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", "optimizer", "want the bytes of an optimizer");
  check(cermet_optimizer_restore(optimizer_get(optimizer), RAW_RO(raw), (int64_t)XLENGTH(raw)));
  return optimizer;
}

SEXP C_metric_create(SEXP spec) {
  const attr_value *values = NULL;
  const cermet_def *def = spec_read(spec, CERMET_KIND_METRIC, &values);
  SEXP handle = PROTECT(handle_new(HANDLE_METRIC));
  cermet_metric *metric = NULL;
  cermet_attrs *attrs = NULL;
  check(attrs_make(def, values, &attrs));
  cermet_status status = cermet_metric_create(def, attrs, &metric);
  cermet_attrs_release(attrs);
  check(status);
  handle_fill(handle, metric);
  UNPROTECT(1);
  return handle;
}

SEXP C_metric_value(SEXP metric) {
  double value = 0;
  check(cermet_metric_value(metric_get(metric), &value));
  return Rf_ScalarReal(value);
}

SEXP C_metric_reset(SEXP metric) {
  check(cermet_metric_reset(metric_get(metric)));
  return metric;
}

SEXP C_metric_update(SEXP metric, SEXP labels, SEXP predictions) {
  check(cermet_metric_update(metric_get(metric), array_get(labels, "labels"), array_get(predictions, "predictions")));
  return metric;
}

SEXP C_loader_create(SEXP arrays, SEXP batch_size, SEXP shuffle, SEXP rng) {
  int32_t count = (int32_t)XLENGTH(arrays);
  cermet_ndarray **list = arrays_of(arrays, "arrays");
  cermet_rng *stream = rng == R_NilValue ? NULL : rng_get(rng);
  SEXP handle = PROTECT(handle_new(HANDLE_LOADER));
  cermet_loader *loader = NULL;
  check(cermet_loader_create(list, count, whole(batch_size, "batch_size"), Rf_asLogical(shuffle) == TRUE,
                             CERMET_LAST_KEEP, stream, &loader));
  handle_fill(handle, loader);
  UNPROTECT(1);
  return handle;
}

SEXP C_loader_num_batches(SEXP loader) {
  int64_t count = 0;
  check(cermet_loader_num_batches(loader_get(loader), &count));
  return Rf_ScalarReal((double)count);
}

SEXP C_loader_reset(SEXP loader) {
  check(cermet_loader_reset(loader_get(loader)));
  return loader;
}

SEXP C_loader_next(SEXP loader) {
  int32_t has_batch = 0;
  check(cermet_loader_next(loader_get(loader), &has_batch));
  return Rf_ScalarLogical(has_batch);
}

SEXP C_loader_batch(SEXP loader, SEXP index) {
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_loader_batch(loader_get(loader), (int32_t)whole(index, "index") - 1, &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

/* memory, recompute: numbers of cermet_executor_options. */
SEXP C_trainer_create(SEXP model, SEXP shapes, SEXP dtypes, SEXP optimizer, SEXP memory, SEXP recompute) {
  cermet_executor_options options = {sizeof options, (int64_t)Rf_asReal(memory), Rf_asReal(recompute)};
  cermet_specs *inputs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &inputs));
  SEXP handle = PROTECT(handle_new(HANDLE_TRAINER));
  cermet_trainer *trainer = NULL;
  check(cermet_trainer_create_with(model_get(model), inputs, optimizer_get(optimizer), &options, &trainer));
  handle_fill(handle, trainer);
  UNPROTECT(2);
  return handle;
}

SEXP C_trainer_add_metric(SEXP trainer, SEXP metric, SEXP label_input, SEXP output) {
  check(cermet_trainer_add_metric(trainer_get(trainer), metric_get(metric),
                                  (int32_t)whole(label_input, "label_input") - 1,
                                  (int32_t)whole(output, "output") - 1));
  return trainer;
}

#define MAX_INPUTS 16

/* Fetches the arrays of the current batch, runs one step (or evaluation), lets the arrays go. */
static cermet_status run_batch(cermet_trainer *trainer, cermet_loader *loader, int32_t num_arrays, cermet_rng *rng,
                               int train) {
  cermet_ndarray *arrays[MAX_INPUTS] = {NULL};
  cermet_status status = CERMET_OK;
  for (int32_t i = 0; i < num_arrays && status == CERMET_OK; i++) status = cermet_loader_batch(loader, i, &arrays[i]);
  if (status == CERMET_OK)
    status = train ? cermet_trainer_step(trainer, arrays, num_arrays, rng)
                   : cermet_trainer_evaluate(trainer, arrays, num_arrays);
  for (int32_t i = 0; i < num_arrays; i++) cermet_ndarray_release(arrays[i]);
  return status;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Runs batches until the pass ends, `max_batches` are done or `max_seconds` are over: c(batches run, pass ended). An
 * interrupt jumps out between two batches, when nothing native is held. */
SEXP C_trainer_run(SEXP trainer, SEXP loader, SEXP num_arrays, SEXP rng, SEXP train, SEXP max_batches,
                   SEXP max_seconds) {
  cermet_trainer *runner = trainer_get(trainer);
  cermet_loader *batches = loader_get(loader);
  cermet_rng *stream = rng_get(rng);
  int32_t count = (int32_t)whole(num_arrays, "num_arrays");
  if (count > MAX_INPUTS)
    raise_failure(CERMET_LIMIT, "fit", "inputs", "got %d arrays a batch; want at most %d", (int)count, MAX_INPUTS);
  int training = Rf_asLogical(train) == TRUE;
  double most = Rf_asReal(max_batches), end = seconds_now() + Rf_asReal(max_seconds), done = 0;
  int32_t has_batch = 1;
  while (done < most) {
    check(cermet_loader_next(batches, &has_batch));
    if (!has_batch) break;
    check(run_batch(runner, batches, count, stream, training));
    done++;
    R_CheckUserInterrupt();
    if (seconds_now() > end) break;
  }
  SEXP result = Rf_allocVector(REALSXP, 2);
  REAL(result)[0] = done;
  REAL(result)[1] = !has_batch;
  return result;
}

SEXP C_read_idx(SEXP path) {
  handle_collect();
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_read_idx(path_text(path, "path"), &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

SEXP C_read_csv(SEXP path, SEXP delimiter, SEXP skip_rows) {
  handle_collect();
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_read_csv(path_text(path, "path"), text(delimiter, "delimiter")[0],
                        (int32_t)whole(skip_rows, "skip_rows"), &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}
