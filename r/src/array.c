/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays: made from R vectors and read back; files of arrays. */
#include "array.h"

#include <string.h>

#include "convert.h"
#include "handle.h"
#include "values.h"

cermet_ndarray *array_get(SEXP x, const char *argument) {
  return (cermet_ndarray *)handle_get(x, HANDLE_ARRAY, argument);
}

cermet_ndarray **arrays_of(SEXP list, const char *argument) {
  if (TYPEOF(list) != VECSXP)
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", argument, "got %s; want a list of arrays",
                  Rf_type2char(TYPEOF(list)));
  R_xlen_t count = XLENGTH(list);
  cermet_ndarray **arrays = (cermet_ndarray **)R_alloc((size_t)count + 1, sizeof *arrays);
  for (R_xlen_t i = 0; i < count; i++) {
    SEXP x = VECTOR_ELT(list, i);
    arrays[i] = x == R_NilValue ? NULL : array_get(x, argument);
  }
  return arrays;
}

void array_layout(const cermet_ndarray *array, layout *out) {
  const int64_t *shape = NULL;
  int32_t ndim = 0;
  check(cermet_ndarray_shape(array, &shape, &ndim));
  out->ndim = ndim;
  if (ndim > 0) memcpy(out->shape, shape, (size_t)ndim * sizeof *shape);
  check(cermet_ndarray_size(array, &out->size));
}

/* An empty array in a new handle. Only the handle owns it, so the caller may raise at any time. */
static SEXP new_array(const layout *form, cermet_dtype dtype, cermet_ndarray **out) {
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  check(cermet_ndarray_create(form->shape, form->ndim, dtype, CERMET_CPU, 0, out));
  handle_fill(handle, *out);
  UNPROTECT(1);
  return handle;
}

static void refuse_value(SEXP x, int64_t position, cermet_dtype dtype) {
  double value = TYPEOF(x) == REALSXP  ? REAL_RO(x)[position]
                 : TYPEOF(x) == RAWSXP ? RAW_RO(x)[position]
                                       : INTEGER_RO(x)[position];
  if (ISNAN(value) || (TYPEOF(x) != REALSXP && TYPEOF(x) != RAWSXP && value == NA_INTEGER))
    raise_failure(CERMET_INVALID_ARGUMENT, "cm_array", "x", "got NA at position %lld; %s has no missing value",
                  (long long)position + 1, cermet_dtype_name(dtype));
  raise_failure(CERMET_INVALID_ARGUMENT, "cm_array", "x",
                "got %.10g at position %lld; want whole numbers in the range of %s", value, (long long)position + 1,
                cermet_dtype_name(dtype));
}

SEXP array_from_r(SEXP x, const layout *form, cermet_dtype dtype) {
  if (TYPEOF(x) != REALSXP && TYPEOF(x) != INTSXP && TYPEOF(x) != LGLSXP && TYPEOF(x) != RAWSXP)
    raise_failure(CERMET_INVALID_ARGUMENT, "cm_array", "x", "got %s; want numbers, logicals or bytes",
                  Rf_type2char(TYPEOF(x)));
  if (XLENGTH(x) != form->size)
    raise_failure(CERMET_SHAPE, "cm_array", "x", "got %lld values; want %lld, the product of the dimensions",
                  (long long)XLENGTH(x), (long long)form->size);
  handle_collect();
  cermet_dtype filled = can_fill(dtype) ? dtype : CERMET_FLOAT32;
  cermet_ndarray *array = NULL;
  SEXP handle = PROTECT(new_array(form, filled, &array));
  void *data = NULL;
  if (form->size > 0) {
    check(cermet_ndarray_data(array, &data));
    int64_t refused = fill_from_r(x, form, filled, data);
    if (refused >= 0) refuse_value(x, refused, filled);
  }
  if (filled != dtype) {
    cermet_ndarray *converted = NULL;
    SEXP result = PROTECT(new_array(form, dtype, &converted));
    check(cermet_ndarray_copy_to(array, converted));
    UNPROTECT(2);
    return result;
  }
  UNPROTECT(1);
  return handle;
}

SEXP C_array_create(SEXP x, SEXP dim, SEXP dtype) {
  layout form;
  dims(dim, "dim", 0, &form);
  return array_from_r(x, &form, dtype_value(dtype, "dtype"));
}

/* All values in R's order, without dimensions. */
SEXP C_array_values(SEXP x) {
  cermet_ndarray *array = array_get(x, "x");
  cermet_dtype dtype = CERMET_FLOAT32;
  layout form;
  check(cermet_ndarray_dtype(array, &dtype));
  array_layout(array, &form);
  SEXP converted = R_NilValue;
  if (!can_fill(dtype)) {
    dtype = CERMET_FLOAT32;
    cermet_ndarray *wide = NULL;
    converted = new_array(&form, dtype, &wide);
    PROTECT(converted);
    check(cermet_ndarray_copy_to(array, wide));
    array = wide;
  } else {
    PROTECT(converted);
  }
  int64_t nbytes = 0;
  check(cermet_ndarray_nbytes(array, &nbytes));
  char *data = R_alloc((size_t)nbytes + 1, 1);
  if (nbytes > 0) check(cermet_ndarray_read(array, data, nbytes));
  SEXP result = r_from_data(data, &form, dtype);
  UNPROTECT(1);
  return result;
}

SEXP C_array_dim(SEXP x) {
  const int64_t *shape = NULL;
  int32_t ndim = 0;
  check(cermet_ndarray_shape(array_get(x, "x"), &shape, &ndim));
  return r_dims(shape, ndim);
}

SEXP C_array_length(SEXP x) {
  int64_t size = 0;
  check(cermet_ndarray_size(array_get(x, "x"), &size));
  return size <= INT_MAX ? Rf_ScalarInteger((int)size) : Rf_ScalarReal((double)size);
}

SEXP C_array_dtype(SEXP x) {
  cermet_dtype dtype = CERMET_FLOAT32;
  check(cermet_ndarray_dtype(array_get(x, "x"), &dtype));
  return r_text(cermet_dtype_name(dtype));
}

SEXP C_array_device(SEXP x) {
  cermet_device device = CERMET_CPU;
  int32_t device_id = 0;
  char name[64];
  check(cermet_ndarray_device(array_get(x, "x"), &device, &device_id));
  if (device == CERMET_CPU) return r_text(cermet_device_name(device));
  snprintf(name, sizeof name, "%s:%d", cermet_device_name(device), (int)device_id);
  return r_text(name);
}

SEXP C_array_copy(SEXP x) {
  handle_collect();
  cermet_ndarray *array = array_get(x, "x"), *copy = NULL;
  SEXP handle = PROTECT(handle_new(HANDLE_ARRAY));
  check(cermet_ndarray_copy(array, &copy));
  handle_fill(handle, copy);
  UNPROTECT(1);
  return handle;
}

/* Copies the values of `x` into `destination`, which keeps its dtype. */
SEXP C_array_copy_to(SEXP x, SEXP destination) {
  check(cermet_ndarray_copy_to(array_get(x, "x"), array_get(destination, "destination")));
  return destination;
}

SEXP C_arrays_save(SEXP path, SEXP names, SEXP arrays) {
  int32_t num_names = 0;
  const char *const *texts_or_null = names == R_NilValue ? NULL : texts(names, "names", &num_names);
  check(cermet_arrays_save(path_text(path, "path"), texts_or_null, arrays_of(arrays, "arrays"),
                           (int32_t)XLENGTH(arrays)));
  return R_NilValue;
}

/* Fills `handles` and `names`; stops at the first failure. */
static cermet_status take_arrays(cermet_arrays *arrays, int32_t count, SEXP handles, const char **names) {
  for (int32_t i = 0; i < count; i++) {
    cermet_ndarray *array = NULL;
    cermet_status status = cermet_arrays_get(arrays, i, &array);
    if (status == CERMET_OK) {
      handle_fill(VECTOR_ELT(handles, i), array);
      status = cermet_arrays_name(arrays, i, &names[i]);
    }
    if (status != CERMET_OK) return status;
  }
  return CERMET_OK;
}

SEXP C_arrays_load(SEXP path) {
  handle_collect();
  SEXP owner = PROTECT(handle_new(HANDLE_ARRAYS));
  cermet_arrays *arrays = NULL;
  check(cermet_arrays_load(path_text(path, "path"), &arrays));
  handle_fill(owner, arrays);
  int32_t count = 0;
  check(cermet_arrays_size(arrays, &count));
  SEXP result = PROTECT(Rf_allocVector(VECSXP, count));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
  for (int32_t i = 0; i < count; i++) SET_VECTOR_ELT(result, i, handle_new(HANDLE_ARRAY));
  const char **entries = (const char **)R_alloc((size_t)count + 1, sizeof *entries);
  check(take_arrays(arrays, count, result, entries));
  int named = 0;
  for (int32_t i = 0; i < count; i++) {
    SET_STRING_ELT(names, i, Rf_mkCharCE(entries[i], CE_UTF8));
    named = named || entries[i][0] != '\0';
  }
  if (named) Rf_setAttrib(result, R_NamesSymbol, names);
  C_release(owner);
  UNPROTECT(3);
  return result;
}
