/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a fitted model as an R value, for R/model.R: what makes saveRDS() work. */
#ifndef CERMET_R_STATE_H
#define CERMET_R_STATE_H

#include <R_ext/Rdynload.h>

#include "r.h"

void state_init(DllInfo *dll);

SEXP C_state_create(SEXP model);
SEXP C_state_model(SEXP state);

#endif
