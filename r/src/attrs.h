/* SPDX-License-Identifier: Apache-2.0 */
/* R values as attributes of a definition.
 *
 * The generated wrappers pass a named list of values and a string of codes, one letter an attribute:
 *   b bool   i int   f float   s string, choice or dtype   I ints   F floats   t MXNet's text
 *   a axis   A axes or permutation   n index   N indices     (from 1 in R; -1 and below count from the end)
 * NULL is the value "absent". */
#ifndef CERMET_R_ATTRS_H
#define CERMET_R_ATTRS_H

#include <cermet/cermet.h>

#include "r.h"

typedef struct {
  const char *name;
  char code; /* '\0' ends a list, '-' is absent */
  int32_t count;
  int64_t *ints;
  double *floats;
  const char *string;
} attr_value;

/* Checks and converts all values; raises. Allocates by R_alloc. */
const attr_value *attrs_read(const char *op, SEXP values, SEXP codes);

/* Makes attributes from what attrs_read gave: nothing of R is called. On failure nothing is left to release. NULL in
 * `out` where there are no values. */
cermet_status attrs_make(const cermet_def *def, const attr_value *values, cermet_attrs **out);

#endif
