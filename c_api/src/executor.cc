// SPDX-License-Identifier: Apache-2.0
// cermet/executor.h.
#include "runtime/executor.h"

#include "executor_options.h"
#include "specs.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_SAME(CERMET_ARGUMENT, ArrayRole::argument);
CERMET_SAME(CERMET_GRADIENT, ArrayRole::gradient);
CERMET_SAME(CERMET_AUXILIARY, ArrayRole::auxiliary);
CERMET_SAME(CERMET_OUTPUT, ArrayRole::output);

namespace cermet::c_api {
CERMET_HANDLE(cermet_executor, Executor)
}
CERMET_COUNTED(cermet_executor, Executor)

namespace {
ArrayRole role_of(cermet_role role) {
  if (role < CERMET_ARGUMENT || role > CERMET_OUTPUT)
    throw Error(Status::invalid_argument, "role", "got ", static_cast<int>(role), "; want 0 to 3");
  return static_cast<ArrayRole>(role);
}
}  // namespace

cermet_status cermet_executor_create(const cermet_symbol *symbol, const cermet_specs *specs,
                                     const char *const *grad_names, int32_t num_grad_names, cermet_grad_req grad_req,
                                     cermet_device device, int32_t device_id, cermet_executor **out) {
  return cermet_executor_create_with(symbol, specs, grad_names, num_grad_names, grad_req, device, device_id, nullptr,
                                     out);
}

cermet_status cermet_executor_create_with(const cermet_symbol *symbol, const cermet_specs *specs,
                                          const char *const *grad_names, int32_t num_grad_names,
                                          cermet_grad_req grad_req, cermet_device device, int32_t device_id,
                                          const cermet_executor_options *options, cermet_executor **out) {
  CERMET_ENTER(symbol, specs, out);
  check_count(num_grad_names, "num_grad_names");
  if (num_grad_names > 0 && !grad_names) fail_null("grad_names");
  put(out, make_ref<Executor>(object(symbol).outputs, named_specs(object(specs)), names_of(grad_names, num_grad_names),
                              grad_req_of(grad_req), device_of(device, device_id), make_ref<DerivedValues>(),
                              executor_options_of(options)));
  CERMET_LEAVE();
}

cermet_status cermet_executor_array(cermet_executor *executor, cermet_role role, const char *name,
                                    cermet_ndarray **out) {
  CERMET_ENTER(executor, name, out);
  Exclusive use(object(executor), "executor");
  put(out, object(executor).array(role_of(role), name));
  CERMET_LEAVE();
}

cermet_status cermet_executor_output(cermet_executor *executor, int32_t index, cermet_ndarray **out) {
  CERMET_ENTER(executor, out);
  Exclusive use(object(executor), "executor");
  put(out, object(executor).output(index));
  CERMET_LEAVE();
}

cermet_status cermet_executor_set_array(cermet_executor *executor, cermet_role role, const char *name,
                                        cermet_ndarray *array) {
  CERMET_ENTER(executor, name, array);
  Exclusive use(object(executor), "executor");
  object(executor).set_array(role_of(role), name, share(array));
  CERMET_LEAVE();
}

cermet_status cermet_executor_forward(cermet_executor *executor, int32_t train, cermet_rng *rng) {
  CERMET_ENTER(executor);
  Exclusive use(object(executor), "executor");
  object(executor).forward(flag_of(train, "train"), rng ? &object(rng) : nullptr);
  CERMET_LEAVE();
}

cermet_status cermet_executor_backward(cermet_executor *executor, cermet_ndarray *const *head_grads,
                                       int32_t num_head_grads) {
  CERMET_ENTER(executor);
  Exclusive use(object(executor), "executor");
  int outputs = object(executor).num_outputs();
  if (head_grads && num_head_grads != outputs)
    throw Error(Status::invalid_argument, "num_head_grads", "got ", num_head_grads, "; want ", outputs);
  object(executor).backward(head_grads ? arrays_of(head_grads, num_head_grads, "head_grads", true)
                                       : std::vector<ArrayRef>());
  CERMET_LEAVE();
}

cermet_status cermet_executor_reshape(cermet_executor *executor, const cermet_specs *specs, cermet_executor **out) {
  CERMET_ENTER(executor, specs, out);
  Exclusive use(object(executor), "executor");
  put(out, object(executor).reshape(named_specs(object(specs))));
  CERMET_LEAVE();
}

cermet_status cermet_executor_planned_bytes(const cermet_executor *executor, int64_t *out_arena, int64_t *out_arrays) {
  CERMET_ENTER(executor, out_arena, out_arrays);
  Exclusive use(object(executor), "executor");
  *out_arena = object(executor).arena_bytes();
  *out_arrays = object(executor).array_bytes();
  CERMET_LEAVE();
}

cermet_status cermet_executor_describe(const cermet_executor *executor, cermet_bytes **out) {
  CERMET_ENTER(executor, out);
  Exclusive use(object(executor), "executor");
  put(out, make_ref<Bytes>(object(executor).describe()));
  CERMET_LEAVE();
}

cermet_status cermet_executor_report(const cermet_executor *executor, cermet_bytes **out) {
  CERMET_ENTER(executor, out);
  Exclusive use(object(executor), "executor");
  put(out, make_ref<Bytes>(object(executor).report()));
  CERMET_LEAVE();
}

cermet_status cermet_executor_memory(const cermet_executor *executor, cermet_bytes **out) {
  CERMET_ENTER(executor, out);
  Exclusive use(object(executor), "executor");
  put(out, make_ref<Bytes>(object(executor).memory_table()));
  CERMET_LEAVE();
}
