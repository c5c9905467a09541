/* SPDX-License-Identifier: Apache-2.0 */
/* Specs: optimizers, metrics, initializers and schedules as R describes them, before there is an engine object:
 * list(name, attrs, codes), made by the generated cm_opt_*, cm_metric_*, cm_init_* and cm_lr_* functions. */
#ifndef CERMET_R_SPEC_H
#define CERMET_R_SPEC_H

#include <cermet/cermet.h>

#include "attrs.h"
#include "r.h"

/* Definition and checked attribute values of a spec. */
const cermet_def *spec_read(SEXP spec, cermet_kind kind, const attr_value **out_values);

#endif
