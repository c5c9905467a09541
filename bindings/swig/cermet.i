// SPDX-License-Identifier: Apache-2.0
// The raw JVM layer: one `static native` method a function of the C ABI, on long handles, primitives and arrays.
//
// Raw.java holds the methods and the constants of the headers; everything that makes them pleasant and safe to use is
// hand-written in java/core. typemaps.i says how each idiom of the headers crosses; idioms.i (generated at build time)
// says which function follows which idiom. Functions that break an idiom are adapted here, and only here.
%module Raw
%pragma(java) moduleclassmodifiers="public final class"
%pragma(java) jniclassclassmodifiers="final class"
%pragma(java) jniclasscode=%{
  static {
    NativeLibrary.load();
  }
%}

%{
#include "cermet_jni.h"
%}

%include "typemaps.i"

// Java has no use for these: Raw never shares a handle but for buffers (cermet_ndarray_retain), and the callback of the
// log and foreign memory need lifetimes that the JVM cannot promise.
%rename("$ignore", regextarget=1, fullname=1) "^cermet_(?!ndarray).*_retain$";
%ignore cermet_ndarray_from_memory;
%ignore cermet_ndarray_to_dlpack;
%ignore cermet_ndarray_from_dlpack;
%ignore cermet_set_log_callback;
%ignore cermet_log_callback;
// Copies between Java arrays and engine memory are hand-written: org.cermet.raw.Copies.
%ignore cermet_ndarray_read;
%ignore cermet_ndarray_write;
// The completion callback is hand-written too: org.cermet.raw.Completions.
%ignore cermet_ndarray_notify;

// One count for several arrays: each Java array brings its own length, and the lengths are compared here.
%ignore cermet_ndarray_slice;
%ignore cermet_arrays_save;
%ignore cermet_recorder_gradient;
%ignore cermet_recorder_backward;
%ignore cermet_optimizer_update;

// Options cross as numbers.
%ignore cermet_executor_options;
%ignore cermet_executor_create_with;
%ignore cermet_trainer_create_with;

%include "idioms.i"

// What every new array and every small operator pays for, without a Java array on the way.
%rename(bytes_in_use) raw_bytes_in_use;
%rename(invoke_small) raw_invoke_small;
%rename(invoke_scalar) raw_invoke_scalar;
%cermet_returns(raw_bytes_in_use, jlong, long)
%cermet_returns(raw_invoke_small, jlong, long)
%cermet_returns(raw_invoke_scalar, jlong, long)
%cermet_out(int64_t, out_in_use, (jlong))

%rename(cermet_ndarray_slice) raw_ndarray_slice;
%rename(cermet_arrays_save) raw_arrays_save;
%rename(cermet_recorder_gradient) raw_recorder_gradient;
%rename(cermet_recorder_backward) raw_recorder_backward;
%rename(cermet_optimizer_update) raw_optimizer_update;
%rename(cermet_executor_create_with) raw_executor_create_with;
%rename(cermet_trainer_create_with) raw_trainer_create_with;
%cermet_returns(raw_ndarray_slice, jlong, long)
%cermet_returns_nothing(raw_arrays_save)
%cermet_returns_nothing(raw_recorder_gradient)
%cermet_returns_nothing(raw_recorder_backward)
%cermet_returns_nothing(raw_optimizer_update)
%cermet_returns(raw_executor_create_with, jlong, long)
%cermet_returns(raw_trainer_create_with, jlong, long)

%inline %{
/* cermet_memory's first figure, for the CPU. */
static cermet_status raw_bytes_in_use(int64_t *out_in_use) {
  int64_t kept, peak, cap;
  return cermet_memory(CERMET_CPU, 0, out_in_use, &kept, &peak, &cap);
}

/* cermet_op_invoke with at most two inputs and one new output. */
static cermet_status raw_invoke_small(const cermet_def *op, const cermet_attrs *attrs, cermet_ndarray *first,
                                      cermet_ndarray *second, int32_t count, cermet_recorder *recorder, cermet_rng *rng,
                                      cermet_ndarray **out) {
  cermet_ndarray *given[] = {first, second};
  if (count < 0 || count > 2) return CERMET_INVALID_ARGUMENT;
  *out = NULL;
  return cermet_op_invoke(op, attrs, given, count, recorder, rng, out, 1);
}

/* The same with one input and the attribute `scalar`; is_int 0: an integer array becomes floating-point. */
static cermet_status raw_invoke_scalar(const cermet_def *op, double scalar, int32_t is_int, cermet_ndarray *array,
                                       cermet_recorder *recorder, cermet_ndarray **out) {
  cermet_attrs *attrs;
  cermet_status status = cermet_attrs_create(op, &attrs);
  *out = NULL;
  if (status != CERMET_OK) return status;
  status = cermet_attrs_set_float(attrs, "scalar", scalar);
  if (status == CERMET_OK && !is_int) status = cermet_attrs_set_bool(attrs, "is_int", 0);
  if (status == CERMET_OK) status = cermet_op_invoke(op, attrs, &array, 1, recorder, NULL, out, 1);
  cermet_attrs_release(attrs);
  return status;
}

static cermet_status raw_ndarray_slice(const cermet_ndarray *array, const int64_t *values, int32_t num_values,
                                       cermet_ndarray **out) {
  int32_t num_axes = num_values / 3; /* begin of each axis, then end, then step */
  if (num_values != num_axes * 3) return CERMET_INVALID_ARGUMENT;
  return cermet_ndarray_slice(array, values, values + num_axes, values + 2 * num_axes, num_axes, out);
}

static cermet_status raw_arrays_save(const char *path, const char *const *names, int32_t num_names,
                                     cermet_ndarray *const *arrays, int32_t num_arrays) {
  if (names != NULL && num_names != num_arrays) return CERMET_INVALID_ARGUMENT;
  return cermet_arrays_save(path, names, arrays, num_arrays);
}

static cermet_status raw_recorder_gradient(cermet_recorder *recorder, cermet_ndarray *const *heads, int32_t num_heads,
                                           cermet_ndarray *const *head_grads, int32_t num_head_grads,
                                           cermet_ndarray *const *variables, int32_t num_variables,
                                           int32_t create_graph, cermet_ndarray **outputs, int32_t num_outputs) {
  if (head_grads != NULL && num_head_grads != num_heads) return CERMET_INVALID_ARGUMENT;
  if (num_outputs != num_variables) return CERMET_INVALID_ARGUMENT;
  return cermet_recorder_gradient(recorder, heads, num_heads, head_grads, variables, num_variables, create_graph,
                                  outputs);
}

static cermet_status raw_recorder_backward(cermet_recorder *recorder, cermet_ndarray *const *heads, int32_t num_heads,
                                           cermet_ndarray *const *head_grads, int32_t num_head_grads,
                                           int32_t retain_graph) {
  if (head_grads != NULL && num_head_grads != num_heads) return CERMET_INVALID_ARGUMENT;
  return cermet_recorder_backward(recorder, heads, num_heads, head_grads, retain_graph);
}

static cermet_status raw_executor_create_with(const cermet_symbol *symbol, const cermet_specs *specs,
                                              const char *const *grad_names, int32_t num_grad_names,
                                              cermet_grad_req grad_req, cermet_device device, int32_t device_id,
                                              int64_t memory_budget, double recompute, cermet_executor **out) {
  cermet_executor_options options = {sizeof options, memory_budget, recompute};
  return cermet_executor_create_with(symbol, specs, grad_names, num_grad_names, grad_req, device, device_id, &options,
                                     out);
}

static cermet_status raw_trainer_create_with(cermet_model *model, const cermet_specs *inputs,
                                             cermet_optimizer *optimizer, int64_t memory_budget, double recompute,
                                             cermet_trainer **out) {
  cermet_executor_options options = {sizeof options, memory_budget, recompute};
  return cermet_trainer_create_with(model, inputs, optimizer, &options, out);
}

static cermet_status raw_optimizer_update(cermet_optimizer *optimizer, const char *const *names, int32_t num_names,
                                          cermet_ndarray *const *weights, int32_t num_weights,
                                          cermet_ndarray *const *grads, int32_t num_grads) {
  if (num_weights != num_names || num_grads != num_names) return CERMET_INVALID_ARGUMENT;
  return cermet_optimizer_update(optimizer, names, weights, grads, num_names);
}
%}
