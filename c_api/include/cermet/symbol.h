/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols: graphs of operators, composed by hand, loaded, or differentiated; shapes inferred before anything runs.
 *
 * A symbol is a list of outputs of a graph. It is immutable but for attributes of its nodes; composing never copies or
 * changes what it is composed of. Any number of threads may read one. */
#ifndef CERMET_SYMBOL_H
#define CERMET_SYMBOL_H

#include "def.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Named shapes and dtypes. A dimension of -1 is unknown. One thread at a time while setting. */
typedef struct cermet_specs cermet_specs;
CERMET_API CERMET_MUST_USE cermet_status cermet_specs_create(cermet_specs **out);
CERMET_API void cermet_specs_retain(cermet_specs *specs);
CERMET_API void cermet_specs_release(cermet_specs *specs);
/* Adds or replaces an entry; order of first setting is kept. */
CERMET_API CERMET_MUST_USE cermet_status cermet_specs_set(cermet_specs *specs, const char *name, const int64_t *shape,
                                                          int32_t ndim, cermet_dtype dtype);
CERMET_API CERMET_MUST_USE cermet_status cermet_specs_size(const cermet_specs *specs, int32_t *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_specs_name(const cermet_specs *specs, int32_t index, const char **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_specs_shape(const cermet_specs *specs, int32_t index,
                                                            const int64_t **out_shape, int32_t *out_ndim);
CERMET_API CERMET_MUST_USE cermet_status cermet_specs_dtype(const cermet_specs *specs, int32_t index,
                                                            cermet_dtype *out);

typedef struct cermet_symbol cermet_symbol;
CERMET_API void cermet_symbol_retain(cermet_symbol *symbol);
CERMET_API void cermet_symbol_release(cermet_symbol *symbol);

/* A variable: an input, a parameter or an auxiliary state, to be bound to an array. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_variable(const char *name, cermet_symbol **out);

/* Applies an operator or a layer to symbols with one output each (or one symbol whose outputs fill all inputs).
 *   name         of the new node; NULL or "": made from the operator's name, unique in the process ("convolution0")
 *   inputs       in order; missing inputs (left out at the end, or NULL) that are parameters become new variables
 *                called <name>_<input> ("conv1_weight"); optional ones stay absent
 *   attrs        NULL: defaults */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_apply(const cermet_def *def, const cermet_attrs *attrs,
                                                             const char *name, cermet_symbol *const *inputs,
                                                             int32_t num_inputs, cermet_symbol **out);

/* One symbol with the outputs of all, in order. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_group(cermet_symbol *const *symbols, int32_t num_symbols,
                                                             cermet_symbol **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_num_outputs(const cermet_symbol *symbol, int32_t *out);
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_output(const cermet_symbol *symbol, int32_t index,
                                                              cermet_symbol **out);
/* All outputs of all nodes that the symbol depends on, in topological order: pick one by name to cut a graph. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_internals(const cermet_symbol *symbol, cermet_symbol **out);

/* Name of the node of the first output. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_name(const cermet_symbol *symbol, const char **out);
/* Variables in topological order: arguments (data and parameters), and auxiliary states (changed by the forward pass,
 * e.g. batch_norm's moving mean). Outputs are called <node>_output, or <node>_<output> where a node has several. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_arguments(const cermet_symbol *symbol, cermet_strings **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_auxiliary_states(const cermet_symbol *symbol,
                                                                        cermet_strings **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_outputs(const cermet_symbol *symbol, cermet_strings **out);

/* What a variable is to the graph, by the nodes that take it. */
typedef enum cermet_variable_role {
  CERMET_VARIABLE_DATA = 0,      /* an input */
  CERMET_VARIABLE_PARAMETER = 1, /* to be learned: weight, bias, gamma ... */
  CERMET_VARIABLE_LABEL = 2,     /* taken by loss outputs only, and of no matter to predictions */
  CERMET_VARIABLE_STATE = 3,     /* changed by the forward pass: an auxiliary state */
  CERMET_VARIABLE_ROLE_MAX = 0x7fffffff
} cermet_variable_role;
/* NOT_FOUND if the symbol has no variable called `name`. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_role(const cermet_symbol *symbol, const char *name,
                                                            cermet_variable_role *out);

/* Whether the gradients that the symbol's loss outputs begin (softmax_output, linear_regression_output, make_loss ...)
 * are averages over the batch: 1, leave an optimizer's rescale_grad at 1; 0, they are sums, as MXNet's are unless told
 * otherwise, and rescale_grad should be 1 / batch size. NOT_FOUND if no output is a loss, UNSUPPORTED if they differ.
 */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_loss_is_mean(const cermet_symbol *symbol, int32_t *out);

/* User attributes of the node of the first output ("__lr_mult__" ...); keys begin and end with two underscores. They
 * are seen through every symbol that has the node; while one is being set, no other thread may use such a symbol.
 * _attribute: NOT_FOUND if absent; the text is valid until the attribute is set again. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_set_attribute(cermet_symbol *symbol, const char *key,
                                                                     const char *value);
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_attribute(const cermet_symbol *symbol, const char *key,
                                                                 const char **out);

/* Infers shapes and dtypes of everything from those of some variables. On success all three are complete, in the order
 * of the lists above; any may be NULL if not wanted. Too little information is CERMET_SHAPE, with the names missing. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_infer(const cermet_symbol *symbol, const cermet_specs *known,
                                                             cermet_specs **out_arguments, cermet_specs **out_outputs,
                                                             cermet_specs **out_auxiliary_states);

/* Gradients of the sum of the outputs with respect to variables, as a symbol with one output a name. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_gradient(const cermet_symbol *symbol, const char *const *names,
                                                                int32_t num_names, cermet_symbol **out);

/* The symbol for training and prediction in mixed precision: products of matrices, convolutions, attention and
 * recurrent layers compute in `dtype` (CERMET_BFLOAT16 or CERMET_FLOAT16), losses, softmax, exponentials, logarithms
 * and sums in float32, and the rest in the widest dtype of their inputs. Casts (amp_cast, amp_multicast) stand in
 * between. Variables and outputs keep names and dtypes: parameters stay float32, which optimizers update, and files
 * hold them. float16 needs a loss scale in training (cermet_optimizer_set_loss_scale), bfloat16 none. Processors
 * without arithmetic for the dtype compute in float32 from 16-bit memory, which saves memory and costs time.
 * INVALID_ARGUMENT for another dtype. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_mixed_precision(const cermet_symbol *symbol, cermet_dtype dtype,
                                                                       cermet_symbol **out);

/* MXNet's symbol JSON. _from_json reads every generation of it; symbols are data and cannot name code. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_to_json(const cermet_symbol *symbol, cermet_bytes **out);
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_from_json(const char *json, int64_t nbytes, cermet_symbol **out);

/* The graph as JSON for tables and drawings: a list of nodes {id, name, op, attrs, inputs, and, if `known` is not NULL,
 * the shapes and dtypes of its outputs and the number of its parameters}. */
CERMET_API CERMET_MUST_USE cermet_status cermet_symbol_describe(const cermet_symbol *symbol, const cermet_specs *known,
                                                                cermet_bytes **out);

#ifdef __cplusplus
}
#endif
#endif
