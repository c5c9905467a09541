// SPDX-License-Identifier: Apache-2.0
#include "runtime/invoke.h"

#include <algorithm>

#include "graph/compose.h"
#include "graph/infer.h"
#include "runtime/engine.h"
#include "schema/placement.h"
#include "schema/registry.h"

namespace cermet {

namespace {

ArrayRef dense_copy(const ArrayRef &array) {
  auto copy = make_ref<NDArray>(array->shape(), array->dtype(), array->device());
  copy_values(*array, *copy);
  return copy;
}

Tensor tensor_of(const ArrayRef &array) { return {array->data(), array->shape(), array->dtype()}; }

bool same_view(const NDArray &a, const NDArray &b) {
  return a.storage() == b.storage() && a.offset() == b.offset() && a.dense() && b.dense() && a.dtype() == b.dtype() &&
         a.shape() == b.shape();
}

// Whether the kernel may write output `index` straight into `array`: dense, and sharing memory with inputs only where
// the operator allows it.
bool writable_in_place(const Definition &op, const std::vector<ArrayRef> &slots, const NDArray &array, size_t index) {
  if (!array.dense()) return false;
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    if (!slots[slot] || slots[slot]->storage().get() != array.storage().get() || !may_overlap(*slots[slot], array))
      continue;
    auto pair = std::make_pair(static_cast<int>(slot), static_cast<int>(index));
    bool allowed = std::find(op.in_place.begin(), op.in_place.end(), pair) != op.in_place.end();
    if (!allowed || !same_view(*slots[slot], array)) return false;
  }
  return true;
}

std::vector<TensorSpec> infer_slots(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                    bool train) {
  std::vector<TensorSpec> specs(slots.size());
  std::vector<TensorSpec *> inputs(slots.size());
  for (size_t k = 0; k < slots.size(); ++k) {
    if (!slots[k]) continue;
    specs[k] = {slots[k]->shape(), slots[k]->dtype()};
    inputs[k] = &specs[k];
  }
  return infer_op(op, attrs, inputs, train);
}

// Runs the kernel of `op`. `outputs` has one array for each output, hidden ones too.
void run_kernel(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots, bool train,
                const Philox &random, const std::vector<ArrayRef> &outputs) {
  Operation operation;
  operation.name = op.name.c_str();
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    if (!slots[slot]) continue;
    bool state = op.inputs[std::min(slot, op.inputs.size() - 1)].role == Role::state;
    (state ? operation.writes : operation.reads).push_back(slots[slot]->storage());
  }
  for (const ArrayRef &output : outputs) operation.writes.push_back(output->storage());
  operation.body = [&op, attrs, slots, train, random, outputs] {
    KernelContext context;
    context.train = train;
    context.random = random;
    std::vector<ArrayRef> dense_inputs = slots, dense_outputs = outputs;
    for (size_t slot = 0; slot < slots.size(); ++slot) {
      if (slots[slot] && !slots[slot]->dense()) dense_inputs[slot] = dense_copy(slots[slot]);
      context.inputs.push_back(slots[slot] ? tensor_of(dense_inputs[slot]) : Tensor{});
    }
    for (size_t index = 0; index < outputs.size(); ++index) {
      const ArrayRef &output = outputs[index];
      if (!writable_in_place(op, slots, *output, index))
        dense_outputs[index] = make_ref<NDArray>(output->shape(), output->dtype(), output->device());
      context.outputs.push_back(tensor_of(dense_outputs[index]));
    }
    op.kernel(DeviceType::cpu)(context, attrs.get());
    for (size_t index = 0; index < outputs.size(); ++index)
      if (!(dense_outputs[index] == outputs[index])) copy_values(*dense_outputs[index], *outputs[index]);
    // A strided state was changed in its copy.
    for (size_t slot = 0; slot < slots.size(); ++slot)
      if (slots[slot] && !(dense_inputs[slot] == slots[slot]) &&
          op.inputs[std::min(slot, op.inputs.size() - 1)].role == Role::state)
        copy_values(*dense_inputs[slot], *slots[slot]);
  };
  try {
    submit(std::move(operation));
  } catch (Error &error) {
    error.at_op(op.name);
    throw;
  }
}

std::vector<ArrayRef> run_composite(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                    Recorder *recorder, Rng *rng);

// Arrays for all outputs of a call whose inputs stand in their slots. `given` has the visible outputs, null where a new
// array is wanted.
std::vector<ArrayRef> run_slots(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                bool train, Rng *rng, const std::vector<ArrayRef> &given) {
  std::vector<TensorSpec> specs = infer_slots(op, attrs, slots, train);
  Device device = slots.empty() || !slots[0] ? Device{} : slots[0]->device();
  std::vector<ArrayRef> outputs(specs.size());
  size_t visible = 0;
  for (size_t k = 0; k < specs.size(); ++k) {
    const OutputDef &def = op.output_def(static_cast<int>(k));
    if (!def.hidden && visible < given.size() && given[visible]) {
      outputs[k] = given[visible];
      if (outputs[k]->dtype() != *specs[k].dtype)
        throw Error(Status::dtype, def.name, "got ", outputs[k]->dtype(), "; want ", *specs[k].dtype).at_op(op.name);
      if (!(outputs[k]->shape() == *specs[k].shape))
        throw Error(Status::shape, def.name, "got ", outputs[k]->shape(), "; want ", *specs[k].shape).at_op(op.name);
    }
    visible += !def.hidden;
  }
  for (size_t k = 0; k < specs.size(); ++k)
    if (!outputs[k]) outputs[k] = make_ref<NDArray>(*specs[k].shape, *specs[k].dtype, device);
  Philox random = op.random ? (rng ? *rng : default_rng()).next_stream() : Philox();
  run_kernel(op, attrs, slots, train, random, outputs);
  return outputs;
}

std::vector<ArrayRef> visible_of(const Definition &op, const std::vector<ArrayRef> &all) {
  std::vector<ArrayRef> out;
  for (size_t k = 0; k < all.size(); ++k)
    if (!op.output_def(static_cast<int>(k)).hidden) out.push_back(all[k]);
  return out;
}

}  // namespace

std::vector<ArrayRef> call(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                           Recorder *recorder, Rng *rng, const std::vector<ArrayRef> &given) {
  bool train = recorder && recorder->train, recording = recorder && recorder->recording;
  if (!op.kernel(DeviceType::cpu)) {
    std::vector<ArrayRef> outputs = run_composite(op, attrs, slots, recorder, rng);
    for (size_t k = 0; k < given.size() && k < outputs.size(); ++k)
      if (given[k])
        outputs[k] =
            call(find_op("identity"), Attrs(find_op("identity"), {}), {outputs[k]}, recorder, rng, {given[k]})[0];
    return outputs;
  }
  std::vector<Entry> entries;
  if (recording)
    for (const ArrayRef &slot : slots) entries.push_back(slot ? recorder->entry_of(slot) : Entry{});
  std::vector<ArrayRef> outputs = run_slots(op, attrs, slots, train, rng, given);
  if (recording) recorder->record(op, attrs, std::move(entries), outputs);
  return outputs;
}

namespace {
std::vector<ArrayRef> run_composite(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                    Recorder *recorder, Rng *rng) {
  std::unordered_map<const Node *, std::vector<ArrayRef>> values;
  std::vector<Entry> inputs;
  for (const ArrayRef &slot : slots) {
    inputs.push_back(slot ? Entry{make_ref<Node>("input"), 0} : Entry{});
    if (slot) values[inputs.back().node.get()] = {slot};
  }
  std::vector<Entry> outputs = compose(op, attrs, op.name, inputs);
  auto value = [&](const Entry &entry) {
    return entry ? values.at(entry.node.get())[static_cast<size_t>(entry.index)] : ArrayRef();
  };
  for (Node *node : topological_order(outputs)) {
    if (values.count(node)) continue;
    std::vector<ArrayRef> arrays;
    for (const Entry &entry : node->inputs) arrays.push_back(value(entry));
    values[node] = call(*node->op, node->attrs, arrays, recorder, rng, {});
  }
  std::vector<ArrayRef> out;
  for (const Entry &entry : outputs) out.push_back(value(entry));
  return out;
}

}  // namespace

void invoke(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &inputs, Recorder *recorder, Rng *rng,
            std::vector<ArrayRef> &outputs) {
  std::vector<size_t> missing;
  std::vector<ArrayRef> slots = place_inputs(op, attrs, inputs, missing);
  if (!missing.empty())
    throw Error(Status::invalid_argument, op.inputs[missing[0]].name, "is missing; want an array").at_op(op.name);
  std::vector<ArrayRef> visible = visible_of(op, call(op, attrs, slots, recorder, rng, outputs));
  if (outputs.size() > visible.size())
    throw Error(Status::invalid_argument, "outputs", "got ", outputs.size(), "; want ", visible.size()).at_op(op.name);
  outputs = std::move(visible);
  if (execution() == Execution::sync)
    for (const ArrayRef &output : outputs) wait_to_read(*output->storage());
}

ArrayRef invoke_one(const std::string &name, const std::vector<ArrayRef> &inputs, const AttrList &attrs, Rng *rng) {
  const Definition &op = find_op(name);
  std::vector<ArrayRef> outputs;
  invoke(op, Attrs(op, with_count(op, attrs, inputs.size())), inputs, nullptr, rng, outputs);
  return outputs[0];
}

}  // namespace cermet
