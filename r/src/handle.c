/* SPDX-License-Identifier: Apache-2.0 */
/* The table of handle kinds, what frees them, and the count of bytes that decides when R collects. */
#include "handle.h"

#include <R_ext/Rallocators.h>
#include <stdlib.h>

#define RELEASE(noun) \
  static void release_##noun(void *object) { cermet_##noun##_release((cermet_##noun *)object); }
RELEASE(ndarray)
RELEASE(symbol)
RELEASE(recorder)
RELEASE(rng)
RELEASE(loader)
RELEASE(model)
RELEASE(session)
RELEASE(calibrator)
RELEASE(optimizer)
RELEASE(metric)
RELEASE(trainer)
RELEASE(executor)
RELEASE(arrays)
RELEASE(specs)
RELEASE(strings)
RELEASE(bytes)

/* `s4` kinds carry R's S4 bit, without which `%*%` does not dispatch before R 4.3. */
static const struct {
  const char *class_name;
  void (*release)(void *object);
  int s4;
} kinds[HANDLE_KINDS] = {
    [HANDLE_ARRAY] = {"cermet_array", release_ndarray, 1},
    [HANDLE_SYMBOL] = {"cermet_symbol", release_symbol, 1},
    [HANDLE_RECORDER] = {"cermet_recorder", release_recorder, 0},
    [HANDLE_RNG] = {"cermet_rng", release_rng, 0},
    [HANDLE_LOADER] = {"cermet_loader", release_loader, 0},
    [HANDLE_MODEL] = {"cermet_model_handle", release_model, 0},
    [HANDLE_SESSION] = {"cermet_session", release_session, 0},
    [HANDLE_CALIBRATOR] = {"cermet_calibrator", release_calibrator, 0},
    [HANDLE_OPTIMIZER] = {"cermet_optimizer_handle", release_optimizer, 0},
    [HANDLE_METRIC] = {"cermet_metric_handle", release_metric, 0},
    [HANDLE_TRAINER] = {"cermet_trainer", release_trainer, 0},
    [HANDLE_EXECUTOR] = {"cermet_executor_handle", release_executor, 0},
    [HANDLE_ARRAYS] = {"cermet_arrays", release_arrays, 0},
    [HANDLE_SPECS] = {"cermet_specs", release_specs, 0},
    [HANDLE_STRINGS] = {"cermet_strings", release_strings, 0},
    [HANDLE_BYTES] = {"cermet_bytes", release_bytes, 0},
};

/* The tag of a handle's external pointer tells its kind; classes are shared by all handles of a kind. */
static SEXP tags[HANDLE_KINDS];
static SEXP classes[HANDLE_KINDS];
static SEXP minor_collection, full_collection;

/* Bytes of arrays that handles hold (views count in full), and when to collect. The budget follows what is really in
 * use, so that a session with much live data does not collect at every call. */
static const double kBudgetDefault = 256.0 * 1024 * 1024;
static double held, budget_floor, budget;

static SEXP preserved(SEXP value) {
  R_PreserveObject(value);
  return value;
}

static SEXP gc_call(int full) {
  SEXP call = PROTECT(Rf_lang3(Rf_install("gc"), Rf_ScalarLogical(FALSE), Rf_ScalarLogical(full)));
  SET_TAG(CDDR(call), Rf_install("full"));
  UNPROTECT(1);
  return call;
}

void handle_init(void) {
  for (int kind = 0; kind < HANDLE_KINDS; kind++) {
    tags[kind] = Rf_install(kinds[kind].class_name);
    classes[kind] = preserved(Rf_mkString(kinds[kind].class_name));
  }
  minor_collection = preserved(gc_call(FALSE));
  full_collection = preserved(gc_call(TRUE));
  budget = budget_floor = kBudgetDefault;
}

static double array_bytes(const void *object) {
  int64_t nbytes = 0;
  if (cermet_ndarray_nbytes((const cermet_ndarray *)object, &nbytes) != CERMET_OK) return 0;
  return (double)nbytes;
}

/* What a handle points to. It lies in front of a vector of one byte, the keeper, which only the handle protects: R asks
 * us for the memory of the keeper, and gives it back when it has collected both. Finalizers would do the same, at twice
 * the cost of a small operator: R makes two more objects for each, walks the list of all in each collection, and sets up
 * a context to run one. Nothing in here may call R: it may be collecting. */
typedef struct {
  void *object; /* NULL: nothing yet, or no more */
  handle_kind kind;
} owner;
_Static_assert(sizeof(owner) % 16 == 0, "what lies behind an owner is aligned as malloc aligns");

static void release(owner *owned) {
  void *object = owned->object;
  if (object == NULL) return;
  owned->object = NULL;
  if (owned->kind == HANDLE_ARRAY) held -= array_bytes(object);
  kinds[owned->kind].release(object);
}

static void *keeper_alloc(R_allocator_t *allocator, size_t nbytes) {
  owner *owned = malloc(sizeof *owned + nbytes);
  if (owned == NULL) return NULL;
  allocator->data = owned;
  return owned + 1;
}

static void keeper_free(R_allocator_t *allocator, void *memory) {
  (void)allocator;
  owner *owned = (owner *)memory - 1;
  release(owned);
  free(owned);
}

SEXP handle_new(handle_kind kind) {
  R_allocator_t allocator = {keeper_alloc, keeper_free, NULL, NULL};
  SEXP keeper = PROTECT(Rf_allocVector3(RAWSXP, 1, &allocator));
  RAW(keeper)[0] = 0; /* a saved handle is saved with it */
  owner *owned = allocator.data;
  *owned = (owner){NULL, kind};
  SEXP handle = PROTECT(R_MakeExternalPtr(owned, tags[kind], keeper));
  Rf_setAttrib(handle, R_ClassSymbol, classes[kind]);
  if (kinds[kind].s4) SET_S4_OBJECT(handle);
  UNPROTECT(2);
  return handle;
}

void handle_fill(SEXP handle, void *object) {
  owner *owned = R_ExternalPtrAddr(handle);
  owned->object = object;
  if (owned->kind == HANDLE_ARRAY) held += array_bytes(object);
}

void *handle_object(SEXP handle) {
  const owner *owned = R_ExternalPtrAddr(handle);
  return owned == NULL ? NULL : owned->object;
}

int handle_is(SEXP x, handle_kind kind) { return TYPEOF(x) == EXTPTRSXP && R_ExternalPtrTag(x) == tags[kind]; }

/* Names the type of any R value for a message. */
static const char *type_name(SEXP x) {
  SEXP class_attribute = Rf_getAttrib(x, R_ClassSymbol);
  if (TYPEOF(class_attribute) == STRSXP && XLENGTH(class_attribute) > 0) return CHAR(STRING_ELT(class_attribute, 0));
  return Rf_type2char(TYPEOF(x));
}

void *handle_get(SEXP x, handle_kind kind, const char *argument) {
  const char *class_name = kinds[kind].class_name;
  if (!handle_is(x, kind))
    raise_failure(CERMET_INVALID_ARGUMENT, "cermet", argument, "got %s; want %s", type_name(x), class_name);
  void *object = handle_object(x);
  if (object == NULL)
    raise_failure(CERMET_CLOSED, "cermet", argument,
                  "got an empty %s (it was released, or came from a saved R session); want a live one", class_name);
  return object;
}

void handle_collect(void) {
  if (held <= budget) return;
  Rf_eval(minor_collection, R_BaseEnv);
  if (held > 0.75 * budget) Rf_eval(full_collection, R_BaseEnv);
  budget = 2 * held > budget_floor ? 2 * held : budget_floor;
}

SEXP C_release(SEXP handle) {
  if (TYPEOF(handle) == EXTPTRSXP && R_ExternalPtrAddr(handle) != NULL) release(R_ExternalPtrAddr(handle));
  return R_NilValue;
}

/* Whether a handle is empty. */
SEXP C_handle_closed(SEXP handle) {
  return Rf_ScalarLogical(TYPEOF(handle) == EXTPTRSXP && handle_object(handle) == NULL);
}

SEXP C_held_bytes(void) { return Rf_ScalarReal(held); }

/* Returns the floor that was in force. */
SEXP C_set_budget(SEXP bytes) {
  SEXP previous = Rf_ScalarReal(budget_floor);
  budget = budget_floor = Rf_asReal(bytes);
  return previous;
}
