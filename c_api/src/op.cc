// SPDX-License-Identifier: Apache-2.0
// cermet/op.h.
#include "guard.h"
#include "runtime/invoke.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_COUNTED(cermet_rng, Rng)
CERMET_COUNTED(cermet_recorder, Recorder)

cermet_status cermet_rng_create(uint64_t seed, cermet_rng **out) {
  CERMET_ENTER(out);
  put(out, make_ref<Rng>(seed));
  CERMET_LEAVE();
}

cermet_status cermet_rng_seed(cermet_rng *rng, uint64_t seed) {
  CERMET_ENTER(rng);
  object(rng).set_state(seed, 0);
  CERMET_LEAVE();
}

cermet_status cermet_rng_state(const cermet_rng *rng, uint64_t *out_seed, uint64_t *out_position) {
  CERMET_ENTER(rng, out_seed, out_position);
  auto [seed, position] = object(rng).state();
  *out_seed = seed;
  *out_position = position;
  CERMET_LEAVE();
}

cermet_status cermet_rng_set_state(cermet_rng *rng, uint64_t seed, uint64_t position) {
  CERMET_ENTER(rng);
  object(rng).set_state(seed, position);
  CERMET_LEAVE();
}

cermet_status cermet_recorder_create(int32_t train, cermet_recorder **out) {
  CERMET_ENTER(out);
  put(out, make_ref<Recorder>(flag_of(train, "train")));
  CERMET_LEAVE();
}

cermet_status cermet_recorder_set_mode(cermet_recorder *recorder, int32_t recording, int32_t train) {
  CERMET_ENTER(recorder);
  bool record = flag_of(recording, "recording"), training = flag_of(train, "train");
  Exclusive use(object(recorder), "recorder");
  object(recorder).recording = record;
  object(recorder).train = training;
  CERMET_LEAVE();
}

cermet_status cermet_recorder_mode(const cermet_recorder *recorder, int32_t *out_recording, int32_t *out_train) {
  CERMET_ENTER(recorder, out_recording, out_train);
  Exclusive use(object(recorder), "recorder");
  *out_recording = object(recorder).recording;
  *out_train = object(recorder).train;
  CERMET_LEAVE();
}

cermet_status cermet_recorder_clear(cermet_recorder *recorder) {
  CERMET_ENTER(recorder);
  Exclusive use(object(recorder), "recorder");
  object(recorder).clear();
  CERMET_LEAVE();
}

namespace {
// Head gradients as a list with one entry a head: NULL for all, or NULL entries, mean ones.
std::vector<ArrayRef> head_grads_of(cermet_ndarray *const *head_grads, int32_t num_heads) {
  if (!head_grads) return std::vector<ArrayRef>(static_cast<size_t>(check_count(num_heads, "num_heads")));
  return arrays_of(head_grads, num_heads, "head_grads", true);
}
}  // namespace

cermet_status cermet_recorder_gradient(cermet_recorder *recorder, cermet_ndarray *const *heads, int32_t num_heads,
                                       cermet_ndarray *const *head_grads, cermet_ndarray *const *variables,
                                       int32_t num_variables, int32_t create_graph, cermet_ndarray **out_grads) {
  CERMET_ENTER(recorder, heads, variables, out_grads);
  Exclusive use(object(recorder), "recorder");
  auto grads = recorded_gradient(
      object(recorder), arrays_of(heads, num_heads, "heads", false), head_grads_of(head_grads, num_heads),
      arrays_of(variables, num_variables, "variables", false), flag_of(create_graph, "create_graph"));
  for (size_t k = 0; k < grads.size(); ++k) put(&out_grads[k], std::move(grads[k]));
  CERMET_LEAVE();
}

cermet_status cermet_recorder_backward(cermet_recorder *recorder, cermet_ndarray *const *heads, int32_t num_heads,
                                       cermet_ndarray *const *head_grads, int32_t retain_graph) {
  CERMET_ENTER(recorder, heads);
  Exclusive use(object(recorder), "recorder");
  recorded_backward(object(recorder), arrays_of(heads, num_heads, "heads", false), head_grads_of(head_grads, num_heads),
                    flag_of(retain_graph, "retain_graph"));
  CERMET_LEAVE();
}

cermet_status cermet_op_num_outputs(const cermet_def *op, const cermet_attrs *attrs, int32_t num_inputs, int32_t *out) {
  CERMET_ENTER(op, out);
  const Definition &def = definition_of(op, Kind::op);
  size_t count = static_cast<size_t>(check_count(num_inputs, "num_inputs"));
  *out = static_cast<int32_t>(num_visible_outputs(def, call_attrs(def, attrs, num_inputs), count));
  CERMET_LEAVE();
}

cermet_status cermet_op_invoke(const cermet_def *op, const cermet_attrs *attrs, cermet_ndarray *const *inputs,
                               int32_t num_inputs, cermet_recorder *recorder, cermet_rng *rng, cermet_ndarray **outputs,
                               int32_t num_outputs) {
  CERMET_ENTER(op, outputs);
  const Definition &def = definition_of(op, Kind::op);
  ArrayList arrays(static_cast<size_t>(check_count(num_inputs, "inputs")));
  share_arrays(inputs, num_inputs, "inputs", true, arrays);
  Attrs values = call_attrs(def, attrs, num_inputs);
  auto visible = static_cast<int32_t>(num_visible_outputs(def, values, arrays.size()));
  if (num_outputs != visible)
    throw Error(Status::invalid_argument, "num_outputs", "got ", num_outputs, "; want ", visible).at_op(def.name);
  std::optional<Exclusive> use;
  if (recorder) use.emplace(object(recorder), "recorder");
  ArrayList results(static_cast<size_t>(num_outputs));
  share_arrays(outputs, num_outputs, "outputs", true, results);
  invoke(def, values, arrays, recorder ? &object(recorder) : nullptr, rng ? &object(rng) : nullptr, results);
  for (int32_t k = 0; k < num_outputs; ++k)
    if (!outputs[k]) put(&outputs[k], std::move(results[static_cast<size_t>(k)]));
  CERMET_LEAVE();
}
