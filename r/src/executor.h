/* SPDX-License-Identifier: Apache-2.0 */
/* Executors, for R/executor.R. */
#ifndef CERMET_R_EXECUTOR_H
#define CERMET_R_EXECUTOR_H

#include "r.h"

SEXP C_executor_create(SEXP symbol, SEXP shapes, SEXP dtypes, SEXP grad_names, SEXP grad_req, SEXP memory,
                       SEXP recompute);
SEXP C_executor_reshape(SEXP executor, SEXP shapes, SEXP dtypes);
SEXP C_executor_array(SEXP executor, SEXP role, SEXP name);
SEXP C_executor_output(SEXP executor, SEXP index);
SEXP C_executor_forward(SEXP executor, SEXP train);
SEXP C_executor_backward(SEXP executor, SEXP head_grads);
SEXP C_executor_planned_bytes(SEXP executor);
SEXP C_executor_describe(SEXP executor);
SEXP C_executor_report(SEXP executor);
SEXP C_executor_memory(SEXP executor);

#endif
