/* SPDX-License-Identifier: Apache-2.0 */
/* Models and prediction sessions. */
#include "model.h"

#include "array.h"
#include "attrs.h"
#include "handle.h"
#include "op.h"
#include "spec.h"
#include "symbol.h"
#include "values.h"

cermet_model *model_get(SEXP x) { return (cermet_model *)handle_get(x, HANDLE_MODEL, "model"); }

SEXP C_model_create(SEXP symbol) {
  SEXP handle = PROTECT(handle_new(HANDLE_MODEL));
  cermet_model *model = NULL;
  check(cermet_model_create(symbol_get(symbol, "symbol"), &model));
  handle_fill(handle, model);
  UNPROTECT(1);
  return handle;
}

SEXP C_model_copy(SEXP model) {
  SEXP handle = PROTECT(handle_new(HANDLE_MODEL));
  cermet_model *copy = NULL;
  check(cermet_model_copy(model_get(model), &copy));
  handle_fill(handle, copy);
  UNPROTECT(1);
  return handle;
}

SEXP C_model_load(SEXP path, SEXP epoch) {
  SEXP handle = PROTECT(handle_new(HANDLE_MODEL));
  cermet_model *model = NULL;
  check(cermet_model_load(path_text(path, "path"), (int32_t)whole(epoch, "epoch"), &model));
  handle_fill(handle, model);
  UNPROTECT(1);
  return handle;
}

SEXP C_model_save(SEXP model, SEXP path, SEXP epoch) {
  check(cermet_model_save(model_get(model), path_text(path, "path"), (int32_t)whole(epoch, "epoch")));
  return R_NilValue;
}

SEXP C_model_symbol(SEXP model) {
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *symbol = NULL;
  check(cermet_model_symbol(model_get(model), &symbol));
  handle_fill(handle, symbol);
  UNPROTECT(1);
  return handle;
}

SEXP C_model_set_metadata(SEXP model, SEXP key, SEXP value) {
  check(cermet_model_set_metadata(model_get(model), text(key, "key"), text(value, "value")));
  return model;
}

/* NULL where the model has no such text. */
SEXP C_model_metadata(SEXP model, SEXP key) {
  const char *value = NULL;
  cermet_status status = cermet_model_metadata(model_get(model), text(key, "key"), &value);
  if (status == CERMET_NOT_FOUND) {
    cermet_error_release(cermet_error_take());
    return R_NilValue;
  }
  check(status);
  return r_text(value);
}

/* Names of the parameters, or of the inputs. */
SEXP C_model_names(SEXP model, SEXP inputs) {
  SEXP owner = PROTECT(handle_new(HANDLE_STRINGS));
  cermet_strings *names = NULL;
  cermet_model *owner_model = model_get(model);
  check(Rf_asLogical(inputs) == TRUE ? cermet_model_inputs(owner_model, &names)
                                     : cermet_model_parameters(owner_model, &names));
  handle_fill(owner, names);
  SEXP result = PROTECT(r_strings(names));
  C_release(owner);
  UNPROTECT(2);
  return result;
}

SEXP C_model_parameter(SEXP model, SEXP name) {
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_model_parameter(model_get(model), text(name, "name"), &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

SEXP C_model_set_parameter(SEXP model, SEXP name, SEXP array) {
  check(cermet_model_set_parameter(model_get(model), text(name, "name"), array_get(array, "array")));
  return model;
}

/* `spec`: an initializer, or NULL for the default of layers. */
SEXP C_model_initialize(SEXP model, SEXP shapes, SEXP dtypes, SEXP spec, SEXP rng) {
  cermet_specs *inputs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &inputs));
  cermet_model *target = model_get(model);
  cermet_rng *stream = (cermet_rng *)handle_get(rng, HANDLE_RNG, "rng");
  const cermet_def *initializer = NULL;
  const attr_value *values = NULL;
  if (spec != R_NilValue) initializer = spec_read(spec, CERMET_KIND_INITIALIZER, &values);
  cermet_attrs *attrs = NULL;
  if (initializer != NULL) check(attrs_make(initializer, values, &attrs));
  cermet_status status = cermet_model_initialize(target, inputs, initializer, attrs, stream);
  cermet_attrs_release(attrs);
  check(status);
  UNPROTECT(1);
  return model;
}

static cermet_session *session_get(SEXP x) { return (cermet_session *)handle_get(x, HANDLE_SESSION, "session"); }

SEXP C_session_create(SEXP model, SEXP shapes, SEXP dtypes) {
  cermet_specs *inputs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &inputs));
  SEXP handle = PROTECT(handle_new(HANDLE_SESSION));
  cermet_session *session = NULL;
  check(cermet_session_create(model_get(model), inputs, &session));
  handle_fill(handle, session);
  UNPROTECT(2);
  return handle;
}

SEXP C_session_reshape(SEXP session, SEXP shapes, SEXP dtypes) {
  cermet_specs *inputs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &inputs));
  check(cermet_session_reshape(session_get(session), inputs));
  UNPROTECT(1);
  return session;
}

SEXP C_session_input(SEXP session, SEXP name) {
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_session_input(session_get(session), text(name, "name"), &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

SEXP C_session_run(SEXP session) {
  check(cermet_session_run(session_get(session)));
  return session;
}

SEXP C_session_output(SEXP session, SEXP index) {
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_session_output(session_get(session), (int32_t)whole(index, "index") - 1, &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

static cermet_calibrator *calibrator_get(SEXP x) {
  return (cermet_calibrator *)handle_get(x, HANDLE_CALIBRATOR, "calibrator");
}

SEXP C_calibrator_create(SEXP model, SEXP shapes, SEXP dtypes, SEXP calibration, SEXP type) {
  cermet_specs *inputs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &inputs));
  SEXP handle = PROTECT(handle_new(HANDLE_CALIBRATOR));
  cermet_calibrator *calibrator = NULL;
  check(cermet_calibrator_create(model_get(model), inputs, (cermet_calibration)(whole(calibration, "calibration") - 1),
                                 (cermet_quantized_type)(whole(type, "type") - 1), &calibrator));
  handle_fill(handle, calibrator);
  UNPROTECT(2);
  return handle;
}

SEXP C_calibrator_exclude(SEXP calibrator, SEXP name) {
  check(cermet_calibrator_exclude(calibrator_get(calibrator), text(name, "exclude")));
  return calibrator;
}

SEXP C_calibrator_input(SEXP calibrator, SEXP name) {
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_calibrator_input(calibrator_get(calibrator), text(name, "name"), &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

SEXP C_calibrator_collect(SEXP calibrator) {
  check(cermet_calibrator_collect(calibrator_get(calibrator)));
  return calibrator;
}

SEXP C_calibrator_quantize(SEXP calibrator) {
  SEXP handle = PROTECT(handle_new(HANDLE_MODEL));
  cermet_model *model = NULL;
  check(cermet_calibrator_quantize(calibrator_get(calibrator), &model));
  handle_fill(handle, model);
  UNPROTECT(1);
  return handle;
}
