/* SPDX-License-Identifier: Apache-2.0 */
/* Models: a symbol with its parameters, in files and in service.
 *
 * A model may be used by any number of threads at once; its sessions each by one thread at a time. All sessions share
 * one copy of the parameters. */
#ifndef CERMET_MODEL_H
#define CERMET_MODEL_H

#include "ndarray.h"
#include "op.h"
#include "symbol.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cermet_model cermet_model;
CERMET_API void cermet_model_retain(cermet_model *model);
CERMET_API void cermet_model_release(cermet_model *model);

/* A model without parameter values yet. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_create(const cermet_symbol *symbol, cermet_model **out);

/* Files.
 *   path ends in ".safetensors": one file whose metadata carries the graph; epoch is ignored
 *   else a PREFIX: PREFIX-symbol.json and PREFIX-%04d.params (epoch), as MXNet writes and reads them
 * Saving is atomic per file: after a crash the old file or the new one is there. Parameters that have no value are an
 * error when saving; parameters missing from the file are NOT_FOUND, with their names, when loading. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_save(const cermet_model *model, const char *path, int32_t epoch);
CERMET_API CERMET_MUST_USE cermet_status cermet_model_load(const char *path, int32_t epoch, cermet_model **out);
/* The same as bytes (safetensors form). */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_to_bytes(const cermet_model *model, cermet_bytes **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_model_from_bytes(const void *data, int64_t nbytes, cermet_model **out);
/* A model of its own with copies of all parameters. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_copy(const cermet_model *model, cermet_model **out);

CERMET_API CERMET_MUST_USE cermet_status cermet_model_symbol(const cermet_model *model, cermet_symbol **out);
/* Short texts kept with the model and in its files (class labels, input layout ...): in safetensors' metadata, and
 * among the attributes of the graph in PREFIX-symbol.json, where MXNet accepts them. Keys that begin with "cermet." are
 * the library's own. _metadata: NOT_FOUND if absent; the text is valid until the key is set again. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_set_metadata(cermet_model *model, const char *key,
                                                                   const char *value);
CERMET_API CERMET_MUST_USE cermet_status cermet_model_metadata(const cermet_model *model, const char *key,
                                                               const char **out);

/* Names of arguments and auxiliary states that have a value. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_parameters(const cermet_model *model, cermet_strings **out);
/* The parameter's array itself (a new reference, not a copy); NOT_FOUND if it has no value. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_parameter(const cermet_model *model, const char *name,
                                                                cermet_ndarray **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_model_set_parameter(cermet_model *model, const char *name,
                                                                    cermet_ndarray *array);

/* Gives every argument and state that `inputs` does not name and that has no value a new one: shapes inferred from
 * `inputs` (data and label shapes), values from `initializer` with `attrs` (NULL: the default of layers) and `rng`
 * (NULL: the process's own). A variable's own "__init__" attribute goes first; bias, beta and moving_mean start at 0,
 * gamma and moving_var at 1. */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_initialize(cermet_model *model, const cermet_specs *inputs,
                                                                 const cermet_def *initializer,
                                                                 const cermet_attrs *attrs, cermet_rng *rng);

/* Inputs that have no parameter value: what a session must be fed (labels of loss outputs are left out: they do not
 * matter to predictions). */
CERMET_API CERMET_MUST_USE cermet_status cermet_model_inputs(const cermet_model *model, cermet_strings **out);

/* Prediction on fixed input shapes, with its own planned memory. One thread at a time: a second one gets
 * INVALID_ARGUMENT, not a wrong number. */
typedef struct cermet_session cermet_session;
CERMET_API CERMET_MUST_USE cermet_status cermet_session_create(const cermet_model *model, const cermet_specs *inputs,
                                                               cermet_session **out);
CERMET_API void cermet_session_retain(cermet_session *session);
CERMET_API void cermet_session_release(cermet_session *session);
/* Engine-owned input buffer: write into it (cermet_ndarray_write or _data), then run. A new reference. */
CERMET_API CERMET_MUST_USE cermet_status cermet_session_input(cermet_session *session, const char *name,
                                                              cermet_ndarray **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_session_run(cermet_session *session);
/* Engine-owned output, overwritten by the next run. A new reference. */
CERMET_API CERMET_MUST_USE cermet_status cermet_session_output(cermet_session *session, int32_t index,
                                                               cermet_ndarray **out);
/* Other input shapes from now on; a shape seen before costs nothing. Inputs and outputs must be asked for anew. */
CERMET_API CERMET_MUST_USE cermet_status cermet_session_reshape(cermet_session *session, const cermet_specs *inputs);
/* Bytes that the session itself needs, known before its first run: inputs, outputs, intermediates, and what it keeps
 * that follows from parameters (weights in a kernel's format), which sessions of one model share where it is the same.
 */
CERMET_API CERMET_MUST_USE cermet_status cermet_session_planned_bytes(const cermet_session *session, int64_t *out);

#ifdef __cplusplus
}
#endif
#endif
