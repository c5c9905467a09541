/* SPDX-License-Identifier: Apache-2.0 */
/* Executors: symbols bound to shapes. R/executor.R is their user. */
#include "executor.h"

#include <cermet/cermet.h>

#include "array.h"
#include "handle.h"
#include "op.h"
#include "symbol.h"
#include "values.h"

static cermet_executor *executor_get(SEXP x) { return (cermet_executor *)handle_get(x, HANDLE_EXECUTOR, "executor"); }

/* grad_req: a number of cermet_grad_req. memory, recompute: numbers of cermet_executor_options. */
SEXP C_executor_create(SEXP symbol, SEXP shapes, SEXP dtypes, SEXP grad_names, SEXP grad_req, SEXP memory,
                       SEXP recompute) {
  cermet_specs *specs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &specs));
  cermet_symbol *graph = symbol_get(symbol, "symbol");
  int32_t num_grads = 0;
  const char *const *grads = texts(grad_names, "grad", &num_grads);
  cermet_grad_req request = (cermet_grad_req)whole(grad_req, "grad_req");
  cermet_executor_options options = {sizeof options, (int64_t)Rf_asReal(memory), Rf_asReal(recompute)};
  SEXP handle = PROTECT(handle_new(HANDLE_EXECUTOR));
  cermet_executor *executor = NULL;
  check(cermet_executor_create_with(graph, specs, grads, num_grads, request, CERMET_CPU, 0, &options, &executor));
  handle_fill(handle, executor);
  UNPROTECT(2);
  return handle;
}

SEXP C_executor_reshape(SEXP executor, SEXP shapes, SEXP dtypes) {
  cermet_specs *specs = NULL;
  PROTECT(specs_from_r(shapes, dtypes, &specs));
  cermet_executor *before = executor_get(executor), *reshaped = NULL;
  SEXP handle = PROTECT(handle_new(HANDLE_EXECUTOR));
  check(cermet_executor_reshape(before, specs, &reshaped));
  handle_fill(handle, reshaped);
  UNPROTECT(2);
  return handle;
}

/* The executor's own array, not a copy. role: a number of cermet_role. */
SEXP C_executor_array(SEXP executor, SEXP role, SEXP name) {
  cermet_executor *owner = executor_get(executor);
  const char *wanted = text(name, "name");
  cermet_role part = (cermet_role)whole(role, "role");
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_executor_array(owner, part, wanted, &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

SEXP C_executor_output(SEXP executor, SEXP index) {
  cermet_executor *owner = executor_get(executor);
  int32_t position = (int32_t)whole(index, "index") - 1;
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *array = NULL;
  check(cermet_executor_output(owner, position, &array));
  handle_fill(handle, array);
  UNPROTECT(1);
  return handle;
}

SEXP C_executor_forward(SEXP executor, SEXP train) {
  check(cermet_executor_forward(executor_get(executor), Rf_asLogical(train) == TRUE, seeded_rng()));
  return executor;
}

/* head_grads: NULL, or a list with an array or NULL an output. */
SEXP C_executor_backward(SEXP executor, SEXP head_grads) {
  cermet_executor *runner = executor_get(executor);
  if (head_grads == R_NilValue) {
    check(cermet_executor_backward(runner, NULL, 0));
    return executor;
  }
  cermet_ndarray **heads = arrays_of(head_grads, "head_grads");
  check(cermet_executor_backward(runner, heads, (int32_t)XLENGTH(head_grads)));
  return executor;
}

/* c(arena, arrays) */
SEXP C_executor_planned_bytes(SEXP executor) {
  int64_t arena = 0, arrays = 0;
  check(cermet_executor_planned_bytes(executor_get(executor), &arena, &arrays));
  SEXP result = Rf_allocVector(REALSXP, 2);
  REAL(result)[0] = (double)arena;
  REAL(result)[1] = (double)arrays;
  return result;
}

static SEXP text_from(cermet_status (*call)(const cermet_executor *, cermet_bytes **), SEXP executor) {
  cermet_executor *described = executor_get(executor);
  SEXP owner = PROTECT(handle_new(HANDLE_BYTES));
  cermet_bytes *bytes = NULL;
  const char *text = "";
  check(call(described, &bytes));
  handle_fill(owner, bytes);
  check(cermet_bytes_text(bytes, &text));
  SEXP result = PROTECT(r_text(text));
  C_release(owner);
  UNPROTECT(2);
  return result;
}

SEXP C_executor_describe(SEXP executor) { return text_from(cermet_executor_describe, executor); }

SEXP C_executor_report(SEXP executor) { return text_from(cermet_executor_report, executor); }

SEXP C_executor_memory(SEXP executor) { return text_from(cermet_executor_memory, executor); }
