/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays: the engine's behind a handle, made from R vectors and read back. Used by all of the glue. */
#ifndef CERMET_R_ARRAY_H
#define CERMET_R_ARRAY_H

#include "convert.h"

cermet_ndarray *array_get(SEXP x, const char *argument);
void array_layout(const cermet_ndarray *array, layout *out);
/* The arrays of an R list; NULL entries stay NULL. The vector lives until the .Call ends. */
cermet_ndarray **arrays_of(SEXP list, const char *argument);
/* A new array with the values of an R vector; raises on values that the dtype cannot hold. */
SEXP array_from_r(SEXP x, const layout *form, cermet_dtype dtype);

SEXP C_array_create(SEXP x, SEXP dim, SEXP dtype);
SEXP C_array_values(SEXP x);
SEXP C_array_dim(SEXP x);
SEXP C_array_length(SEXP x);
SEXP C_array_dtype(SEXP x);
SEXP C_array_device(SEXP x);
SEXP C_array_copy(SEXP x);
SEXP C_array_copy_to(SEXP x, SEXP destination);
SEXP C_arrays_save(SEXP path, SEXP names, SEXP arrays);
SEXP C_arrays_load(SEXP path);

#endif
