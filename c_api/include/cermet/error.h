/* SPDX-License-Identifier: Apache-2.0 */
/* Details of the last failure on the calling thread.
 *
 * The error slot is the only thread-local state of Cermet. A failing call fills it; a succeeding call leaves it alone.
 * Read it on the same thread, at once. Text follows `<function or operator>: <argument>: got <value>; want <range>`,
 * is UTF-8, at most 4 KiB, and holds no unprintable bytes. */
#ifndef CERMET_ERROR_H
#define CERMET_ERROR_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cermet_error cermet_error;

/* Moves the last error of this thread out of its slot; NULL if there is none. Never fails. When memory is short the
 * handle given is a static one, valid like any other. */
CERMET_API cermet_error *cermet_error_take(void);
/* Text of the last error of this thread, "" if there is none; valid until the next failure on this thread, or until
 * cermet_error_take, which hands its owner over. */
CERMET_API const char *cermet_error_last_message(void);

CERMET_API void cermet_error_retain(cermet_error *error);
CERMET_API void cermet_error_release(cermet_error *error);

/* The getters below never fail; with NULL they give CERMET_OK, "" and 0. Strings live as long as the error. */
CERMET_API cermet_status cermet_error_status(const cermet_error *error);
CERMET_API const char *cermet_error_message(const cermet_error *error);
/* Operator or function at fault ("fully_connected"), "" if none. */
CERMET_API const char *cermet_error_op(const cermet_error *error);
/* Argument at fault ("weight", "num_hidden"), "" if none. */
CERMET_API const char *cermet_error_argument(const cermet_error *error);
/* Name of the graph node at fault ("fc1"), "" outside graphs. */
CERMET_API const char *cermet_error_node(const cermet_error *error);
/* Shapes that the message speaks of, outermost dimension first, so that a binding can show them in its own order.
 * `{0}`, `{1}` ... in cermet_error_template stand where cermet_error_message has the shapes. */
CERMET_API const char *cermet_error_template(const cermet_error *error);
CERMET_API int32_t cermet_error_num_shapes(const cermet_error *error);
/* NULL, with 0 in out_ndim, where there is none, and for a scalar's shape. */
CERMET_API const int64_t *cermet_error_shape(const cermet_error *error, int32_t index, int32_t *out_ndim);

#ifdef __cplusplus
}
#endif
#endif
