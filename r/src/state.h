/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CERMET_R_STATE_H
#define CERMET_R_STATE_H

#include <R_ext/Rdynload.h>

#include "r.h"

void state_init(DllInfo *dll);

SEXP C_state_create(SEXP model);
SEXP C_state_model(SEXP state);

#endif
