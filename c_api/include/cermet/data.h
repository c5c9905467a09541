/* SPDX-License-Identifier: Apache-2.0 */
/* Data: batches from arrays in memory, and readers of simple files. */
#ifndef CERMET_DATA_H
#define CERMET_DATA_H

#include "ndarray.h"
#include "op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Batches over arrays whose first dimension counts observations. One thread at a time. */
typedef struct cermet_loader cermet_loader;

typedef enum cermet_last_batch {
  CERMET_LAST_KEEP = 0,    /* a smaller last batch */
  CERMET_LAST_DISCARD = 1, /* full batches only */
  CERMET_LAST_BATCH_MAX = 0x7fffffff
} cermet_last_batch;

/* shuffle: a new order each pass, drawn from `rng` (NULL: the process's own). The arrays are kept, not copied. */
CERMET_API CERMET_MUST_USE cermet_status cermet_loader_create(cermet_ndarray *const *arrays, int32_t num_arrays,
                                                              int64_t batch_size, int32_t shuffle,
                                                              cermet_last_batch last_batch, cermet_rng *rng,
                                                              cermet_loader **out);
CERMET_API void cermet_loader_retain(cermet_loader *loader);
CERMET_API void cermet_loader_release(cermet_loader *loader);
CERMET_API CERMET_MUST_USE cermet_status cermet_loader_num_batches(const cermet_loader *loader, int64_t *out);
/* Starts a new pass. Called for you at creation. */
CERMET_API CERMET_MUST_USE cermet_status cermet_loader_reset(cermet_loader *loader);
/* Moves to the next batch; 0 in out_has_batch at the end of the pass. */
CERMET_API CERMET_MUST_USE cermet_status cermet_loader_next(cermet_loader *loader, int32_t *out_has_batch);
/* Array `index` of the current batch: a new reference, valid and unchanged for as long as you keep it. */
CERMET_API CERMET_MUST_USE cermet_status cermet_loader_batch(cermet_loader *loader, int32_t index,
                                                             cermet_ndarray **out);

/* IDX file (MNIST's format), plain or gzip: its dtype and shape as stored (unsigned bytes: uint8). */
CERMET_API CERMET_MUST_USE cermet_status cermet_read_idx(const char *path, cermet_ndarray **out);
/* Numeric CSV, plain or gzip, as a float32 array of shape (rows, columns). skip_rows: header lines. An empty field or
 * "NA" is NaN; anything else that is not a number, and ragged rows, are CORRUPT with line and column. */
CERMET_API CERMET_MUST_USE cermet_status cermet_read_csv(const char *path, char delimiter, int32_t skip_rows,
                                                         cermet_ndarray **out);

#ifdef __cplusplus
}
#endif
#endif
