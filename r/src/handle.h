/* SPDX-License-Identifier: Apache-2.0 */
/* R handles: external pointers that own one reference of an engine object.
 *
 * A handle is made empty first and filled after the engine call, so that no R allocation, which may jump, stands
 * between an engine object and its owner:
 *
 *   SEXP handle = PROTECT(handle_new(HANDLE_SYMBOL));
 *   cermet_symbol *symbol = NULL;
 *   check(cermet_symbol_variable(name, &symbol));
 *   handle_fill(handle, symbol);
 *
 * A new kind is a line in the table of handle.c. */
#ifndef CERMET_R_HANDLE_H
#define CERMET_R_HANDLE_H

#include "failure.h"
#include "r.h"

typedef enum {
  HANDLE_ARRAY,
  HANDLE_SYMBOL,
  HANDLE_RECORDER,
  HANDLE_RNG,
  HANDLE_LOADER,
  HANDLE_MODEL,
  HANDLE_SESSION,
  HANDLE_CALIBRATOR,
  HANDLE_OPTIMIZER,
  HANDLE_METRIC,
  HANDLE_TRAINER,
  HANDLE_EXECUTOR,
  HANDLE_ARRAYS, /* from here on: held only within one .Call, so that a jump cannot leak them */
  HANDLE_SPECS,
  HANDLE_STRINGS,
  HANDLE_BYTES,
  HANDLE_KINDS
} handle_kind;

void handle_init(void);

/* An empty handle of a kind, with its class. What it is filled with is released when R collects it. */
SEXP handle_new(handle_kind kind);

/* Gives the handle its object: the reference is the handle's from now on. */
void handle_fill(SEXP handle, void *object);

/* The object of a handle, NULL if it is empty: never filled, released, or read back from a saved session. */
void *handle_object(SEXP handle);

/* Whether `x` is a handle of this kind (it may be empty). */
int handle_is(SEXP x, handle_kind kind);

/* The object of a handle; raises if `x` is of another kind, or empty (released, or read back from a saved session).
 * `argument` names it in the message. */
void *handle_get(SEXP x, handle_kind kind, const char *argument);

/* Collects garbage if R handles hold more array memory than the budget. Call it before making arrays, when nothing
 * native is held: R counts a handle as a few bytes and would not collect by itself. */
void handle_collect(void);

SEXP C_release(SEXP handle);
SEXP C_handle_closed(SEXP handle);
SEXP C_held_bytes(void);
SEXP C_set_budget(SEXP bytes);

#endif
