/* SPDX-License-Identifier: Apache-2.0 */
/* Recorders and gradients. Which recorder is in force is the matter of op.c. */
#include "autograd.h"

#include <string.h>

#include "array.h"
#include "handle.h"

static cermet_recorder *recorder_get(SEXP x) { return (cermet_recorder *)handle_get(x, HANDLE_RECORDER, "recorder"); }

SEXP C_recorder_create(SEXP train) {
  SEXP handle = PROTECT(handle_new(HANDLE_RECORDER));
  cermet_recorder *recorder = NULL;
  check(cermet_recorder_create(Rf_asLogical(train) == TRUE, &recorder));
  handle_fill(handle, recorder);
  UNPROTECT(1);
  return handle;
}

SEXP C_recorder_set_mode(SEXP recorder, SEXP recording, SEXP train) {
  check(cermet_recorder_set_mode(recorder_get(recorder), Rf_asLogical(recording) == TRUE, Rf_asLogical(train) == TRUE));
  return recorder;
}

/* c(recording, train) */
SEXP C_recorder_mode(SEXP recorder) {
  int32_t recording = 0, train = 0;
  check(cermet_recorder_mode(recorder_get(recorder), &recording, &train));
  SEXP result = Rf_allocVector(LGLSXP, 2);
  LOGICAL(result)[0] = recording;
  LOGICAL(result)[1] = train;
  return result;
}

SEXP C_recorder_clear(SEXP recorder) {
  check(cermet_recorder_clear(recorder_get(recorder)));
  return recorder;
}

/* Gradients of the heads by the variables, as a list of new arrays. head_grads: NULL, or a list as long as heads. */
SEXP C_recorder_gradient(SEXP recorder, SEXP heads, SEXP head_grads, SEXP variables, SEXP create_graph) {
  handle_collect();
  int32_t count = (int32_t)XLENGTH(variables);
  cermet_recorder *tape = recorder_get(recorder);
  cermet_ndarray **head_list = arrays_of(heads, "heads");
  cermet_ndarray **head_grad_list = head_grads == R_NilValue ? NULL : arrays_of(head_grads, "head_grads");
  cermet_ndarray **variable_list = arrays_of(variables, "variables");
  SEXP result = PROTECT(Rf_allocVector(VECSXP, count));
  for (int32_t i = 0; i < count; i++) SET_VECTOR_ELT(result, i, handle_new(HANDLE_ARRAY));
  cermet_ndarray **grads = (cermet_ndarray **)R_alloc((size_t)count + 1, sizeof *grads);
  memset(grads, 0, (size_t)count * sizeof *grads);
  check(cermet_recorder_gradient(tape, head_list, (int32_t)XLENGTH(heads), head_grad_list, variable_list, count,
                                 Rf_asLogical(create_graph) == TRUE, grads));
  for (int32_t i = 0; i < count; i++) handle_fill(VECTOR_ELT(result, i), grads[i]);
  Rf_setAttrib(result, R_NamesSymbol, Rf_getAttrib(variables, R_NamesSymbol));
  UNPROTECT(1);
  return result;
}
