// SPDX-License-Identifier: Apache-2.0
// cermet/profiler.h.
#include "runtime/profiler.h"

#include "guard.h"

using namespace cermet;
using namespace cermet::c_api;

cermet_status cermet_profiler_start(void) {
  CERMET_ENTER();
  start_profiler();
  CERMET_LEAVE();
}

cermet_status cermet_profiler_stop(void) {
  CERMET_ENTER();
  stop_profiler();
  CERMET_LEAVE();
}

cermet_status cermet_profiler_trace(cermet_bytes **out) {
  CERMET_ENTER(out);
  put(out, make_ref<Bytes>(profile_trace()));
  CERMET_LEAVE();
}

cermet_status cermet_profiler_table(cermet_bytes **out) {
  CERMET_ENTER(out);
  put(out, make_ref<Bytes>(profile_table()));
  CERMET_LEAVE();
}
