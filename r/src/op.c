/* SPDX-License-Identifier: Apache-2.0 */
/* Operators on arrays or symbols: whichever the inputs are. */
#include "op.h"

#include <string.h>

#include "array.h"
#include "attrs.h"
#include "handle.h"
#include "symbol.h"
#include "values.h"

/* R has one thread, so the recorder in force and the generator of imperative calls can be variables of the package. The
 * R side restores the recorder by on.exit. */
static SEXP recorder_in_force;
static cermet_rng *imperative_rng;

const cermet_def *def_get(cermet_kind kind, SEXP name) {
  const cermet_def *def = NULL;
  check(cermet_def_find(kind, text(name, "name"), &def));
  return def;
}

cermet_recorder *active_recorder(void) {
  if (recorder_in_force == NULL || recorder_in_force == R_NilValue) return NULL;
  return (cermet_recorder *)handle_object(recorder_in_force);
}

/* Puts a recorder (NULL: none) in force and returns the one before. */
SEXP C_use_recorder(SEXP recorder) {
  if (recorder != R_NilValue) handle_get(recorder, HANDLE_RECORDER, "recorder");
  SEXP previous = recorder_in_force == NULL ? R_NilValue : recorder_in_force;
  PROTECT(previous);
  if (previous != R_NilValue) R_ReleaseObject(previous);
  if (recorder != R_NilValue) R_PreserveObject(recorder);
  recorder_in_force = recorder;
  UNPROTECT(1);
  return previous;
}

cermet_rng *seeded_rng(void) {
  uint64_t seed = random_bits();
  if (imperative_rng == NULL)
    check(cermet_rng_create(seed, &imperative_rng));
  else
    check(cermet_rng_seed(imperative_rng, seed));
  return imperative_rng;
}

/* dtype that plain R numbers take among `inputs`: that of the first array, else the natural one of their type. */
static cermet_dtype dtype_among(SEXP inputs, SEXP x) {
  cermet_dtype dtype = TYPEOF(x) == INTSXP ? CERMET_INT32 : TYPEOF(x) == LGLSXP ? CERMET_BOOL : CERMET_FLOAT32;
  for (R_xlen_t i = 0; i < XLENGTH(inputs); i++) {
    if (!handle_is(VECTOR_ELT(inputs, i), HANDLE_ARRAY)) continue;
    check(cermet_ndarray_dtype(array_get(VECTOR_ELT(inputs, i), "input"), &dtype));
    break;
  }
  return dtype;
}

static SEXP as_array(SEXP inputs, SEXP x) {
  layout form = {.ndim = 1, .shape = {Rf_xlength(x)}, .size = Rf_xlength(x)};
  SEXP dim = Rf_getAttrib(x, R_DimSymbol);
  if (dim != R_NilValue) dims(dim, "dim", 0, &form);
  return array_from_r(x, &form, dtype_among(inputs, x));
}

/* A list of `count` empty array handles, and room for as many arrays. */
static SEXP new_handles(int32_t count, cermet_ndarray ***out_arrays) {
  SEXP result = PROTECT(Rf_allocVector(VECSXP, count));
  for (int32_t i = 0; i < count; i++) SET_VECTOR_ELT(result, i, handle_new(HANDLE_ARRAY));
  *out_arrays = (cermet_ndarray **)R_alloc((size_t)count + 1, sizeof **out_arrays);
  memset(*out_arrays, 0, (size_t)count * sizeof **out_arrays);
  UNPROTECT(1);
  return result;
}

/* Runs an operator on `count` arrays; `values` may be NULL. */
static SEXP run(const cermet_def *op, cermet_ndarray **arrays, int32_t count, const attr_value *values, int random) {
  cermet_rng *rng = random ? seeded_rng() : NULL;
  int32_t num_outputs = 0;
  /* Handles are made before the attributes exist: no R allocation may come between. One output is the usual case. */
  SEXP result = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *single = NULL, **outputs = &single;
  cermet_attrs *attrs = NULL;
  check(attrs_make(op, values, &attrs));
  cermet_status status = cermet_op_num_outputs(op, attrs, count, &num_outputs);
  if (status == CERMET_OK && num_outputs != 1) {
    cermet_attrs_release(attrs);
    UNPROTECT(1);
    result = PROTECT(new_handles(num_outputs, &outputs));
    check(attrs_make(op, values, &attrs));
  }
  if (status == CERMET_OK)
    status = cermet_op_invoke(op, attrs, arrays, count, active_recorder(), rng, outputs, num_outputs);
  cermet_attrs_release(attrs);
  check(status);
  failure_counts_clear();
  if (num_outputs == 1) {
    handle_fill(result, single);
  } else {
    for (int32_t i = 0; i < num_outputs; i++) handle_fill(VECTOR_ELT(result, i), outputs[i]);
  }
  UNPROTECT(1);
  return result;
}

/* The same with inputs of R: arrays, plain numbers, or NULL. */
static SEXP invoke(const cermet_def *op, SEXP inputs, const attr_value *values, int random) {
  handle_collect();
  int32_t count = (int32_t)XLENGTH(inputs);
  while (count > 0 && VECTOR_ELT(inputs, count - 1) == R_NilValue) count--;
  SEXP owners = PROTECT(Rf_allocVector(VECSXP, count));
  cermet_ndarray **arrays = (cermet_ndarray **)R_alloc((size_t)count + 1, sizeof *arrays);
  for (int32_t i = 0; i < count; i++) {
    SEXP x = VECTOR_ELT(inputs, i);
    arrays[i] = NULL;
    if (x == R_NilValue) continue;
    if (TYPEOF(x) != EXTPTRSXP) SET_VECTOR_ELT(owners, i, x = as_array(inputs, x));
    arrays[i] = array_get(x, "input");
  }
  SEXP result = run(op, arrays, count, values, random);
  UNPROTECT(1);
  return result;
}

/* Composes a symbol; inputs are symbols or NULL. */
static SEXP compose(const cermet_def *def, SEXP inputs, const attr_value *values, const char *name) {
  int32_t count = (int32_t)XLENGTH(inputs);
  cermet_symbol **symbols = (cermet_symbol **)R_alloc((size_t)count + 1, sizeof *symbols);
  for (int32_t i = 0; i < count; i++) {
    SEXP x = VECTOR_ELT(inputs, i);
    symbols[i] = x == R_NilValue ? NULL : symbol_get(x, "input");
  }
  while (count > 0 && symbols[count - 1] == NULL) count--;
  SEXP result = PROTECT(handle_new(HANDLE_SYMBOL));
  cermet_symbol *symbol = NULL;
  cermet_attrs *attrs = NULL;
  check(attrs_make(def, values, &attrs));
  cermet_status status = cermet_symbol_apply(def, attrs, name, symbols, count, &symbol);
  cermet_attrs_release(attrs);
  check(status);
  failure_counts_clear();
  handle_fill(result, symbol);
  UNPROTECT(1);
  return result;
}

static int any_symbol(SEXP inputs) {
  for (R_xlen_t i = 0; i < XLENGTH(inputs); i++)
    if (handle_is(VECTOR_ELT(inputs, i), HANDLE_SYMBOL)) return 1;
  return 0;
}

/* The entry of all generated wrappers. With symbols among the inputs, or a `name` and no inputs, the result is a
 * symbol. */
SEXP C_invoke(SEXP op, SEXP inputs, SEXP attrs, SEXP codes, SEXP random, SEXP name) {
  const cermet_def *def = def_get(CERMET_KIND_OPERATOR, op);
  const attr_value *values = attrs_read(text(op, "op"), attrs, codes);
  if (any_symbol(inputs) || (XLENGTH(inputs) == 0 && name != R_NilValue))
    return compose(def, inputs, values, text_or_null(name, "name"));
  return invoke(def, inputs, values, Rf_asLogical(random));
}

/* A layer is composed only. */
SEXP C_layer(SEXP layer, SEXP inputs, SEXP attrs, SEXP codes, SEXP name) {
  const cermet_def *def = def_get(CERMET_KIND_LAYER, layer);
  return compose(def, inputs, attrs_read(text(layer, "layer"), attrs, codes), text_or_null(name, "name"));
}

static int is_float(cermet_dtype dtype) {
  return dtype == CERMET_FLOAT32 || dtype == CERMET_FLOAT64 || dtype == CERMET_FLOAT16 || dtype == CERMET_BFLOAT16;
}

static int is_plain_scalar(SEXP x) {
  return (TYPEOF(x) == REALSXP || TYPEOF(x) == INTSXP) && XLENGTH(x) == 1 && ATTRIB(x) == R_NilValue;
}

/* One dtype and one rank: sizes of 1 stretch in the engine as in R/arithmetic.R. */
static int fit(cermet_ndarray *lhs, cermet_ndarray *rhs, cermet_dtype dtype) {
  const int64_t *shape = NULL;
  int32_t left = 0, right = 0;
  cermet_dtype right_dtype = CERMET_FLOAT32;
  check(cermet_ndarray_dtype(rhs, &right_dtype));
  check(cermet_ndarray_shape(lhs, &shape, &left));
  check(cermet_ndarray_shape(rhs, &shape, &right));
  return dtype == right_dtype && left == right;
}

/* R's operators with a quick way: for two arrays, for array and number, for number and array. */
enum { ARRAYS, SCALAR, REVERSE, FORMS };
static struct {
  const char *generic, *names[FORMS];
  const cermet_def *defs[FORMS]; /* looked up at the first use */
} arithmetic[] = {{"+", {"add", "add_scalar", "add_scalar"}, {NULL}},
                  {"-", {"subtract", "subtract_scalar", "rsubtract_scalar"}, {NULL}},
                  {"*", {"multiply", "multiply_scalar", "multiply_scalar"}, {NULL}},
                  {"/", {"divide", "divide_scalar", "rdivide_scalar"}, {NULL}},
                  {"^", {"power", "power_scalar", "rpower_scalar"}, {NULL}}};

static const cermet_def *arithmetic_def(SEXP generic, int form) {
  const char *wanted = CHAR(STRING_ELT(generic, 0));
  size_t row = 0;
  while (strcmp(arithmetic[row].generic, wanted) != 0) row++;
  const cermet_def **def = &arithmetic[row].defs[form];
  if (*def == NULL) check(cermet_def_find(CERMET_KIND_OPERATOR, arithmetic[row].names[form], def));
  return *def;
}

/* The quick way of R's arithmetic: two float arrays that fit, or a float array and a plain number. NULL for all else,
 * which R/arithmetic.R sorts out. `generic` is one of the table's; at least one operand is an array. */
SEXP C_arith(SEXP generic, SEXP lhs, SEXP rhs) {
  int left = handle_is(lhs, HANDLE_ARRAY), right = handle_is(rhs, HANDLE_ARRAY);
  if (!(left || right)) return R_NilValue;
  cermet_ndarray *arrays[2] = {array_get(left ? lhs : rhs, "e1"), NULL};
  cermet_dtype dtype = CERMET_FLOAT32;
  check(cermet_ndarray_dtype(arrays[0], &dtype));
  if (!is_float(dtype)) return R_NilValue;
  cermet_attrs *attrs = NULL;
  const cermet_def *op = arithmetic_def(generic, left && right ? ARRAYS : left ? SCALAR : REVERSE);
  double scalar = 0;
  if (left && right) {
    arrays[1] = array_get(rhs, "e2");
    if (!fit(arrays[0], arrays[1], dtype)) return R_NilValue;
  } else {
    SEXP number = left ? rhs : lhs;
    if (!is_plain_scalar(number)) return R_NilValue;
    scalar = Rf_asReal(number);
  }
  handle_collect();
  SEXP result = PROTECT(handle_new(HANDLE_ARRAY));
  cermet_ndarray *value = NULL;
  cermet_status status = CERMET_OK;
  if (arrays[1] == NULL) {
    status = cermet_attrs_create(op, &attrs);
    if (status == CERMET_OK) status = cermet_attrs_set_float(attrs, "scalar", scalar);
  }
  if (status == CERMET_OK)
    status = cermet_op_invoke(op, attrs, arrays, arrays[1] == NULL ? 1 : 2, active_recorder(), NULL, &value, 1);
  cermet_attrs_release(attrs);
  check(status);
  handle_fill(result, value);
  UNPROTECT(1);
  return result;
}

/* Whether there is a definition of this kind and name. */
SEXP C_def_exists(SEXP kind, SEXP name) {
  const cermet_def *def = NULL;
  cermet_status status = cermet_def_find((cermet_kind)whole(kind, "kind"), text(name, "name"), &def);
  if (status == CERMET_NOT_FOUND) cermet_error_release(cermet_error_take());
  return Rf_ScalarLogical(status == CERMET_OK);
}
