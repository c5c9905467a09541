// SPDX-License-Identifier: Apache-2.0
#include "runtime/invoke.h"

#include <algorithm>
#include <optional>

#include "graph/compose.h"
#include "graph/infer.h"
#include "runtime/engine.h"
#include "schema/placement.h"
#include "schema/registry.h"

namespace cermet {

namespace {

Tensor tensor_of(const NDArray &array) { return {array.data(), array.shape(), array.dtype()}; }

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

// What a call needs while it is prepared and run, kept by each thread from call to call, so that small operators
// allocate nothing but their outputs. A kernel that calls operators itself finds it taken and has one of its own.
struct Scratch {
  std::vector<TensorSpec> specs;
  std::vector<TensorSpec *> inputs;
  KernelContext context;
  bool taken = false;
};

class Lent {
 public:
  Lent() : scratch_(kept().taken ? own_.emplace() : kept()) { scratch_.taken = true; }
  ~Lent() { scratch_.taken = false; }
  Lent(const Lent &) = delete;
  Lent &operator=(const Lent &) = delete;
  Scratch *operator->() { return &scratch_; }

 private:
  static Scratch &kept() {
    thread_local Scratch scratch;
    return scratch;
  }
  std::optional<Scratch> own_;
  Scratch &scratch_;
};

std::vector<TensorSpec> infer_slots(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                    bool train) {
  Lent scratch;
  scratch->specs.resize(slots.size());
  scratch->inputs.assign(slots.size(), nullptr);
  for (size_t k = 0; k < slots.size(); ++k) {
    if (!slots[k]) continue;
    scratch->specs[k] = {slots[k]->shape(), slots[k]->dtype()};
    scratch->inputs[k] = &scratch->specs[k];
  }
  return infer_op(op, attrs, scratch->inputs, train);
}

bool changes(const Definition &op, size_t slot) {
  return op.inputs[std::min(slot, op.inputs.size() - 1)].role == Role::state;
}

// Kernels want dense arrays: others have stand-ins while the kernel runs.
class StandIns {
 public:
  Tensor of(const ArrayRef &array, bool read, bool write) {
    auto fresh = make_ref<NDArray>(array->shape(), array->dtype(), array->device());
    if (read) copy_values(*array, *fresh);
    pairs_.push_back({fresh, array, write});
    return tensor_of(*fresh);
  }
  void write_back() const {
    for (const Pair &pair : pairs_)
      if (pair.write) copy_values(*pair.fresh, *pair.array);
  }

 private:
  struct Pair {
    ArrayRef fresh, array;
    bool write;
  };
  std::vector<Pair> pairs_;
};

void run_kernel(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots, bool train,
                const Philox &random, const std::vector<ArrayRef> &outputs) {
  Lent scratch;
  KernelContext &context = scratch->context;
  StandIns stand_ins;
  context.train = train;
  context.random = random;
  context.workspace = {};
  context.inputs.resize(slots.size());
  context.outputs.resize(outputs.size());
  for (size_t slot = 0; slot < slots.size(); ++slot)
    context.inputs[slot] = !slots[slot]           ? Tensor()
                           : slots[slot]->dense() ? tensor_of(*slots[slot])
                                                  : stand_ins.of(slots[slot], true, changes(op, slot));
  for (size_t k = 0; k < outputs.size(); ++k)
    context.outputs[k] =
        writable_in_place(op, slots, *outputs[k], k) ? tensor_of(*outputs[k]) : stand_ins.of(outputs[k], false, true);
  std::optional<Storage> workspace;
  if (op.workspace) {
    context.workspace.nbytes = op.workspace(context, attrs.get());
    if (context.workspace.nbytes) context.workspace.data = workspace.emplace(Device{}, context.workspace.nbytes).data();
  }
  op.kernel(DeviceType::cpu)(context, attrs.get());
  stand_ins.write_back();
}

// Through the engine. `outputs` has one array for each output, hidden ones too.
void run_ordered(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots, bool train,
                 const Philox &random, const std::vector<ArrayRef> &outputs) try {
  Uses uses;
  for (size_t slot = 0; slot < slots.size(); ++slot)
    if (slots[slot]) uses.add(slots[slot]->storage().get(), changes(op, slot) ? UseMode::modify : UseMode::read);
  for (const ArrayRef &output : outputs) uses.overwrite(*output);
  if (execution() != Execution::async)
    run_now(uses, [&] { run_kernel(op, attrs, slots, train, random, outputs); });
  else
    submit(op.name.c_str(), uses, [=, &op] { run_kernel(op, attrs, slots, train, random, outputs); });
} catch (Error &error) {
  error.at_op(op.name);
  throw;
}

// One array for each output: the visible ones of `given`, checked, else null.
std::vector<ArrayRef> place_outputs(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec> &specs,
                                    const std::vector<ArrayRef> &given) {
  std::vector<ArrayRef> outputs(specs.size());
  size_t visible = 0;
  for (size_t k = 0; k < specs.size(); ++k) {
    const OutputDef &def = op.output_def(attrs.get(), static_cast<int>(k));
    if (def.hidden && op.hides(attrs.get(), static_cast<int>(k))) continue;
    if (visible < given.size() && given[visible]) {
      outputs[k] = given[visible];
      if (outputs[k]->dtype() != *specs[k].dtype)
        throw Error(Status::dtype, def.name, "got ", outputs[k]->dtype(), "; want ", *specs[k].dtype).at_op(op.name);
      if (!(outputs[k]->shape() == *specs[k].shape))
        throw Error(Status::shape, def.name, "got ", outputs[k]->shape(), "; want ", *specs[k].shape).at_op(op.name);
    }
    ++visible;
  }
  if (given.size() > visible)
    throw Error(Status::invalid_argument, "outputs", "got ", given.size(), "; want ", visible).at_op(op.name);
  return outputs;
}

// All outputs of a call whose inputs stand in their slots.
std::vector<ArrayRef> run_slots(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                bool train, Rng *rng, const std::vector<ArrayRef> &given) {
  std::vector<TensorSpec> specs = infer_slots(op, attrs, slots, train);
  std::vector<ArrayRef> outputs = place_outputs(op, attrs, specs, given);
  Device device = slots.empty() || !slots[0] ? Device{} : slots[0]->device();
  for (size_t k = 0; k < specs.size(); ++k)
    if (!outputs[k]) outputs[k] = make_ref<NDArray>(*specs[k].shape, *specs[k].dtype, device);
  Philox random = op.random ? (rng ? *rng : default_rng()).next_stream() : Philox();
  run_ordered(op, attrs, slots, train, random, outputs);
  return outputs;
}

std::vector<ArrayRef> run_composite(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                                    Recorder *recorder, Rng *rng, const std::vector<ArrayRef> &given) {
  std::vector<ArrayRef> targets;
  if (!given.empty())
    targets = place_outputs(op, attrs, infer_slots(op, attrs, slots, recorder && recorder->train), given);
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
  const Definition &identity = find_op("identity");
  for (size_t k = 0; k < targets.size(); ++k)
    if (targets[k]) out[k] = call(identity, Attrs(identity, {}), {out[k]}, recorder, rng, {targets[k]})[0];
  return out;
}

// Whether the inputs are their slots: nothing optional or conditional, nothing variadic, nothing missing.
bool in_their_slots(const Definition &op, const std::vector<ArrayRef> &inputs) {
  if (inputs.size() != op.inputs.size()) return false;
  for (size_t k = 0; k < inputs.size(); ++k)
    if (!inputs[k] || op.inputs[k].optional || op.inputs[k].when || op.inputs[k].variadic) return false;
  return true;
}

std::vector<ArrayRef> visible_of(const Definition &op, const Attrs &attrs, std::vector<ArrayRef> all) {
  if (std::none_of(op.outputs.begin(), op.outputs.end(), [](const OutputDef &def) { return def.hidden; })) return all;
  std::vector<ArrayRef> out;
  for (size_t k = 0; k < all.size(); ++k)
    if (!op.hides(attrs.get(), static_cast<int>(k))) out.push_back(all[k]);
  return out;
}

}  // namespace

std::vector<ArrayRef> call(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                           Recorder *recorder, Rng *rng, const std::vector<ArrayRef> &given) {
  bool train = recorder && recorder->train, recording = recorder && recorder->recording;
  if (!op.kernel(DeviceType::cpu)) return run_composite(op, attrs, slots, recorder, rng, given);
  std::vector<Entry> entries;
  if (recording)
    for (const ArrayRef &slot : slots) entries.push_back(slot ? recorder->entry_of(slot) : Entry{});
  std::vector<ArrayRef> outputs = run_slots(op, attrs, slots, train, rng, given);
  if (recording) recorder->record(op, attrs, std::move(entries), outputs);
  return outputs;
}

void invoke(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &inputs, Recorder *recorder, Rng *rng,
            std::vector<ArrayRef> &outputs) {
  std::vector<ArrayRef> all;
  if (in_their_slots(op, inputs)) {
    all = call(op, attrs, inputs, recorder, rng, outputs);
  } else {
    std::vector<size_t> missing;
    std::vector<ArrayRef> slots = place_inputs(op, attrs, inputs, missing);
    if (!missing.empty())
      throw Error(Status::invalid_argument, op.inputs[missing[0]].name, "is missing; want an array").at_op(op.name);
    all = call(op, attrs, slots, recorder, rng, outputs);
  }
  outputs = visible_of(op, attrs, std::move(all));
}

ArrayRef invoke_one(const std::string &name, const std::vector<ArrayRef> &inputs, const AttrList &attrs, Rng *rng) {
  const Definition &op = find_op(name);
  std::vector<ArrayRef> outputs;
  invoke(op, Attrs(op, with_count(op, attrs, inputs.size())), inputs, nullptr, rng, outputs);
  return outputs[0];
}

}  // namespace cermet
