/* SPDX-License-Identifier: Apache-2.0 */
/* Models and prediction sessions, for R/fit.R, R/predict.R and R/save.R. */
#ifndef CERMET_R_MODEL_H
#define CERMET_R_MODEL_H

#include <cermet/cermet.h>

#include "r.h"

/* The model of a handle, or of a state made by state.c. */
cermet_model *model_get(SEXP x);

SEXP C_model_create(SEXP symbol);
SEXP C_model_copy(SEXP model);
SEXP C_model_load(SEXP path, SEXP epoch);
SEXP C_model_save(SEXP model, SEXP path, SEXP epoch);
SEXP C_model_symbol(SEXP model);
SEXP C_model_set_metadata(SEXP model, SEXP key, SEXP value);
SEXP C_model_metadata(SEXP model, SEXP key);
SEXP C_model_names(SEXP model, SEXP inputs);
SEXP C_model_parameter(SEXP model, SEXP name);
SEXP C_model_set_parameter(SEXP model, SEXP name, SEXP array);
SEXP C_model_initialize(SEXP model, SEXP shapes, SEXP dtypes, SEXP spec, SEXP rng);

/* `calibration` and `type`: numbers of the choices, from 1. */
SEXP C_calibrator_create(SEXP model, SEXP shapes, SEXP dtypes, SEXP calibration, SEXP type);
SEXP C_calibrator_exclude(SEXP calibrator, SEXP name);
SEXP C_calibrator_input(SEXP calibrator, SEXP name);
SEXP C_calibrator_collect(SEXP calibrator);
SEXP C_calibrator_quantize(SEXP calibrator);

SEXP C_session_create(SEXP model, SEXP shapes, SEXP dtypes);
SEXP C_session_reshape(SEXP session, SEXP shapes, SEXP dtypes);
SEXP C_session_input(SEXP session, SEXP name);
SEXP C_session_run(SEXP session);
SEXP C_session_output(SEXP session, SEXP index);

#endif
