/* SPDX-License-Identifier: Apache-2.0 */
/* Registration of all routines: a new one is a line in the table. */
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

#include "array.h"
#include "autograd.h"
#include "executor.h"
#include "handle.h"
#include "model.h"
#include "op.h"
#include "runtime.h"
#include "state.h"
#include "symbol.h"
#include "train.h"

#define CALL(name, num_arguments) \
  { #name, (DL_FUNC)(void (*)(void)) & name, num_arguments }

static const R_CallMethodDef routines[] = {
    CALL(C_release, 1),
    CALL(C_handle_closed, 1),
    CALL(C_held_bytes, 0),
    CALL(C_set_budget, 1),
    CALL(C_array_create, 3),
    CALL(C_array_values, 1),
    CALL(C_array_dim, 1),
    CALL(C_array_length, 1),
    CALL(C_array_dtype, 1),
    CALL(C_array_device, 1),
    CALL(C_array_copy, 1),
    CALL(C_array_copy_to, 2),
    CALL(C_arrays_save, 3),
    CALL(C_arrays_load, 1),
    CALL(C_invoke, 6),
    CALL(C_layer, 5),
    CALL(C_arith, 3),
    CALL(C_use_recorder, 1),
    CALL(C_def_exists, 2),
    CALL(C_recorder_create, 1),
    CALL(C_recorder_set_mode, 3),
    CALL(C_recorder_mode, 1),
    CALL(C_recorder_clear, 1),
    CALL(C_recorder_gradient, 5),
    CALL(C_symbol_variable, 1),
    CALL(C_symbol_group, 1),
    CALL(C_symbol_num_outputs, 1),
    CALL(C_symbol_output, 2),
    CALL(C_symbol_internals, 1),
    CALL(C_symbol_names, 2),
    CALL(C_symbol_name, 1),
    CALL(C_symbol_loss_is_mean, 1),
    CALL(C_symbol_set_attribute, 3),
    CALL(C_symbol_infer, 3),
    CALL(C_symbol_gradient, 2),
    CALL(C_symbol_mixed_precision, 2),
    CALL(C_symbol_to_json, 1),
    CALL(C_symbol_from_json, 1),
    CALL(C_model_create, 1),
    CALL(C_model_copy, 1),
    CALL(C_model_load, 2),
    CALL(C_model_save, 3),
    CALL(C_model_symbol, 1),
    CALL(C_model_set_metadata, 3),
    CALL(C_model_metadata, 2),
    CALL(C_model_names, 2),
    CALL(C_model_parameter, 2),
    CALL(C_model_set_parameter, 3),
    CALL(C_model_initialize, 5),
    CALL(C_calibrator_create, 5),
    CALL(C_calibrator_exclude, 2),
    CALL(C_calibrator_input, 2),
    CALL(C_calibrator_collect, 1),
    CALL(C_calibrator_quantize, 1),
    CALL(C_session_create, 3),
    CALL(C_session_reshape, 3),
    CALL(C_session_input, 2),
    CALL(C_session_run, 1),
    CALL(C_session_output, 2),
    CALL(C_rng_create, 0),
    CALL(C_rng_state, 1),
    CALL(C_rng_set_state, 2),
    CALL(C_loader_create, 4),
    CALL(C_loader_num_batches, 1),
    CALL(C_loader_reset, 1),
    CALL(C_loader_next, 1),
    CALL(C_loader_batch, 2),
    CALL(C_optimizer_create, 2),
    CALL(C_optimizer_learning_rate, 1),
    CALL(C_optimizer_loss_scale, 1),
    CALL(C_optimizer_set_loss_scale, 3),
    CALL(C_optimizer_set_learning_rate, 2),
    CALL(C_optimizer_update, 4),
    CALL(C_optimizer_to_raw, 1),
    CALL(C_optimizer_restore, 2),
    CALL(C_metric_create, 1),
    CALL(C_metric_value, 1),
    CALL(C_metric_reset, 1),
    CALL(C_metric_update, 3),
    CALL(C_trainer_create, 6),
    CALL(C_trainer_add_metric, 4),
    CALL(C_trainer_run, 7),
    CALL(C_read_idx, 1),
    CALL(C_read_csv, 3),
    CALL(C_executor_create, 7),
    CALL(C_executor_reshape, 3),
    CALL(C_executor_array, 3),
    CALL(C_executor_output, 2),
    CALL(C_executor_forward, 2),
    CALL(C_executor_backward, 2),
    CALL(C_executor_planned_bytes, 1),
    CALL(C_executor_describe, 1),
    CALL(C_executor_report, 1),
    CALL(C_executor_memory, 1),
    CALL(C_state_create, 1),
    CALL(C_state_model, 1),
    CALL(C_threads, 0),
    CALL(C_set_threads, 1),
    CALL(C_memory, 0),
    CALL(C_set_memory_cap, 1),
    CALL(C_features, 0),
    CALL(C_start_profiler, 0),
    CALL(C_stop_profiler, 0),
    CALL(C_profile_trace, 0),
    CALL(C_profile_table, 0),
    CALL(C_version, 0),
    CALL(C_replace_file, 2),
    CALL(C_masked_crc, 1),
    {NULL, NULL, 0},
};

attribute_visible void R_init_cermet(DllInfo *dll) {
  R_registerRoutines(dll, NULL, routines, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
  handle_init();
  state_init(dll);
}
