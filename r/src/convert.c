/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of convert.h, one for each pair of types: a type more is a case more in FILL and in r_from_data. */
#include "convert.h"

#include <math.h>

/* Visits all positions in R's order: `k` counts column-major, `at` is the same element's row-major position. The
 * innermost loop runs over the first dimension, so R's side is read or written in sequence. */
#define FOR_EACH(form, k, at)                                                                                 \
  int64_t strides_[MAX_RANK], index_[MAX_RANK] = {0}, first_, step_, base_ = 0;                               \
  row_strides(form, strides_);                                                                                \
  first_ = (form)->ndim > 0 ? (form)->shape[0] : 1;                                                           \
  step_ = (form)->ndim > 0 ? strides_[0] : 0;                                                                 \
  for (int64_t start_ = 0; start_ < (form)->size; start_ += first_, base_ += advance(form, strides_, index_)) \
    for (int64_t k = start_, at = base_; k < start_ + first_; k++, at += step_)

static void row_strides(const layout *form, int64_t *strides) {
  int64_t stride = 1;
  for (int d = form->ndim - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= form->shape[d];
  }
}

/* Moves on to the next element of dimensions 1 and up; returns by how much the row-major position changes. */
static int64_t advance(const layout *form, const int64_t *strides, int64_t *index) {
  int64_t moved = 0;
  for (int d = 1; d < form->ndim; d++) {
    moved += strides[d];
    if (++index[d] < form->shape[d]) break;
    moved -= form->shape[d] * strides[d];
    index[d] = 0;
  }
  return moved;
}

/* Floating memory takes every value; R's integer NA becomes NA (a NaN). */
#define FILL_FLOAT(TYPE, VALUE)                    \
  do {                                             \
    TYPE *out = (TYPE *)data;                      \
    FOR_EACH(form, k, at) out[at] = (TYPE)(VALUE); \
    return -1;                                     \
  } while (0)

/* Integer memory takes whole numbers within its range. The comparison is false for NaN. The upper bound is exclusive,
 * because the largest int64 is no double. */
#define FILL_INTEGER(TYPE, LOW, HIGH, VALUE)                                      \
  do {                                                                            \
    TYPE *out = (TYPE *)data;                                                     \
    FOR_EACH(form, k, at) {                                                       \
      double value = (VALUE);                                                     \
      if (!(value >= (LOW) && value < (HIGH) && value == trunc(value))) return k; \
      out[at] = (TYPE)value;                                                      \
    }                                                                             \
    return -1;                                                                    \
  } while (0)

#define FILL(VALUE)                                                                \
  switch (dtype) {                                                                 \
    case CERMET_FLOAT32:                                                           \
      FILL_FLOAT(float, VALUE);                                                    \
    case CERMET_FLOAT64:                                                           \
      FILL_FLOAT(double, VALUE);                                                   \
    case CERMET_UINT8:                                                             \
      FILL_INTEGER(uint8_t, 0.0, 256.0, VALUE);                                    \
    case CERMET_INT8:                                                              \
      FILL_INTEGER(int8_t, -128.0, 128.0, VALUE);                                  \
    case CERMET_INT32:                                                             \
      FILL_INTEGER(int32_t, -2147483648.0, 2147483648.0, VALUE);                   \
    case CERMET_INT64:                                                             \
      FILL_INTEGER(int64_t, -9223372036854775808.0, 9223372036854775808.0, VALUE); \
    case CERMET_BOOL:                                                              \
      FILL_INTEGER(uint8_t, 0.0, 2.0, VALUE);                                      \
    default:                                                                       \
      return 0;                                                                    \
  }

int can_fill(cermet_dtype dtype) { return dtype != CERMET_FLOAT16 && dtype != CERMET_BFLOAT16; }

static int64_t fill_doubles(const double *x, const layout *form, cermet_dtype dtype, void *data) { FILL(x[k]) }

static double integer_value(int value) { return value == NA_INTEGER ? NA_REAL : value; }

static int64_t fill_integers(const int *x, const layout *form, cermet_dtype dtype, void *data) {
  FILL(integer_value(x[k]))
}

static int64_t fill_bytes(const Rbyte *x, const layout *form, cermet_dtype dtype, void *data) { FILL(x[k]) }

/* bit64 keeps 64-bit integers in the bytes of doubles; they are copied as they are to int64, else as doubles. */
static int64_t fill_integer64(const int64_t *x, const layout *form, cermet_dtype dtype, void *data) {
  if (dtype == CERMET_INT64) {
    int64_t *out = (int64_t *)data;
    FOR_EACH(form, k, at) {
      if (x[k] == INT64_MIN) return k;
      out[at] = x[k];
    }
    return -1;
  }
  FILL(x[k] == INT64_MIN ? NA_REAL : (double)x[k])
}

int64_t fill_from_r(SEXP x, const layout *form, cermet_dtype dtype, void *data) {
  switch (TYPEOF(x)) {
    case REALSXP:
      if (Rf_inherits(x, "integer64")) return fill_integer64((const int64_t *)REAL_RO(x), form, dtype, data);
      return fill_doubles(REAL_RO(x), form, dtype, data);
    case INTSXP:
      return fill_integers(INTEGER_RO(x), form, dtype, data);
    case LGLSXP:
      return fill_integers(LOGICAL_RO(x), form, dtype, data);
    case RAWSXP:
      return fill_bytes(RAW_RO(x), form, dtype, data);
    default:
      return 0;
  }
}

#define COPY(R_TYPE, ACCESS, TYPE, VALUE)                      \
  do {                                                         \
    SEXP result = PROTECT(Rf_allocVector(R_TYPE, form->size)); \
    const TYPE *in = (const TYPE *)data;                       \
    FOR_EACH(form, k, at) ACCESS(result)[k] = (VALUE);         \
    UNPROTECT(1);                                              \
    return result;                                             \
  } while (0)

SEXP r_from_data(const void *data, const layout *form, cermet_dtype dtype) {
  switch (dtype) {
    case CERMET_FLOAT32:
      COPY(REALSXP, REAL, float, in[at]);
    case CERMET_FLOAT64:
      COPY(REALSXP, REAL, double, in[at]);
    case CERMET_INT64:
      COPY(REALSXP, REAL, int64_t, (double)in[at]);
    case CERMET_INT32:
      COPY(INTSXP, INTEGER, int32_t, in[at]);
    case CERMET_INT8:
      COPY(INTSXP, INTEGER, int8_t, in[at]);
    case CERMET_UINT8:
      COPY(INTSXP, INTEGER, uint8_t, in[at]);
    case CERMET_BOOL:
      COPY(LGLSXP, LOGICAL, uint8_t, in[at] != 0);
    default:
      return R_NilValue;
  }
}
