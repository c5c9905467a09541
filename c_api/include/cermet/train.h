/* SPDX-License-Identifier: Apache-2.0 */
/* Training: optimizers, metrics, and the training step as one call. */
#ifndef CERMET_TRAIN_H
#define CERMET_TRAIN_H

#include "executor.h"
#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An optimizer keeps one state per parameter, named by the caller. One thread at a time. */
typedef struct cermet_optimizer cermet_optimizer;
/* optimizer: a definition of CERMET_KIND_OPTIMIZER; attrs NULL: defaults. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_create(const cermet_def *optimizer, const cermet_attrs *attrs,
                                                                 cermet_optimizer **out);
CERMET_API void cermet_optimizer_retain(cermet_optimizer *optimizer);
CERMET_API void cermet_optimizer_release(cermet_optimizer *optimizer);
/* Learning rate as a function of the number of updates made: a definition of CERMET_KIND_SCHEDULE; NULL removes it. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_set_schedule(cermet_optimizer *optimizer,
                                                                       const cermet_def *schedule,
                                                                       const cermet_attrs *attrs);
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_set_learning_rate(cermet_optimizer *optimizer, double value);
/* The rate that the next update will use, before per-parameter multipliers. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_learning_rate(const cermet_optimizer *optimizer, double *out);
/* One step over all weights, in place, as one multi-tensor update. `names` tell the parameters apart from step to
 * step; weights and gradients pair up in order. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_update(cermet_optimizer *optimizer, const char *const *names,
                                                                 cermet_ndarray *const *weights,
                                                                 cermet_ndarray *const *grads, int32_t num_names);
/* Loss scaling, for gradients of 16 bits: `scale` is by how much the gradients of the next updates are too large. They
 * are divided by it, and an update whose gradients are not all finite is left out. A trainer multiplies its gradients
 * by the scale where losses begin them; who makes gradients otherwise multiplies the loss. The scale is part of the
 * state below. scale            1 to 2^24; 0: no scaling (default). 65536 is common growth_interval  0: the scale
 * stays. Else it is halved, down to 1, with each update that is left out, and doubled, up to 2^24, after that many good
 * ones in a row. 2000 is common */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_set_loss_scale(cermet_optimizer *optimizer, double scale,
                                                                         int64_t growth_interval);
/* The present scale; 0: none. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_loss_scale(const cermet_optimizer *optimizer, double *out);
/* How many updates were left out since the scale was set. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_skipped_updates(const cermet_optimizer *optimizer,
                                                                          int64_t *out);
/* All states, the update count, the learning rate and the loss scale, as bytes (safetensors form), and back. */
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_to_bytes(const cermet_optimizer *optimizer,
                                                                   cermet_bytes **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_optimizer_restore(cermet_optimizer *optimizer, const void *data,
                                                                  int64_t nbytes);

/* A metric accumulates over batches. One thread at a time. */
typedef struct cermet_metric cermet_metric;
CERMET_API CERMET_MUST_USE cermet_status cermet_metric_create(const cermet_def *metric, const cermet_attrs *attrs,
                                                              cermet_metric **out);
CERMET_API void cermet_metric_retain(cermet_metric *metric);
CERMET_API void cermet_metric_release(cermet_metric *metric);
CERMET_API CERMET_MUST_USE cermet_status cermet_metric_update(cermet_metric *metric, const cermet_ndarray *labels,
                                                              const cermet_ndarray *predictions);
/* NaN before the first update. */
CERMET_API CERMET_MUST_USE cermet_status cermet_metric_value(const cermet_metric *metric, double *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_metric_reset(cermet_metric *metric);

/* A trainer runs forward, backward, update and metrics as one call. It changes the parameters of `model` in place. One
 * thread at a time; nothing else may use the model's parameters during a step, which has the optimizer and the metrics
 * to itself. */
typedef struct cermet_trainer cermet_trainer;
/* inputs: shapes and dtypes of data and labels, in the order in which steps take them; everything else that the symbol
 * needs must have a value in the model (cermet_model_initialize). Parameters with "__lr_mult__" "0" are not trained. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_create(cermet_model *model, const cermet_specs *inputs,
                                                               cermet_optimizer *optimizer, cermet_trainer **out);
/* The same with options (NULL: as without). The budget is that of forward, backward and their arrays: the optimizer's
 * states come on top. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_create_with(cermet_model *model, const cermet_specs *inputs,
                                                                    cermet_optimizer *optimizer,
                                                                    const cermet_executor_options *options,
                                                                    cermet_trainer **out);
CERMET_API void cermet_trainer_retain(cermet_trainer *trainer);
CERMET_API void cermet_trainer_release(cermet_trainer *trainer);
/* Updates `metric` with input number `label_input` and output number `output` at each step. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_add_metric(cermet_trainer *trainer, cermet_metric *metric,
                                                                   int32_t label_input, int32_t output);
/* One training step on a batch: arrays in the order of `inputs`. The batch size may differ from that of `inputs` (other
 * dimensions not): a size seen before costs nothing. rng NULL: the process's own. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_step(cermet_trainer *trainer, cermet_ndarray *const *arrays,
                                                             int32_t num_arrays, cermet_rng *rng);
/* Forward in predict mode, and metrics: for validation. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_evaluate(cermet_trainer *trainer, cermet_ndarray *const *arrays,
                                                                 int32_t num_arrays);
/* Output of the last step or evaluation, overwritten by the next. A new reference. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_output(cermet_trainer *trainer, int32_t index,
                                                               cermet_ndarray **out);
/* Bytes of the planned arena of a training step, and of parameters, gradients and optimizer states. */
CERMET_API CERMET_MUST_USE cermet_status cermet_trainer_planned_bytes(const cermet_trainer *trainer, int64_t *out_arena,
                                                                      int64_t *out_arrays);

#ifdef __cplusplus
}
#endif
#endif
