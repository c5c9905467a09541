/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions: operators, layers, optimizers, metrics, initializers and schedules, described as data.
 *
 * All kinds share one way to be found, described and given attributes. A definition is interned: it lives as long as
 * the library and is never released. `cermet_def_describe` gives everything at once as JSON (the form from which the
 * wrappers of all languages are generated); the other getters serve programs. */
#ifndef CERMET_DEF_H
#define CERMET_DEF_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cermet_kind {
  CERMET_KIND_OPERATOR = 0,    /* arrays or symbols in, arrays or symbols out */
  CERMET_KIND_LAYER = 1,       /* composes operators and their parameters into a symbol */
  CERMET_KIND_OPTIMIZER = 2,   /* updates weights from gradients */
  CERMET_KIND_METRIC = 3,      /* accumulates a figure over batches */
  CERMET_KIND_INITIALIZER = 4, /* fills new parameters */
  CERMET_KIND_SCHEDULE = 5,    /* learning rate as a function of the update count */
  CERMET_KIND_MAX = 0x7fffffff
} cermet_kind;

typedef struct cermet_def cermet_def;

/* Definition of `kind` called `name`, or one of its aliases (MXNet's names are aliases of operators). The message of
 * CERMET_NOT_FOUND suggests the nearest names. */
CERMET_API CERMET_MUST_USE cermet_status cermet_def_find(cermet_kind kind, const char *name, const cermet_def **out);

/* Canonical names of all public definitions of a kind, sorted. */
CERMET_API CERMET_MUST_USE cermet_status cermet_def_list(cermet_kind kind, cermet_strings **out);

/* Canonical name and summary; valid for ever. */
CERMET_API CERMET_MUST_USE cermet_status cermet_def_name(const cermet_def *def, const char **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_def_summary(const cermet_def *def, const char **out);

/* JSON object; see bindings/README.md for its fields (name, kind, aliases, summary, doc, inputs and outputs with the
 * attributes that decide about them, attributes with type, kind, default, range and doc, samples). */
CERMET_API CERMET_MUST_USE cermet_status cermet_def_describe(const cermet_def *def, cermet_bytes **out);

/* Attribute values for one definition, checked as they are set. Unset attributes have their defaults. One thread at a
 * time while setting; then any number of threads may use it. */
typedef struct cermet_attrs cermet_attrs;

CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_create(const cermet_def *def, cermet_attrs **out);
CERMET_API void cermet_attrs_retain(cermet_attrs *attrs);
CERMET_API void cermet_attrs_release(cermet_attrs *attrs);

/* Each setter refuses an unknown name (NOT_FOUND), a wrong type or a value out of range (INVALID_ARGUMENT). Integers
 * are accepted where a float is wanted. A string is accepted for str, choice and dtype attributes. */
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_bool(cermet_attrs *attrs, const char *name, int32_t value);
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_int(cermet_attrs *attrs, const char *name, int64_t value);
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_float(cermet_attrs *attrs, const char *name, double value);
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_string(cermet_attrs *attrs, const char *name,
                                                                 const char *value);
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_ints(cermet_attrs *attrs, const char *name,
                                                               const int64_t *values, int32_t num_values);
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_floats(cermet_attrs *attrs, const char *name,
                                                                 const double *values, int32_t num_values);
/* The value "absent", for optional attributes. */
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_none(cermet_attrs *attrs, const char *name);
/* Any type, from text as MXNet writes it: "(3, 3)", "True", "None", "relu", "0.1". */
CERMET_API CERMET_MUST_USE cermet_status cermet_attrs_set_text(cermet_attrs *attrs, const char *name, const char *text);

/* Names of the inputs that an operator or layer takes with these attributes (NULL: defaults), in the order of calls:
 * what the attributes do not ask for is left out ("bias" with `no_bias`), what may be omitted is in. Where the last
 * input is variadic, num_inputs says how many there are in all, and its own are called <name>0, <name>1 ...; else
 * num_inputs does not matter. */
CERMET_API CERMET_MUST_USE cermet_status cermet_def_inputs(const cermet_def *def, const cermet_attrs *attrs,
                                                           int32_t num_inputs, cermet_strings **out);
/* Names of the outputs that it gives: one each, variadic ones numbered in the same way. */
CERMET_API CERMET_MUST_USE cermet_status cermet_def_outputs(const cermet_def *def, const cermet_attrs *attrs,
                                                            int32_t num_inputs, cermet_strings **out);

#ifdef __cplusplus
}
#endif
#endif
