/* SPDX-License-Identifier: Apache-2.0 */
/* Shorthand for the tests: calls that must succeed, calls that must fail with a given status and text, small arrays. */
#ifndef CERMET_TESTS_SUPPORT_H
#define CERMET_TESTS_SUPPORT_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cermet/cermet.h"

#define OK(call)                                                                                                    \
  do {                                                                                                              \
    cermet_status status_ = (call);                                                                                 \
    cr_assert(status_ == CERMET_OK, "%s: %s: %s", #call, cermet_status_name(status_), cermet_error_last_message()); \
  } while (0)

/* The call fails with `status`, and its message contains `text`. */
#define FAILS(wanted, text, call)                                                                            \
  do {                                                                                                       \
    cermet_status status_ = (call);                                                                          \
    const char *message_ = cermet_error_last_message();                                                      \
    cr_assert(status_ == (wanted), "%s: got %s (%s), want %s", #call, cermet_status_name(status_), message_, \
              cermet_status_name(wanted));                                                                   \
    cr_assert(strstr(message_, (text)) != NULL, "%s: message \"%s\" lacks \"%s\"", #call, message_, (text)); \
  } while (0)

#define SHAPE(...) (const int64_t[]){__VA_ARGS__}, (int32_t)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))
#define VALUES(...) (const float[]){__VA_ARGS__}, (int32_t)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float))

/* A float32 array with the given shape and values. */
static inline cermet_ndarray *floats(const int64_t *shape, int32_t ndim, const float *values, int32_t num_values) {
  cermet_ndarray *out = NULL;
  OK(cermet_ndarray_from_data(values, num_values * (int64_t)sizeof(float), shape, ndim, CERMET_FLOAT32, &out));
  return out;
}

static inline const cermet_def *find(cermet_kind kind, const char *name) {
  const cermet_def *out = NULL;
  OK(cermet_def_find(kind, name, &out));
  return out;
}

/* Invokes an operator with one output on up to three inputs. */
static inline cermet_ndarray *call(const char *op, cermet_attrs *attrs, cermet_recorder *recorder, cermet_ndarray *a,
                                   cermet_ndarray *b, cermet_ndarray *c) {
  cermet_ndarray *inputs[3] = {a, b, c}, *out = NULL;
  int32_t num_inputs = c ? 3 : b ? 2 : a ? 1 : 0;
  OK(cermet_op_invoke(find(CERMET_KIND_OPERATOR, op), attrs, inputs, num_inputs, recorder, NULL, &out, 1));
  return out;
}

/* The array holds exactly these float32 values, within `tolerance` relative to max(1, |want|). */
static inline void expect_floats(const cermet_ndarray *array, const float *want, int32_t num_want, double tolerance) {
  float got[4096];
  int64_t size = 0;
  OK(cermet_ndarray_size(array, &size));
  cr_assert(size == num_want && size <= 4096, "size: got %ld, want %d", (long)size, num_want);
  OK(cermet_ndarray_read(array, got, size * (int64_t)sizeof(float)));
  for (int32_t k = 0; k < num_want; ++k) {
    double scale = fabs((double)want[k]) > 1 ? fabs((double)want[k]) : 1;
    cr_assert(fabs((double)got[k] - (double)want[k]) <= tolerance * scale, "[%d]: got %.9g, want %.9g", k,
              (double)got[k], (double)want[k]);
  }
}

/* Bytes that the engine holds for arrays now. */
static inline int64_t bytes_in_use(void) {
  int64_t in_use = 0, kept = 0, peak = 0, cap = 0;
  OK(cermet_memory(CERMET_CPU, 0, &in_use, &kept, &peak, &cap));
  return in_use;
}

/* Path of a file in the shared test data; the test counts as skipped when it is not there. */
static inline const char *shared_path(const char *name) {
  static char path[4096];
  const char *folder = getenv("CERMET_SHARED");
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared", name);
  FILE *file = fopen(path, "rb");
  if (!file) cr_skip_test("no %s", path);
  fclose(file);
  return path;
}

#endif
