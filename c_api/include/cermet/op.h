/* SPDX-License-Identifier: Apache-2.0 */
/* Imperative calls: run an operator now, on arrays; random generators; recording for gradients.
 *
 *   const cermet_def *add;
 *   cermet_ndarray *inputs[2] = {a, b}, *sum = NULL;
 *   cermet_def_find(CERMET_KIND_OPERATOR, "add", &add);
 *   cermet_op_invoke(add, NULL, inputs, 2, NULL, NULL, &sum, 1);
 */
#ifndef CERMET_OP_H
#define CERMET_OP_H

#include "def.h"
#include "ndarray.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A stream of random numbers (counter-based, Philox 4x32-10): the same seed gives the same numbers for any number of
 * threads. Any thread. */
typedef struct cermet_rng cermet_rng;
CERMET_API CERMET_MUST_USE cermet_status cermet_rng_create(uint64_t seed, cermet_rng **out);
CERMET_API void cermet_rng_retain(cermet_rng *rng);
CERMET_API void cermet_rng_release(cermet_rng *rng);
/* Starts the stream anew. */
CERMET_API CERMET_MUST_USE cermet_status cermet_rng_seed(cermet_rng *rng, uint64_t seed);
/* Seed and position, and back: for checkpoints. */
CERMET_API CERMET_MUST_USE cermet_status cermet_rng_state(const cermet_rng *rng, uint64_t *out_seed,
                                                          uint64_t *out_position);
CERMET_API CERMET_MUST_USE cermet_status cermet_rng_set_state(cermet_rng *rng, uint64_t seed, uint64_t position);

/* A recorder remembers the operators that are invoked with it, so that gradients can be computed. It is an argument,
 * not a mode of the thread. One thread at a time. */
typedef struct cermet_recorder cermet_recorder;

/* train: operators such as dropout and batch_norm behave as in training. */
CERMET_API CERMET_MUST_USE cermet_status cermet_recorder_create(int32_t train, cermet_recorder **out);
CERMET_API void cermet_recorder_retain(cermet_recorder *recorder);
CERMET_API void cermet_recorder_release(cermet_recorder *recorder);
/* recording 0: operators invoked with this recorder run (in its mode) but are not remembered. */
CERMET_API CERMET_MUST_USE cermet_status cermet_recorder_set_mode(cermet_recorder *recorder, int32_t recording,
                                                                  int32_t train);
CERMET_API CERMET_MUST_USE cermet_status cermet_recorder_mode(const cermet_recorder *recorder, int32_t *out_recording,
                                                              int32_t *out_train);
/* Forgets all operators and frees what they kept. */
CERMET_API CERMET_MUST_USE cermet_status cermet_recorder_clear(cermet_recorder *recorder);

/* Gradients of the sum of head * head_grad over all heads with respect to `variables`, as new arrays in the order of
 * `variables`; a variable that no head depends on gets zeros. `head_grads` NULL, or an entry NULL: ones. create_graph:
 * the computation is itself recorded, for higher order. The recording stays: call again, or clear it. Each operator's
 * gradient is that of the mode (train or not) in which it was recorded. */
CERMET_API CERMET_MUST_USE cermet_status cermet_recorder_gradient(
    cermet_recorder *recorder, cermet_ndarray *const *heads, int32_t num_heads, cermet_ndarray *const *head_grads,
    cermet_ndarray *const *variables, int32_t num_variables, int32_t create_graph, cermet_ndarray **out_grads);

/* Same, into the gradients attached to the arrays that took part (cermet_ndarray_attach_grad), by their grad_req:
 * WRITE gives zeros where no head depends on the array.
 * Then the recording is cleared unless `retain_graph`. */
CERMET_API CERMET_MUST_USE cermet_status cermet_recorder_backward(cermet_recorder *recorder,
                                                                  cermet_ndarray *const *heads, int32_t num_heads,
                                                                  cermet_ndarray *const *head_grads,
                                                                  int32_t retain_graph);

/* Number of outputs that an operator gives with these attributes (NULL: defaults) and this many inputs: that of the
 * names of cermet_def_outputs, without making them. */
CERMET_API CERMET_MUST_USE cermet_status cermet_op_num_outputs(const cermet_def *op, const cermet_attrs *attrs,
                                                               int32_t num_inputs, int32_t *out);

/* Runs an operator.
 *   attrs      NULL: defaults
 *   inputs     in the operator's order; an optional input may be left out at the end, or be NULL
 *   recorder   NULL: predict mode, nothing recorded
 *   rng        for random operators; NULL: the process's own generator
 *   outputs    num_outputs entries: NULL asks for a new array (a new reference of yours); an array of the right shape
 *              and dtype is written in place and stays yours. Writing onto an input is allowed.
 * Wrong shapes, dtypes and attributes fail here, with nothing written. Inputs that an operator changes (optimizer and
 * moving-average states) are changed in place. */
CERMET_API CERMET_MUST_USE cermet_status cermet_op_invoke(const cermet_def *op, const cermet_attrs *attrs,
                                                          cermet_ndarray *const *inputs, int32_t num_inputs,
                                                          cermet_recorder *recorder, cermet_rng *rng,
                                                          cermet_ndarray **outputs, int32_t num_outputs);

#ifdef __cplusplus
}
#endif
#endif
