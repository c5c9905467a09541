/* SPDX-License-Identifier: Apache-2.0 */
/* Optimizers, metrics, loaders and the inner loop of training, for R/fit.R. */
#ifndef CERMET_R_TRAIN_H
#define CERMET_R_TRAIN_H

#include "r.h"

SEXP C_rng_create(void);
SEXP C_rng_state(SEXP rng);
SEXP C_rng_set_state(SEXP rng, SEXP raw);

SEXP C_loader_create(SEXP arrays, SEXP batch_size, SEXP shuffle, SEXP rng);
SEXP C_loader_num_batches(SEXP loader);
SEXP C_loader_reset(SEXP loader);
SEXP C_loader_next(SEXP loader);
SEXP C_loader_batch(SEXP loader, SEXP index);

SEXP C_optimizer_create(SEXP spec, SEXP schedule);
SEXP C_optimizer_learning_rate(SEXP optimizer);
SEXP C_optimizer_loss_scale(SEXP optimizer);
SEXP C_optimizer_set_loss_scale(SEXP optimizer, SEXP scale, SEXP growth_interval);
SEXP C_optimizer_set_learning_rate(SEXP optimizer, SEXP value);
SEXP C_optimizer_update(SEXP optimizer, SEXP names, SEXP weights, SEXP grads);
SEXP C_optimizer_to_raw(SEXP optimizer);
SEXP C_optimizer_restore(SEXP optimizer, SEXP raw);

SEXP C_metric_create(SEXP spec);
SEXP C_metric_value(SEXP metric);
SEXP C_metric_reset(SEXP metric);
SEXP C_metric_update(SEXP metric, SEXP labels, SEXP predictions);

SEXP C_trainer_create(SEXP model, SEXP shapes, SEXP dtypes, SEXP optimizer, SEXP memory, SEXP recompute);
SEXP C_trainer_add_metric(SEXP trainer, SEXP metric, SEXP label_input, SEXP output);
SEXP C_trainer_run(SEXP trainer, SEXP loader, SEXP num_arrays, SEXP rng, SEXP train, SEXP max_batches,
                   SEXP max_seconds);

SEXP C_read_idx(SEXP path);
SEXP C_read_csv(SEXP path, SEXP delimiter, SEXP skip_rows);

#endif
