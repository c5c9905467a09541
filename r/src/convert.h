/* SPDX-License-Identifier: Apache-2.0 */
/* Values of R vectors to engine memory and back, transposing between R's column-major and the engine's row-major
 * order. */
#ifndef CERMET_R_CONVERT_H
#define CERMET_R_CONVERT_H

#include <cermet/cermet.h>

#include "r.h"

#define MAX_RANK 32

typedef struct {
  int ndim;
  int64_t shape[MAX_RANK];
  int64_t size;
} layout;

/* Whether values can be put into memory of this dtype here (the others go through one that can). */
int can_fill(cermet_dtype dtype);

/* Writes the values of `x` (double, integer, logical, raw, or bit64's integer64) to row-major `data`. Returns -1, or
 * the position in `x` of the first value that the dtype cannot hold: missing, fractional or out of range. */
int64_t fill_from_r(SEXP x, const layout *form, cermet_dtype dtype, void *data);

/* New R vector with the values of row-major `data`: double for floats and int64, integer, or logical for bool. */
SEXP r_from_data(const void *data, const layout *form, cermet_dtype dtype);

#endif
