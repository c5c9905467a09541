/* SPDX-License-Identifier: Apache-2.0 */
/* The details of a failure are copied into fixed memory and the engine's error released before R is entered, so that
 * the jump out of C leaves nothing behind. The condition itself is made in R (raise_condition in R/conditions.R). */
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_SHAPES 8
#define MAX_RANK 32

static struct {
  cermet_status status;
  char message[4608];
  char op[256];
  char argument[256];
  char node[256];
  int num_shapes;
  int ndim[MAX_SHAPES];
  int64_t shape[MAX_SHAPES][MAX_RANK];
} failure;

#define MAX_COUNTED 8
static const char *counted[MAX_COUNTED];
static int num_counted;

void failure_counts(const char *argument) {
  if (num_counted < MAX_COUNTED) counted[num_counted++] = argument;
}

void failure_counts_clear(void) { num_counted = 0; }

static void explain_counting(void) {
  for (int i = 0; i < num_counted; i++) {
    if (strcmp(failure.argument, counted[i]) != 0) continue;
    size_t used = strlen(failure.message);
    snprintf(failure.message + used, sizeof failure.message - used,
             "\n(the engine counts axes and indices from 0: add 1 to read this message in R)");
    break;
  }
  failure_counts_clear();
}

static void copy_text(char *to, size_t size, const char *from) { snprintf(to, size, "%s", from == NULL ? "" : from); }

static SEXP utf8(const char *text) { return Rf_ScalarString(Rf_mkCharCE(text, CE_UTF8)); }

/* Shapes are doubles: a dimension may not fit an R integer. */
static SEXP failure_shapes(void) {
  SEXP shapes = PROTECT(Rf_allocVector(VECSXP, failure.num_shapes));
  for (int s = 0; s < failure.num_shapes; s++) {
    SEXP shape = Rf_allocVector(REALSXP, failure.ndim[s]);
    SET_VECTOR_ELT(shapes, s, shape);
    for (int d = 0; d < failure.ndim[s]; d++) REAL(shape)[d] = (double)failure.shape[s][d];
  }
  UNPROTECT(1);
  return shapes;
}

NORET static void raise(void) {
  SEXP namespace = PROTECT(R_FindNamespace(PROTECT(Rf_mkString("cermet"))));
  SEXP arguments[] = {
      utf8(cermet_status_name(failure.status)), R_NilValue, R_NilValue, R_NilValue, R_NilValue, R_NilValue};
  PROTECT(arguments[0]);
  PROTECT(arguments[1] = utf8(failure.message));
  PROTECT(arguments[2] = utf8(failure.op));
  PROTECT(arguments[3] = utf8(failure.argument));
  PROTECT(arguments[4] = utf8(failure.node));
  PROTECT(arguments[5] = failure_shapes());
  SEXP call = R_NilValue;
  for (int i = 5; i >= 0; i--) call = PROTECT(Rf_lcons(arguments[i], call));
  call = PROTECT(Rf_lcons(Rf_install("raise_condition"), call));
  Rf_eval(call, namespace);
  Rf_error("%s", failure.message); /* not reached: raise_condition never returns */
}

NORET void raise_engine(cermet_status status) {
  cermet_error *error = cermet_error_take();
  memset(&failure, 0, sizeof failure);
  failure.status = status;
  copy_text(failure.message, sizeof failure.message, cermet_error_message(error));
  copy_text(failure.op, sizeof failure.op, cermet_error_op(error));
  copy_text(failure.argument, sizeof failure.argument, cermet_error_argument(error));
  copy_text(failure.node, sizeof failure.node, cermet_error_node(error));
  failure.num_shapes = cermet_error_num_shapes(error);
  if (failure.num_shapes > MAX_SHAPES) failure.num_shapes = MAX_SHAPES;
  for (int s = 0; s < failure.num_shapes; s++) {
    int32_t ndim = 0;
    const int64_t *shape = cermet_error_shape(error, s, &ndim);
    failure.ndim[s] = ndim < MAX_RANK ? ndim : MAX_RANK;
    for (int d = 0; d < failure.ndim[s]; d++) failure.shape[s][d] = shape[d];
  }
  cermet_error_release(error);
  explain_counting();
  raise();
}

NORET void raise_failure(cermet_status status, const char *op, const char *argument, const char *format, ...) {
  memset(&failure, 0, sizeof failure);
  failure.status = status;
  copy_text(failure.op, sizeof failure.op, op);
  copy_text(failure.argument, sizeof failure.argument, argument);
  int used = snprintf(failure.message, sizeof failure.message, "%s: %s: ", failure.op, failure.argument);
  va_list values;
  va_start(values, format);
  vsnprintf(failure.message + used, sizeof failure.message - (size_t)used, format, values);
  va_end(values);
  raise();
}
