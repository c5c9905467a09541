/* SPDX-License-Identifier: Apache-2.0 */
/* R arguments as C values. All raise cermet_error_invalid_argument, naming `argument`, and allocate only by R_alloc. */
#ifndef CERMET_R_VALUES_H
#define CERMET_R_VALUES_H

#include "convert.h"
#include "failure.h"
#include "r.h"

/* One string, UTF-8, valid during the .Call. `text_or_null` gives NULL for R's NULL. */
const char *text(SEXP x, const char *argument);
const char *text_or_null(SEXP x, const char *argument);
/* A character vector as an array of UTF-8 strings. */
const char *const *texts(SEXP x, const char *argument, int32_t *out_count);
/* A path: "~" expanded, in the encoding of the file system. */
const char *path_text(SEXP x, const char *argument);

/* One whole number, not missing. */
int64_t whole(SEXP x, const char *argument);
/* Dimensions: whole numbers, none negative (-1 where `unknown` is set). */
void dims(SEXP x, const char *argument, int unknown, layout *out);
cermet_dtype dtype_value(SEXP x, const char *argument);

/* A shape as an R vector: integers, or doubles where a dimension is too large for one. */
SEXP r_dims(const int64_t *shape, int32_t ndim);
SEXP r_strings(const cermet_strings *strings);
/* A raw vector with the bytes. */
SEXP r_raw(const cermet_bytes *bytes);
SEXP r_text(const char *text);

/* 64 random bits from R's own generator, so that set.seed() seeds everything. */
uint64_t random_bits(void);

#endif
