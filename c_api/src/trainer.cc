// SPDX-License-Identifier: Apache-2.0
// cermet/train.h: trainers.
#include "train/trainer.h"

#include <deque>

#include "executor_options.h"
#include "model_handle.h"
#include "specs.h"
#include "train_handles.h"

using namespace cermet;
using namespace cermet::c_api;

namespace cermet::c_api {
CERMET_HANDLE(cermet_trainer, Trainer)
}
CERMET_COUNTED(cermet_trainer, Trainer)

namespace {

// A call's turn at a trainer's metrics.
class MetricsInUse {
 public:
  explicit MetricsInUse(const Trainer &trainer) {
    for (const Ref<Metric> &metric : trainer.metrics()) turns_.emplace_back(*metric, "metric");
  }

 private:
  std::deque<Exclusive> turns_;
};

}  // namespace

cermet_status cermet_trainer_create(cermet_model *model, const cermet_specs *inputs, cermet_optimizer *optimizer,
                                    cermet_trainer **out) {
  return cermet_trainer_create_with(model, inputs, optimizer, nullptr, out);
}

cermet_status cermet_trainer_create_with(cermet_model *model, const cermet_specs *inputs, cermet_optimizer *optimizer,
                                         const cermet_executor_options *options, cermet_trainer **out) {
  CERMET_ENTER(model, inputs, optimizer, out);
  Exclusive multipliers(object(optimizer), "optimizer");
  put(out,
      make_ref<Trainer>(share(model), named_specs(object(inputs)), share(optimizer), executor_options_of(options)));
  CERMET_LEAVE();
}

cermet_status cermet_trainer_add_metric(cermet_trainer *trainer, cermet_metric *metric, int32_t label_input,
                                        int32_t output) {
  CERMET_ENTER(trainer, metric);
  Exclusive use(object(trainer), "trainer");
  object(trainer).add_metric(share(metric), label_input, output);
  CERMET_LEAVE();
}

cermet_status cermet_trainer_step(cermet_trainer *trainer, cermet_ndarray *const *arrays, int32_t num_arrays,
                                  cermet_rng *rng) {
  CERMET_ENTER(trainer, arrays);
  Exclusive use(object(trainer), "trainer");
  Exclusive updates(*object(trainer).optimizer(), "optimizer");
  MetricsInUse metrics(object(trainer));
  object(trainer).step(arrays_of(arrays, num_arrays, "arrays", false), rng ? &object(rng) : nullptr);
  CERMET_LEAVE();
}

cermet_status cermet_trainer_evaluate(cermet_trainer *trainer, cermet_ndarray *const *arrays, int32_t num_arrays) {
  CERMET_ENTER(trainer, arrays);
  Exclusive use(object(trainer), "trainer");
  MetricsInUse metrics(object(trainer));
  object(trainer).evaluate(arrays_of(arrays, num_arrays, "arrays", false));
  CERMET_LEAVE();
}

cermet_status cermet_trainer_output(cermet_trainer *trainer, int32_t index, cermet_ndarray **out) {
  CERMET_ENTER(trainer, out);
  Exclusive use(object(trainer), "trainer");
  put(out, object(trainer).output(index));
  CERMET_LEAVE();
}

cermet_status cermet_trainer_planned_bytes(const cermet_trainer *trainer, int64_t *out_arena, int64_t *out_arrays) {
  CERMET_ENTER(trainer, out_arena, out_arrays);
  Exclusive use(object(trainer), "trainer");
  Exclusive states(*object(trainer).optimizer(), "optimizer");
  *out_arena = object(trainer).arena_bytes();
  *out_arrays = object(trainer).array_bytes();
  CERMET_LEAVE();
}
