/* SPDX-License-Identifier: Apache-2.0 */
/* Executors: a symbol made ready to run on given shapes, forward and backward, with all memory planned beforehand.
 *
 * Creating one infers shapes, plans memory and allocates nothing: ask for the plan, then run. One thread at a time;
 * different executors are independent. */
#ifndef CERMET_EXECUTOR_H
#define CERMET_EXECUTOR_H

#include "ndarray.h"
#include "op.h"
#include "symbol.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cermet_executor cermet_executor;
CERMET_API void cermet_executor_retain(cermet_executor *executor);
CERMET_API void cermet_executor_release(cermet_executor *executor);

/* What an array is to an executor. */
typedef enum cermet_role {
  CERMET_ARGUMENT = 0,
  CERMET_GRADIENT = 1, /* of the argument of the same name */
  CERMET_AUXILIARY = 2,
  CERMET_OUTPUT = 3,
  CERMET_ROLE_MAX = 0x7fffffff
} cermet_role;

/* Memory for time. Values that the backward pass needs can be computed once more instead of kept, with the same results
 * to the bit. Set struct_size to sizeof(cermet_executor_options), and the rest to 0 where nothing is wanted. */
typedef struct cermet_executor_options {
  size_t struct_size;
  /* Most bytes of arena and arrays together, as cermet_executor_planned_bytes states them; 0: no limit. What is
   * computed once more is chosen by what it costs, and what is within the budget anyway is kept. Where nothing keeps to
   * it, making the executor is LIMIT, and the message says how many bytes would do. */
  int64_t memory_budget;
  /* Most additional time, as estimated, as a part of a step's: 0.3 is 30 %. 0: what costs almost nothing (or, with a
   * budget, as much as it takes); below 0: nothing is computed twice. */
  double recompute;
} cermet_executor_options;

/* specs: shapes and dtypes of enough arguments to infer the rest. grad_names: arguments whose gradients are wanted
 * (num_grad_names may be 0: inference only). */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_create(const cermet_symbol *symbol, const cermet_specs *specs,
                                                                const char *const *grad_names, int32_t num_grad_names,
                                                                cermet_grad_req grad_req, cermet_device device,
                                                                int32_t device_id, cermet_executor **out);
/* The same with options (NULL: as without). */
CERMET_API CERMET_MUST_USE cermet_status
cermet_executor_create_with(const cermet_symbol *symbol, const cermet_specs *specs, const char *const *grad_names,
                            int32_t num_grad_names, cermet_grad_req grad_req, cermet_device device, int32_t device_id,
                            const cermet_executor_options *options, cermet_executor **out);

/* The array behind an argument, gradient, auxiliary state or output: a new reference. Arguments, gradients and states
 * are allocated (zeroed) at first use unless set before. Outputs exist after a forward; they are the executor's own
 * memory, overwritten by the next forward: copy what must stay. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_array(cermet_executor *executor, cermet_role role,
                                                               const char *name, cermet_ndarray **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_output(cermet_executor *executor, int32_t index,
                                                                cermet_ndarray **out);
/* Uses an array of yours (same shape, dtype, dense) in its place, from now on. Not for outputs. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_set_array(cermet_executor *executor, cermet_role role,
                                                                   const char *name, cermet_ndarray *array);

/* train: as in training, and keep what backward needs. rng may be NULL (the process's own generator). */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_forward(cermet_executor *executor, int32_t train,
                                                                 cermet_rng *rng);
/* Into the gradients, by grad_req, after a forward with train = 1. head_grads: one an output; NULL, or an entry NULL:
 * ones. Loss outputs (softmax_output ...) ignore theirs. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_backward(cermet_executor *executor,
                                                                  cermet_ndarray *const *head_grads,
                                                                  int32_t num_head_grads);

/* An executor for other shapes that shares arguments, states and gradients whose shapes are the same, and the arena: a
 * forward of one of them overwrites the outputs of the others, which are then INVALID_ARGUMENT to ask for. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_reshape(cermet_executor *executor, const cermet_specs *specs,
                                                                 cermet_executor **out);

/* Bytes of the planned arena (intermediates and outputs at their peak), and of arguments, gradients and states, with
 * what an executor without gradients keeps from run to run (weights in a kernel's format). Known before anything is
 * allocated. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_planned_bytes(const cermet_executor *executor,
                                                                       int64_t *out_arena, int64_t *out_arrays);
/* The plan as JSON: steps with operator, inputs, outputs (and "recomputed", if the backward pass runs it once more),
 * offset and bytes of each value, first and last use; and remarks: what each pass did or refused, and to which nodes
 * (their count, and the names of the first 64). Of training if gradients are wanted, else of prediction. Text of yours.
 */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_describe(const cermet_executor *executor, cermet_bytes **out);
/* The same for people: the plan in a line, then a line for each remark, as CERMET_VERBOSE=2 prints them. Text of
 * yours; its wording may change. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_report(const cermet_executor *executor, cermet_bytes **out);
/* What lies in the arena from when to when, as text: a line a value (or a kernel's workspace), columns separated by
 * tabs and named in the first line: operator, node, pass (forward, backward, recomputed, derived), value, bytes,
 * offset, and the first and the last step at which it holds its bytes, counted from 0. Outputs hold theirs until the
 * step after the last one. The highest sum of the bytes of one step is the peak. */
CERMET_API CERMET_MUST_USE cermet_status cermet_executor_memory(const cermet_executor *executor, cermet_bytes **out);

#ifdef __cplusplus
}
#endif
#endif
