/* SPDX-License-Identifier: Apache-2.0 */
/* Checked reading of plain R arguments, and plain results. Every message names the argument. */
#include "values.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static const char *const kGlue = "cermet";

/* In the C locale R does not know what bytes above 127 are and would escape them; scripts and files are UTF-8. */
static const char *utf8_of(SEXP string) {
  const char *locale = setlocale(LC_CTYPE, NULL);
  int plain = locale != NULL && (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0);
  return plain && Rf_getCharCE(string) == CE_NATIVE ? CHAR(string) : Rf_translateCharUTF8(string);
}

const char *text(SEXP x, const char *argument) {
  if (TYPEOF(x) != STRSXP || XLENGTH(x) != 1 || STRING_ELT(x, 0) == NA_STRING)
    raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "want one string");
  return utf8_of(STRING_ELT(x, 0));
}

const char *text_or_null(SEXP x, const char *argument) { return x == R_NilValue ? NULL : text(x, argument); }

const char *const *texts(SEXP x, const char *argument, int32_t *out_count) {
  if (TYPEOF(x) != STRSXP) raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "want a character vector");
  R_xlen_t count = XLENGTH(x);
  const char **result = (const char **)R_alloc((size_t)count + 1, sizeof *result);
  for (R_xlen_t i = 0; i < count; i++) {
    if (STRING_ELT(x, i) == NA_STRING) raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "got NA; want strings");
    result[i] = utf8_of(STRING_ELT(x, i));
  }
  *out_count = (int32_t)count;
  return result;
}

const char *path_text(SEXP x, const char *argument) {
  text(x, argument);
  return R_ExpandFileName(Rf_translateChar(STRING_ELT(x, 0)));
}

/* Value `i` of a numeric vector, NaN if missing. */
static double number(SEXP x, R_xlen_t i) {
  if (TYPEOF(x) == REALSXP) return REAL_RO(x)[i];
  int value = TYPEOF(x) == LGLSXP ? LOGICAL_RO(x)[i] : INTEGER_RO(x)[i];
  return value == NA_INTEGER ? NA_REAL : value;
}

static int is_number(SEXP x) { return TYPEOF(x) == REALSXP || TYPEOF(x) == INTSXP || TYPEOF(x) == LGLSXP; }

/* Doubles hold whole numbers exactly up to 2^53. */
static int is_whole(double value) { return fabs(value) <= 9007199254740992.0 && value == trunc(value); }

int64_t whole(SEXP x, const char *argument) {
  if (!is_number(x) || XLENGTH(x) != 1)
    raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "want one whole number");
  double value = number(x, 0);
  if (!is_whole(value)) raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "got %g; want a whole number", value);
  return (int64_t)value;
}

void dims(SEXP x, const char *argument, int unknown, layout *out) {
  if (x != R_NilValue && !is_number(x))
    raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "want dimensions as whole numbers");
  R_xlen_t rank = Rf_xlength(x);
  if (rank > MAX_RANK)
    raise_failure(CERMET_LIMIT, kGlue, argument, "got %d dimensions; want at most %d", (int)rank, MAX_RANK);
  out->ndim = (int)rank;
  out->size = 1;
  for (int d = 0; d < out->ndim; d++) {
    double value = number(x, d);
    if (!is_whole(value) || value < (unknown ? -1 : 0))
      raise_failure(CERMET_INVALID_ARGUMENT, kGlue, argument, "got %g as dimension %d; want a size", value, d + 1);
    out->shape[d] = (int64_t)value;
    if (__builtin_mul_overflow(out->size, out->shape[d], &out->size))
      raise_failure(CERMET_SHAPE, kGlue, argument, "the number of elements is too large");
  }
}

cermet_dtype dtype_value(SEXP x, const char *argument) {
  cermet_dtype dtype = CERMET_FLOAT32;
  check(cermet_dtype_from_name(text(x, argument), &dtype));
  return dtype;
}

SEXP r_dims(const int64_t *shape, int32_t ndim) {
  int large = 0;
  for (int d = 0; d < ndim; d++) large = large || shape[d] > INT_MAX;
  SEXP result = Rf_allocVector(large ? REALSXP : INTSXP, ndim);
  for (int d = 0; d < ndim; d++) {
    if (large)
      REAL(result)[d] = (double)shape[d];
    else
      INTEGER(result)[d] = (int)shape[d];
  }
  return result;
}

SEXP r_strings(const cermet_strings *strings) {
  int32_t size = 0;
  if (cermet_strings_size(strings, &size) != CERMET_OK) size = 0;
  SEXP result = PROTECT(Rf_allocVector(STRSXP, size));
  for (int32_t i = 0; i < size; i++) {
    const char *entry = "";
    if (cermet_strings_get(strings, i, &entry) == CERMET_OK) SET_STRING_ELT(result, i, Rf_mkCharCE(entry, CE_UTF8));
  }
  UNPROTECT(1);
  return result;
}

SEXP r_raw(const cermet_bytes *bytes) {
  const void *data = NULL;
  int64_t nbytes = 0;
  check(cermet_bytes_data(bytes, &data, &nbytes));
  SEXP raw = Rf_allocVector(RAWSXP, nbytes);
  if (nbytes > 0) memcpy(RAW(raw), data, (size_t)nbytes);
  return raw;
}

SEXP r_text(const char *value) { return Rf_ScalarString(Rf_mkCharCE(value, CE_UTF8)); }

uint64_t random_bits(void) {
  GetRNGstate();
  uint64_t high = (uint64_t)(unif_rand() * 4294967296.0);
  uint64_t low = (uint64_t)(unif_rand() * 4294967296.0);
  PutRNGstate();
  return high << 32 | low;
}
