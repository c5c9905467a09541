/* SPDX-License-Identifier: Apache-2.0 */
/* What the scenarios are put together from. Every piece returns the first status that is not OK; handles are kept in a
 * list and given back when the scenario ends. */
#ifndef CERMET_TESTS_PIECES_H
#define CERMET_TESTS_PIECES_H

#include "cermet/cermet.h"

enum { kMostHandles = 64 };
static void (*releases[kMostHandles])(void *);
static void *handles[kMostHandles];
static int num_handles;

static inline void keep(void *handle, void (*release)(void *)) {
  handles[num_handles] = handle;
  releases[num_handles++] = release;
}

static inline void give_back_all(void) {
  for (; num_handles > 0; --num_handles) releases[num_handles - 1](handles[num_handles - 1]);
}

#define TRY(call)                             \
  do {                                        \
    cermet_status status_ = (call);           \
    if (status_ != CERMET_OK) return status_; \
  } while (0)
/* A call that makes a handle of the type cermet_<noun>, and says so through `handle`. */
#define MAKE(noun, handle, call)    \
  do {                              \
    TRY(call);                      \
    keep((handle), release_##noun); \
  } while (0)
#define RELEASES(noun) \
  static inline void release_##noun(void *handle) { cermet_##noun##_release(handle); }
RELEASES(arrays)
RELEASES(attrs)
RELEASES(bytes)
RELEASES(calibrator)
RELEASES(executor)
RELEASES(loader)
RELEASES(metric)
RELEASES(model)
RELEASES(ndarray)
RELEASES(optimizer)
RELEASES(recorder)
RELEASES(rng)
RELEASES(session)
RELEASES(specs)
RELEASES(strings)
RELEASES(symbol)
RELEASES(trainer)

#define SHAPE(...) (const int64_t[]){__VA_ARGS__}, (int32_t)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static inline cermet_status make_array(const int64_t *shape, int32_t ndim, cermet_ndarray **out) {
  static const float values[64] = {0, 1, 2, 1, 0, 2, 1, 0, 1, 2};
  int64_t size = 1;
  for (int32_t k = 0; k < ndim; ++k) size *= shape[k];
  MAKE(ndarray, *out, cermet_ndarray_from_data(values, size * 4, shape, ndim, CERMET_FLOAT32, out));
  return CERMET_OK;
}

/* The operator or layer, with one attribute as text unless it is NULL, on top of `net`. */
static inline cermet_status add(cermet_kind kind, const char *what, const char *name, const char *attr,
                                const char *text, cermet_symbol **net) {
  const cermet_def *def = NULL;
  cermet_attrs *attrs = NULL;
  cermet_symbol *out = NULL;
  TRY(cermet_def_find(kind, what, &def));
  MAKE(attrs, attrs, cermet_attrs_create(def, &attrs));
  if (attr) TRY(cermet_attrs_set_text(attrs, attr, text));
  MAKE(symbol, out, cermet_symbol_apply(def, attrs, name, net, 1, &out));
  *net = out;
  return CERMET_OK;
}

/* Everything that has memory of its own: convolution, statistics of the batch, random numbers, a matrix product. */
static inline cermet_status compose(cermet_symbol **net) {
  const cermet_def *conv = NULL;
  cermet_attrs *attrs = NULL;
  cermet_symbol *data = NULL;
  MAKE(symbol, data, cermet_symbol_variable("data", &data));
  TRY(cermet_def_find(CERMET_KIND_LAYER, "conv2d", &conv));
  MAKE(attrs, attrs, cermet_attrs_create(conv, &attrs));
  TRY(cermet_attrs_set_int(attrs, "channels", 2));
  TRY(cermet_attrs_set_ints(attrs, "kernel_size", (const int64_t[]){2, 2}, 2));
  TRY(cermet_attrs_set_string(attrs, "activation", "relu"));
  MAKE(symbol, *net, cermet_symbol_apply(conv, attrs, "conv", &data, 1, net));
  TRY(add(CERMET_KIND_OPERATOR, "batch_norm", "bn", NULL, NULL, net));
  TRY(add(CERMET_KIND_OPERATOR, "dropout", "drop", "p", "0.25", net));
  TRY(add(CERMET_KIND_LAYER, "flatten", "flat", NULL, NULL, net));
  TRY(add(CERMET_KIND_LAYER, "dense", "fc", "units", "3", net));
  return add(CERMET_KIND_OPERATOR, "softmax_output", "softmax", NULL, NULL, net);
}

static inline cermet_status make_specs(int64_t rows, cermet_specs **specs) {
  MAKE(specs, *specs, cermet_specs_create(specs));
  TRY(cermet_specs_set(*specs, "data", SHAPE(rows, 1, 4, 4), CERMET_FLOAT32));
  return cermet_specs_set(*specs, "softmax_label", SHAPE(rows), CERMET_FLOAT32);
}

static inline cermet_status make_model(cermet_model **model, cermet_specs **specs) {
  cermet_symbol *net = NULL;
  cermet_rng *rng = NULL;
  TRY(compose(&net));
  TRY(make_specs(2, specs));
  MAKE(model, *model, cermet_model_create(net, model));
  MAKE(rng, rng, cermet_rng_create(1, &rng));
  return cermet_model_initialize(*model, *specs, NULL, NULL, rng);
}

#endif
