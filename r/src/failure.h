/* SPDX-License-Identifier: Apache-2.0 */
/* Failures of the engine and of the glue itself, raised as R conditions.
 *
 * Raising jumps out of the C function: release everything native first, then raise. */
#ifndef CERMET_R_FAILURE_H
#define CERMET_R_FAILURE_H

#include <cermet/cermet.h>

#include "r.h"

/* Raises the condition for the last engine failure, of status `status`. */
NORET void raise_engine(cermet_status status);

/* Raises a condition of the glue's own. `format` as for printf, in the engine's form of messages. */
NORET void raise_failure(cermet_status status, const char *op, const char *argument, const char *format, ...);

/* Arguments that count from 1 in R: when the next raise_engine blames one of them, its message says that the engine
 * counts from 0. The names must live until then; failure_counts_clear forgets them. */
void failure_counts(const char *argument);
void failure_counts_clear(void);

/* Raises if `status` is a failure. For calls after which nothing native is left to release. */
static inline void check(cermet_status status) {
  if (status != CERMET_OK) raise_engine(status);
}

#endif
