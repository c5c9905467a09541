/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols: graphs, their variables, shapes and JSON. */
#include "symbol.h"

#include <string.h>

#include "handle.h"
#include "values.h"

cermet_symbol *symbol_get(SEXP x, const char *argument) {
  return (cermet_symbol *)handle_get(x, HANDLE_SYMBOL, argument);
}

SEXP C_symbol_variable(SEXP name) {
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *symbol = NULL;
  check(cermet_symbol_variable(text(name, "name"), &symbol));
  handle_fill(handle, symbol);
  UNPROTECT(1);
  return handle;
}

SEXP C_symbol_group(SEXP symbols) {
  int32_t count = (int32_t)XLENGTH(symbols);
  cermet_symbol **list = (cermet_symbol **)R_alloc((size_t)count + 1, sizeof *list);
  for (int32_t i = 0; i < count; i++) list[i] = symbol_get(VECTOR_ELT(symbols, i), "symbols");
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *symbol = NULL;
  check(cermet_symbol_group(list, count, &symbol));
  handle_fill(handle, symbol);
  UNPROTECT(1);
  return handle;
}

SEXP C_symbol_num_outputs(SEXP symbol) {
  int32_t count = 0;
  check(cermet_symbol_num_outputs(symbol_get(symbol, "symbol"), &count));
  return Rf_ScalarInteger(count);
}

SEXP C_symbol_output(SEXP symbol, SEXP index) {
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *output = NULL;
  check(cermet_symbol_output(symbol_get(symbol, "symbol"), (int32_t)whole(index, "index") - 1, &output));
  handle_fill(handle, output);
  UNPROTECT(1);
  return handle;
}

SEXP C_symbol_internals(SEXP symbol) {
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *internals = NULL;
  check(cermet_symbol_internals(symbol_get(symbol, "symbol"), &internals));
  handle_fill(handle, internals);
  UNPROTECT(1);
  return handle;
}

/* Names of the "arguments", "auxiliary_states" or "outputs". */
SEXP C_symbol_names(SEXP symbol, SEXP what) {
  static const struct {
    const char *what;
    cermet_status (*names)(const cermet_symbol *symbol, cermet_strings **out);
  } lists[] = {{"arguments", cermet_symbol_arguments},
               {"auxiliary_states", cermet_symbol_auxiliary_states},
               {"outputs", cermet_symbol_outputs}};
  const char *wanted = text(what, "what");
  cermet_symbol *graph = symbol_get(symbol, "symbol");
  SEXP owner = PROTECT(handle_new(HANDLE_STRINGS));
  cermet_strings *strings = NULL;
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    if (strcmp(wanted, lists[i].what) == 0) check(lists[i].names(graph, &strings));
  handle_fill(owner, strings);
  SEXP result = PROTECT(r_strings(strings));
  C_release(owner);
  UNPROTECT(2);
  return result;
}

SEXP C_symbol_name(SEXP symbol) {
  const char *name = "";
  check(cermet_symbol_name(symbol_get(symbol, "symbol"), &name));
  return r_text(name);
}

SEXP C_symbol_loss_is_mean(SEXP symbol) {
  int32_t is_mean = 0;
  check(cermet_symbol_loss_is_mean(symbol_get(symbol, "symbol"), &is_mean));
  return Rf_ScalarLogical(is_mean);
}

SEXP C_symbol_set_attribute(SEXP symbol, SEXP key, SEXP value) {
  check(cermet_symbol_set_attribute(symbol_get(symbol, "symbol"), text(key, "key"), text(value, "value")));
  return symbol;
}

SEXP specs_from_r(SEXP shapes, SEXP dtypes, cermet_specs **out) {
  SEXP owner = PROTECT(handle_new(HANDLE_SPECS)), names = Rf_getAttrib(shapes, R_NamesSymbol);
  R_xlen_t count = Rf_xlength(shapes);
  if (count > 0 && (TYPEOF(shapes) != VECSXP || names == R_NilValue))
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", "shapes", "want a named list of dimensions");
  check(cermet_specs_create(out));
  handle_fill(owner, *out);
  for (R_xlen_t i = 0; i < count; i++) {
    const char *name = Rf_translateCharUTF8(STRING_ELT(names, i));
    cermet_dtype dtype = CERMET_FLOAT32;
    layout form;
    dims(VECTOR_ELT(shapes, i), name, 1, &form);
    check(cermet_dtype_from_name(Rf_translateCharUTF8(STRING_ELT(dtypes, i)), &dtype));
    check(cermet_specs_set(*out, name, form.shape, form.ndim, dtype));
  }
  UNPROTECT(1);
  return owner;
}

static SEXP r_from_specs(const cermet_specs *specs) {
  int32_t count = 0;
  check(cermet_specs_size(specs, &count));
  SEXP result = PROTECT(Rf_allocVector(VECSXP, count));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
  for (int32_t i = 0; i < count; i++) {
    const char *name = "";
    const int64_t *shape = NULL;
    int32_t ndim = 0;
    check(cermet_specs_name(specs, i, &name));
    check(cermet_specs_shape(specs, i, &shape, &ndim));
    SET_STRING_ELT(names, i, Rf_mkCharCE(name, CE_UTF8));
    SET_VECTOR_ELT(result, i, r_dims(shape, ndim));
  }
  Rf_setAttrib(result, R_NamesSymbol, names);
  UNPROTECT(2);
  return result;
}

/* list(arguments, outputs, auxiliary_states) of named dimensions. */
SEXP C_symbol_infer(SEXP symbol, SEXP shapes, SEXP dtypes) {
  cermet_symbol *graph = symbol_get(symbol, "symbol");
  cermet_specs *known = NULL, *inferred[3] = {NULL, NULL, NULL};
  static const char *const fields[3] = {"arguments", "outputs", "auxiliary_states"};
  PROTECT(specs_from_r(shapes, dtypes, &known));
  SEXP owners[3];
  for (int i = 0; i < 3; i++) owners[i] = PROTECT(handle_new(HANDLE_SPECS));
  check(cermet_symbol_infer(graph, known, &inferred[0], &inferred[1], &inferred[2]));
  for (int i = 0; i < 3; i++) handle_fill(owners[i], inferred[i]);
  SEXP result = PROTECT(Rf_allocVector(VECSXP, 3));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, 3));
  for (int i = 0; i < 3; i++) {
    SET_STRING_ELT(names, i, Rf_mkChar(fields[i]));
    SET_VECTOR_ELT(result, i, r_from_specs(inferred[i]));
    C_release(owners[i]);
  }
  Rf_setAttrib(result, R_NamesSymbol, names);
  UNPROTECT(6);
  return result;
}

SEXP C_symbol_gradient(SEXP symbol, SEXP names) {
  int32_t count = 0;
  const char *const *wanted = texts(names, "names", &count);
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *gradient = NULL;
  check(cermet_symbol_gradient(symbol_get(symbol, "symbol"), wanted, count, &gradient));
  handle_fill(handle, gradient);
  UNPROTECT(1);
  return handle;
}

SEXP C_symbol_mixed_precision(SEXP symbol, SEXP dtype) {
  cermet_dtype wanted = CERMET_FLOAT32;
  check(cermet_dtype_from_name(text(dtype, "precision"), &wanted));
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *mixed = NULL;
  check(cermet_symbol_mixed_precision(symbol_get(symbol, "symbol"), wanted, &mixed));
  handle_fill(handle, mixed);
  UNPROTECT(1);
  return handle;
}

SEXP C_symbol_to_json(SEXP symbol) {
  SEXP owner = PROTECT(handle_new(HANDLE_BYTES));
  cermet_bytes *bytes = NULL;
  const char *json = "";
  check(cermet_symbol_to_json(symbol_get(symbol, "symbol"), &bytes));
  handle_fill(owner, bytes);
  check(cermet_bytes_text(bytes, &json));
  SEXP result = PROTECT(r_text(json));
  C_release(owner);
  UNPROTECT(2);
  return result;
}

SEXP C_symbol_from_json(SEXP json) {
  const char *characters = text(json, "json");
  SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *symbol = NULL;
  check(cermet_symbol_from_json(characters, (int64_t)strlen(characters), &symbol));
  handle_fill(handle, symbol);
  UNPROTECT(1);
  return handle;
}
