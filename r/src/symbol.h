/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols, for R/symbol.R, and named shapes for all that binds them. */
#ifndef CERMET_R_SYMBOL_H
#define CERMET_R_SYMBOL_H

#include <cermet/cermet.h>

#include "r.h"

cermet_symbol *symbol_get(SEXP x, const char *argument);

/* Specs from a named list of dimensions and a dtype name for each; the SEXP owns them and must be protected. */
SEXP specs_from_r(SEXP shapes, SEXP dtypes, cermet_specs **out);

SEXP C_symbol_variable(SEXP name);
SEXP C_symbol_group(SEXP symbols);
SEXP C_symbol_num_outputs(SEXP symbol);
SEXP C_symbol_output(SEXP symbol, SEXP index);
SEXP C_symbol_internals(SEXP symbol);
SEXP C_symbol_names(SEXP symbol, SEXP what);
SEXP C_symbol_name(SEXP symbol);
SEXP C_symbol_loss_is_mean(SEXP symbol);
SEXP C_symbol_set_attribute(SEXP symbol, SEXP key, SEXP value);
SEXP C_symbol_infer(SEXP symbol, SEXP shapes, SEXP dtypes);
SEXP C_symbol_gradient(SEXP symbol, SEXP names);
SEXP C_symbol_mixed_precision(SEXP symbol, SEXP dtype);
SEXP C_symbol_to_json(SEXP symbol);
SEXP C_symbol_from_json(SEXP json);

#endif
