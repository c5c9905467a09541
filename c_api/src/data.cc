// SPDX-License-Identifier: Apache-2.0
// cermet/data.h.
#include "data/csv.h"
#include "data/idx.h"
#include "data/loader.h"
#include "guard.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_SAME(CERMET_LAST_KEEP, LastBatch::keep);
CERMET_SAME(CERMET_LAST_DISCARD, LastBatch::discard);

namespace cermet::c_api {
CERMET_HANDLE(cermet_loader, Loader)
}
CERMET_COUNTED(cermet_loader, Loader)

cermet_status cermet_loader_create(cermet_ndarray *const *arrays, int32_t num_arrays, int64_t batch_size,
                                   int32_t shuffle, cermet_last_batch last_batch, cermet_rng *rng,
                                   cermet_loader **out) {
  CERMET_ENTER(arrays, out);
  if (last_batch != CERMET_LAST_KEEP && last_batch != CERMET_LAST_DISCARD)
    throw Error(Status::invalid_argument, "last_batch", "got ", static_cast<int>(last_batch), "; want 0 or 1");
  put(out, make_ref<Loader>(arrays_of(arrays, num_arrays, "arrays", false), batch_size, flag_of(shuffle, "shuffle"),
                            static_cast<LastBatch>(last_batch), share(rng)));
  CERMET_LEAVE();
}

cermet_status cermet_loader_num_batches(const cermet_loader *loader, int64_t *out) {
  CERMET_ENTER(loader, out);
  Exclusive use(object(loader), "loader");
  *out = object(loader).num_batches();
  CERMET_LEAVE();
}

cermet_status cermet_loader_reset(cermet_loader *loader) {
  CERMET_ENTER(loader);
  Exclusive use(object(loader), "loader");
  object(loader).reset();
  CERMET_LEAVE();
}

cermet_status cermet_loader_next(cermet_loader *loader, int32_t *out_has_batch) {
  CERMET_ENTER(loader, out_has_batch);
  Exclusive use(object(loader), "loader");
  *out_has_batch = object(loader).next();
  CERMET_LEAVE();
}

cermet_status cermet_loader_batch(cermet_loader *loader, int32_t index, cermet_ndarray **out) {
  CERMET_ENTER(loader, out);
  Exclusive use(object(loader), "loader");
  put(out, object(loader).batch(index));
  CERMET_LEAVE();
}

cermet_status cermet_read_idx(const char *path, cermet_ndarray **out) {
  CERMET_ENTER(path, out);
  put(out, read_idx(path));
  CERMET_LEAVE();
}

cermet_status cermet_read_csv(const char *path, char delimiter, int32_t skip_rows, cermet_ndarray **out) {
  CERMET_ENTER(path, out);
  put(out, read_csv(path, delimiter, skip_rows));
  CERMET_LEAVE();
}
