/* SPDX-License-Identifier: Apache-2.0 */
/* Operators and layers on arrays or symbols: the entry of the generated wrappers, and R's arithmetic. */
#ifndef CERMET_R_OP_H
#define CERMET_R_OP_H

#include <cermet/cermet.h>

#include "r.h"

const cermet_def *def_get(cermet_kind kind, SEXP name);

SEXP C_invoke(SEXP op, SEXP inputs, SEXP attrs, SEXP codes, SEXP random, SEXP name);
SEXP C_layer(SEXP layer, SEXP inputs, SEXP attrs, SEXP codes, SEXP name);
SEXP C_arith(SEXP generic, SEXP lhs, SEXP rhs);
SEXP C_use_recorder(SEXP recorder);
SEXP C_def_exists(SEXP kind, SEXP name);

/* The recorder in force, NULL if none. */
cermet_recorder *active_recorder(void);

/* The generator of imperative calls, seeded anew from R's stream. */
cermet_rng *seeded_rng(void);

#endif
