/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a fitted model: to R a raw vector (the model in its one-file form), in truth the live engine model,
 * turned into bytes only when somebody looks or saves. That is why saveRDS(), parallel workers and caches keep models
 * alive.
 *
 * An ALTREP vector: data1 is the model's handle, data2 its bytes once they were asked for. The bytes are a copy taken
 * then; fitted models never change, so both agree. */
#include "state.h"

#include <R_ext/Altrep.h>
#include <cermet/cermet.h>

#include "handle.h"
#include "model.h"
#include "values.h"

static R_altrep_class_t state_class;

static SEXP raw_from_model(SEXP model) {
  SEXP owner = PROTECT(handle_new(HANDLE_BYTES));
  cermet_bytes *bytes = NULL;
  check(cermet_model_to_bytes(model_get(model), &bytes));
  handle_fill(owner, bytes);
  SEXP raw = PROTECT(r_raw(bytes));
  C_release(owner);
  UNPROTECT(2);
  return raw;
}

static SEXP model_from_raw(SEXP raw) {
  SEXP handle = PROTECT(handle_new(HANDLE_MODEL));
  cermet_model *model = NULL;
  check(cermet_model_from_bytes(RAW_RO(raw), (int64_t)XLENGTH(raw), &model));
  handle_fill(handle, model);
  UNPROTECT(1);
  return handle;
}

static SEXP state_bytes(SEXP state) {
  if (R_altrep_data2(state) == R_NilValue) R_set_altrep_data2(state, raw_from_model(R_altrep_data1(state)));
  return R_altrep_data2(state);
}

static R_xlen_t state_length(SEXP state) { return XLENGTH(state_bytes(state)); }
static void *state_dataptr(SEXP state, Rboolean writable) {
  (void)writable;
  return RAW(state_bytes(state));
}
static const void *state_dataptr_or_null(SEXP state) {
  SEXP bytes = R_altrep_data2(state);
  return bytes == R_NilValue ? NULL : RAW(bytes);
}
static Rbyte state_elt(SEXP state, R_xlen_t i) { return RAW(state_bytes(state))[i]; }

/* Saved afresh each time, so that a saved model does not double the memory of the live one. */
static SEXP state_serialized(SEXP state) {
  SEXP bytes = R_altrep_data2(state);
  return bytes == R_NilValue ? raw_from_model(R_altrep_data1(state)) : bytes;
}

static SEXP new_state(SEXP model, SEXP bytes) { return R_new_altrep(state_class, model, bytes); }

static SEXP state_unserialize(SEXP class_info, SEXP bytes) {
  (void)class_info;
  SEXP model = PROTECT(model_from_raw(bytes));
  SEXP state = new_state(model, R_NilValue);
  UNPROTECT(1);
  return state;
}

static Rboolean state_inspect(SEXP state, int pre, int deep, int pvec, void (*inspect)(SEXP, int, int, int)) {
  (void)state, (void)pre, (void)deep, (void)pvec, (void)inspect;
  Rprintf(" cermet model state\n");
  return TRUE;
}

void state_init(DllInfo *dll) {
  state_class = R_make_altraw_class("cermet_state", "cermet", dll);
  R_set_altrep_Length_method(state_class, state_length);
  R_set_altrep_Serialized_state_method(state_class, state_serialized);
  R_set_altrep_Unserialize_method(state_class, state_unserialize);
  R_set_altrep_Inspect_method(state_class, state_inspect);
  R_set_altvec_Dataptr_method(state_class, state_dataptr);
  R_set_altvec_Dataptr_or_null_method(state_class, state_dataptr_or_null);
  R_set_altraw_Elt_method(state_class, state_elt);
}

SEXP C_state_create(SEXP model) {
  model_get(model);
  return new_state(model, R_NilValue);
}

/* The model of a state. A plain raw vector (R copies a state that is modified or assembled anew) is read. */
SEXP C_state_model(SEXP state) {
  if (ALTREP(state) && R_altrep_inherits(state, state_class)) return R_altrep_data1(state);
  if (TYPEOF(state) != RAWSXP)
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", "model", "got %s; want the state of a fitted model",
                  Rf_type2char(TYPEOF(state)));
  return model_from_raw(state);
}
