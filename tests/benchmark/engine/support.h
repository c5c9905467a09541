/* SPDX-License-Identifier: Apache-2.0 */
/* Shorthand over the C ABI for the workloads. */
#ifndef CERMET_BENCHMARK_SUPPORT_H
#define CERMET_BENCHMARK_SUPPORT_H

#include <cermet/cermet.h>
#include <stdlib.h>

#include "sample.h"

#define CHECK(call)                                                                                     \
  do {                                                                                                  \
    cermet_status status_ = (call);                                                                     \
    if (status_ != CERMET_OK) {                                                                         \
      fprintf(stderr, "%s: %s: %s\n", #call, cermet_status_name(status_), cermet_error_last_message()); \
      exit(1);                                                                                          \
    }                                                                                                   \
  } while (0)

/* A workload: the rest of its command line, and how long to sample. */
typedef struct workload {
  const char *name;
  void (*run)(int argc, char **argv, double seconds);
} workload;

/* One list a family; main.c joins them. Each ends with a NULL name. */
extern const workload operator_workloads[], net_workloads[], graph_workloads[];

const cermet_def *find(cermet_kind kind, const char *name);
/* `settings`: "key=value key=value" or "". NULL if there are none. */
cermet_attrs *attributes(const cermet_def *def, const char *settings);
/* An operator or layer on a symbol, which it takes over; `name` may be NULL. */
cermet_symbol *apply(cermet_kind kind, const char *layer, const char *settings, const char *name, cermet_symbol *input);
cermet_symbol *resnet50(cermet_symbol *data);
cermet_symbol *transformer(cermet_symbol *data);
/* Values that differ from each other: normal-ish floats, or whole numbers from 0 below `classes` if that is not 0. */
cermet_ndarray *filled(const int64_t *shape, int32_t ndim, int64_t classes);

#endif
