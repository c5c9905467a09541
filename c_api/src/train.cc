// SPDX-License-Identifier: Apache-2.0
// cermet/train.h: optimizers and metrics.
#include "train_handles.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_COUNTED(cermet_optimizer, Optimizer)
CERMET_COUNTED(cermet_metric, Metric)

cermet_status cermet_optimizer_create(const cermet_def *optimizer, const cermet_attrs *attrs, cermet_optimizer **out) {
  CERMET_ENTER(optimizer, out);
  const Definition &def = definition_of(optimizer, Kind::optimizer);
  put(out, make_ref<Optimizer>(def, attrs_of(def, attrs)));
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_set_schedule(cermet_optimizer *optimizer, const cermet_def *schedule,
                                            const cermet_attrs *attrs) {
  CERMET_ENTER(optimizer);
  Exclusive use(object(optimizer), "optimizer");
  if (schedule) {
    const Definition &def = definition_of(schedule, Kind::schedule);
    object(optimizer).set_schedule(&def, attrs_of(def, attrs));
  } else {
    object(optimizer).set_schedule(nullptr, Attrs());
  }
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_set_learning_rate(cermet_optimizer *optimizer, double value) {
  CERMET_ENTER(optimizer);
  Exclusive use(object(optimizer), "optimizer");
  object(optimizer).set_learning_rate(value);
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_learning_rate(const cermet_optimizer *optimizer, double *out) {
  CERMET_ENTER(optimizer, out);
  Exclusive use(object(optimizer), "optimizer");
  *out = object(optimizer).learning_rate();
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_set_loss_scale(cermet_optimizer *optimizer, double scale, int64_t growth_interval) {
  CERMET_ENTER(optimizer);
  Exclusive use(object(optimizer), "optimizer");
  object(optimizer).set_loss_scale(scale, growth_interval);
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_loss_scale(const cermet_optimizer *optimizer, double *out) {
  CERMET_ENTER(optimizer, out);
  Exclusive use(object(optimizer), "optimizer");
  *out = object(optimizer).loss_scale().value;
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_skipped_updates(const cermet_optimizer *optimizer, int64_t *out) {
  CERMET_ENTER(optimizer, out);
  Exclusive use(object(optimizer), "optimizer");
  *out = object(optimizer).loss_scale().skipped;
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_update(cermet_optimizer *optimizer, const char *const *names,
                                      cermet_ndarray *const *weights, cermet_ndarray *const *grads, int32_t num_names) {
  CERMET_ENTER(optimizer, names, weights, grads);
  Exclusive use(object(optimizer), "optimizer");
  object(optimizer).update(names_of(names, num_names), arrays_of(weights, num_names, "weights", false),
                           arrays_of(grads, num_names, "grads", false));
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_to_bytes(const cermet_optimizer *optimizer, cermet_bytes **out) {
  CERMET_ENTER(optimizer, out);
  Exclusive use(object(optimizer), "optimizer");
  put(out, make_ref<Bytes>(object(optimizer).to_bytes()));
  CERMET_LEAVE();
}

cermet_status cermet_optimizer_restore(cermet_optimizer *optimizer, const void *data, int64_t nbytes) {
  CERMET_ENTER(optimizer, data);
  Exclusive use(object(optimizer), "optimizer");
  object(optimizer).restore(bytes_of(data, nbytes));
  CERMET_LEAVE();
}

cermet_status cermet_metric_create(const cermet_def *metric, const cermet_attrs *attrs, cermet_metric **out) {
  CERMET_ENTER(metric, out);
  const Definition &def = definition_of(metric, Kind::metric);
  put(out, make_ref<Metric>(def, attrs_of(def, attrs)));
  CERMET_LEAVE();
}

cermet_status cermet_metric_update(cermet_metric *metric, const cermet_ndarray *labels,
                                   const cermet_ndarray *predictions) {
  CERMET_ENTER(metric, labels, predictions);
  Exclusive use(object(metric), "metric");
  object(metric).update(share(labels), share(predictions));
  CERMET_LEAVE();
}

cermet_status cermet_metric_value(const cermet_metric *metric, double *out) {
  CERMET_ENTER(metric, out);
  Exclusive use(object(metric), "metric");
  *out = object(metric).value();
  CERMET_LEAVE();
}

cermet_status cermet_metric_reset(cermet_metric *metric) {
  CERMET_ENTER(metric);
  Exclusive use(object(metric), "metric");
  object(metric).reset();
  CERMET_LEAVE();
}
