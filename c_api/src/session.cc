// SPDX-License-Identifier: Apache-2.0
// cermet/model.h: sessions.
#include "model/session.h"

#include "model_handle.h"
#include "specs.h"

using namespace cermet;
using namespace cermet::c_api;

namespace cermet::c_api {
CERMET_HANDLE(cermet_session, Session)
}
CERMET_COUNTED(cermet_session, Session)

cermet_status cermet_session_create(const cermet_model *model, const cermet_specs *inputs, cermet_session **out) {
  CERMET_ENTER(model, inputs, out);
  put(out, make_ref<Session>(share(model), named_specs(object(inputs))));
  CERMET_LEAVE();
}

cermet_status cermet_session_input(cermet_session *session, const char *name, cermet_ndarray **out) {
  CERMET_ENTER(session, name, out);
  Exclusive use(object(session), "session");
  put(out, object(session).input(name));
  CERMET_LEAVE();
}

cermet_status cermet_session_run(cermet_session *session) {
  CERMET_ENTER(session);
  Exclusive use(object(session), "session");
  object(session).run();
  CERMET_LEAVE();
}

cermet_status cermet_session_output(cermet_session *session, int32_t index, cermet_ndarray **out) {
  CERMET_ENTER(session, out);
  Exclusive use(object(session), "session");
  put(out, object(session).output(index));
  CERMET_LEAVE();
}

cermet_status cermet_session_reshape(cermet_session *session, const cermet_specs *inputs) {
  CERMET_ENTER(session, inputs);
  Exclusive use(object(session), "session");
  object(session).reshape(named_specs(object(inputs)));
  CERMET_LEAVE();
}

cermet_status cermet_session_planned_bytes(const cermet_session *session, int64_t *out) {
  CERMET_ENTER(session, out);
  Exclusive use(object(session), "session");
  *out = object(const_cast<cermet_session *>(session)).planned_bytes();
  CERMET_LEAVE();
}
