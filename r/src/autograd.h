/* SPDX-License-Identifier: Apache-2.0 */
/* Recorders and gradients, for R/autograd.R. The recorder in force is the matter of op.h. */
#ifndef CERMET_R_AUTOGRAD_H
#define CERMET_R_AUTOGRAD_H

#include "r.h"

SEXP C_recorder_create(SEXP train);
SEXP C_recorder_set_mode(SEXP recorder, SEXP recording, SEXP train);
SEXP C_recorder_mode(SEXP recorder);
SEXP C_recorder_clear(SEXP recorder);
SEXP C_recorder_gradient(SEXP recorder, SEXP heads, SEXP head_grads, SEXP variables, SEXP create_graph);

#endif
