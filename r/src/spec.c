/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the objects that cm_opt_*, cm_metric_*, cm_init_* and cm_lr_* make. */
#include "spec.h"

#include <string.h>

#include "failure.h"
#include "op.h"
#include "values.h"

static SEXP field(SEXP spec, const char *name) {
  SEXP names = Rf_getAttrib(spec, R_NamesSymbol);
  for (R_xlen_t i = 0; i < Rf_xlength(names); i++)
    if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0) return VECTOR_ELT(spec, i);
  return R_NilValue;
}

const cermet_def *spec_read(SEXP spec, cermet_kind kind, const attr_value **out_values) {
  if (TYPEOF(spec) != VECSXP || !Rf_inherits(spec, "cermet_spec"))
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", "spec",
                  "want an object made by cm_opt_*, cm_metric_*, cm_init_* or cm_lr_*");
  SEXP name = field(spec, "name");
  const cermet_def *def = def_get(kind, name);
  *out_values = attrs_read(text(name, "name"), field(spec, "attrs"), field(spec, "codes"));
  return def;
}
