// SPDX-License-Identifier: Apache-2.0
#include "runtime/invoke.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/per_thread.h"
#include "graph/compose.h"
#include "graph/infer.h"
#include "runtime/engine.h"
#include "runtime/profiler.h"
#include "schema/placement.h"
#include "schema/registry.h"

namespace cermet {

namespace {

void show_dense(const NDArray &array, Tensor &out) {
  out.data = array.data();
  out.shape = array.shape();
  out.dtype = array.dtype();
}

bool same_view(const NDArray &a, const NDArray &b) {
  return a.storage() == b.storage() && a.offset() == b.offset() && a.dense() && b.dense() && a.dtype() == b.dtype() &&
         a.shape() == b.shape();
}

using Arrays = std::span<const ArrayRef>;

// Whether the kernel may write output `index` straight into `array`: dense, and sharing memory with inputs only where
// the operator allows it.
bool writable_in_place(const Definition &op, Arrays slots, const NDArray &array, size_t index) {
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

// Whether the kernel may change the state in `slot` where it is: dense, and sharing memory with no other input.
bool changeable_in_place(Arrays slots, size_t slot) {
  if (!slots[slot]->dense()) return false;
  for (size_t other = 0; other < slots.size(); ++other)
    if (other != slot && slots[other] && slots[other]->storage().get() == slots[slot]->storage().get() &&
        may_overlap(*slots[other], *slots[slot]))
      return false;
  return true;
}

// What a call needs while it is prepared and run, kept by each thread from call to call, so that small operators
// allocate nothing but their outputs. A kernel that calls operators itself finds it taken and has one of its own.
struct Scratch {
  std::vector<TensorSpec> input_specs, output_specs;
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
  Scratch &operator*() { return scratch_; }

 private:
  static Scratch &kept() { return per_thread<Scratch>(); }
  std::optional<Scratch> own_;
  Scratch &scratch_;
};

// Into the scratch's output specs.
const std::vector<TensorSpec> &infer_slots(const Definition &op, const Attrs &attrs, Arrays slots, bool train,
                                           Scratch &scratch) {
  scratch.input_specs.resize(slots.size());
  scratch.inputs.assign(slots.size(), nullptr);
  for (size_t k = 0; k < slots.size(); ++k) {
    if (!slots[k]) continue;
    scratch.input_specs[k].shape = slots[k]->shape();
    scratch.input_specs[k].dtype = slots[k]->dtype();
    scratch.inputs[k] = &scratch.input_specs[k];
  }
  infer_op(op, attrs, scratch.inputs, train, scratch.output_specs);
  return scratch.output_specs;
}

// Kernels want dense arrays: others have stand-ins while the kernel runs.
class StandIns {
 public:
  void show(const ArrayRef &array, bool read, bool write, Tensor &out) {
    auto fresh = make_ref<NDArray>(array->shape(), array->dtype(), array->device());
    if (read) copy_values(*array, *fresh);
    pairs_.push_back({fresh, array, write});
    show_dense(*fresh, out);
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

void run_kernel(const Definition &op, const Attrs &attrs, Arrays slots, bool train, const Philox &random,
                Arrays outputs, KernelContext &context) {
  StandIns stand_ins;
  context.train = train;
  context.random = random;
  context.workspace = {};
  context.inputs.resize(slots.size());
  context.outputs.resize(outputs.size());
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    Tensor &input = context.inputs[slot];
    bool changed = slots[slot] && changes(op, slot, train);
    if (!slots[slot])
      input = {};
    else if (changed ? changeable_in_place(slots, slot) : slots[slot]->dense())
      show_dense(*slots[slot], input);
    else
      stand_ins.show(slots[slot], true, changed, input);
  }
  for (size_t k = 0; k < outputs.size(); ++k) {
    if (writable_in_place(op, slots, *outputs[k], k))
      show_dense(*outputs[k], context.outputs[k]);
    else
      stand_ins.show(outputs[k], false, true, context.outputs[k]);
  }
  std::optional<Storage> workspace;
  if (op.workspace) {
    context.workspace.nbytes = op.workspace(context, attrs.get());
    if (context.workspace.nbytes) context.workspace.data = workspace.emplace(Device{}, context.workspace.nbytes).data();
  }
  int64_t begin = profile_begin();
  op.kernel(DeviceType::cpu)(context, attrs.get());
  if (begin) profile_end(begin, op, "imperative", "", context);
  stand_ins.write_back();
}

// Through the engine. `outputs` has one array for each output, hidden ones too.
void run_ordered(const Definition &op, const Attrs &attrs, Arrays slots, bool train, const Philox &random,
                 Arrays outputs, Scratch &scratch) try {
  Uses uses;
  for (size_t slot = 0; slot < slots.size(); ++slot)
    if (slots[slot]) uses.add(slots[slot]->storage().get(), changes(op, slot, train) ? UseMode::modify : UseMode::read);
  for (const ArrayRef &output : outputs) uses.overwrite(*output);
  if (execution() != Execution::async)
    return run_now(uses, [&] { run_kernel(op, attrs, slots, train, random, outputs, scratch.context); });
  submit(op.name.c_str(), uses,
         [&op, attrs, train, random, slots = std::vector(slots.begin(), slots.end()),
          outputs = std::vector(outputs.begin(), outputs.end())] {
           Lent own;
           run_kernel(op, attrs, slots, train, random, outputs, (*own).context);
         });
} catch (Error &error) {
  error.at_op(op.name);
  throw;
}

// Puts the visible outputs that are given, checked, to their places among all.
void place_outputs(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec> &specs, Arrays given,
                   std::span<ArrayRef> outputs) {
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
}

size_t num_outputs(const Definition &op, const Attrs &attrs, size_t num_slots) {
  return static_cast<size_t>(op.num_outputs(attrs.get(), static_cast<int>(num_slots)));
}

// An operator with a kernel, on inputs in their slots. `outputs` are all, hidden ones too, and empty.
void run_slots(const Definition &op, const Attrs &attrs, Arrays slots, Recorder *recorder, Rng *rng, Arrays given,
               std::span<ArrayRef> outputs) {
  bool train = recorder && recorder->train, recording = recorder && recorder->recording;
  std::vector<Entry> entries;
  if (recording)
    for (const ArrayRef &slot : slots) entries.push_back(slot ? recorder->entry_of(slot) : Entry{});
  Lent scratch;
  const std::vector<TensorSpec> &specs = infer_slots(op, attrs, slots, train, *scratch);
  place_outputs(op, attrs, specs, given, outputs);
  Device device = slots.empty() || !slots[0] ? Device{} : slots[0]->device();
  for (size_t k = 0; k < specs.size(); ++k)
    if (!outputs[k]) outputs[k] = make_ref<NDArray>(*specs[k].shape, *specs[k].dtype, device);
  Philox random = op.random ? (rng ? *rng : default_rng()).next_stream() : Philox();
  run_ordered(op, attrs, slots, train, random, outputs, *scratch);
  if (recording) recorder->record(op, attrs, std::move(entries), outputs);
}

std::vector<ArrayRef> run_composite(const Definition &op, const Attrs &attrs, Arrays slots, Recorder *recorder,
                                    Rng *rng, Arrays given) {
  std::vector<ArrayRef> targets;
  if (!given.empty()) {
    Lent scratch;
    const auto &specs = infer_slots(op, attrs, slots, recorder && recorder->train, *scratch);
    targets.resize(specs.size());
    place_outputs(op, attrs, specs, given, targets);
  }
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
    if (targets[k])
      out[k] = call(identity, Attrs(identity, {}), std::span(&out[k], 1), recorder, rng, std::span(&targets[k], 1))[0];
  return out;
}

// Whether the inputs are their slots: nothing optional or conditional, nothing variadic, nothing missing.
bool in_their_slots(const Definition &op, Arrays inputs) {
  if (inputs.size() != op.inputs.size()) return false;
  for (size_t k = 0; k < inputs.size(); ++k)
    if (!inputs[k] || op.inputs[k].optional || op.inputs[k].when || op.inputs[k].variadic) return false;
  return true;
}

void invoke_slots(const Definition &op, const Attrs &attrs, Arrays slots, Recorder *recorder, Rng *rng,
                  std::span<ArrayRef> outputs) {
  size_t count = num_outputs(op, attrs, slots.size()), visible = 0;
  ArrayList all(count);
  if (op.kernel(DeviceType::cpu)) {
    run_slots(op, attrs, slots, recorder, rng, outputs, all);
  } else {
    auto made = run_composite(op, attrs, slots, recorder, rng, outputs);
    std::move(made.begin(), made.end(), all.begin());
  }
  for (size_t k = 0; k < count; ++k)
    if (!op.hides(attrs.get(), static_cast<int>(k))) outputs[visible++] = std::move(all[k]);
}

}  // namespace

size_t num_visible_outputs(const Definition &op, const Attrs &attrs, size_t num_inputs) {
  size_t visible = 0, count = num_outputs(op, attrs, num_inputs);
  for (size_t k = 0; k < count; ++k) visible += !op.hides(attrs.get(), static_cast<int>(k));
  return visible;
}

std::vector<ArrayRef> call(const Definition &op, const Attrs &attrs, std::span<const ArrayRef> slots,
                           Recorder *recorder, Rng *rng, std::span<const ArrayRef> given) {
  if (!op.kernel(DeviceType::cpu)) return run_composite(op, attrs, slots, recorder, rng, given);
  std::vector<ArrayRef> outputs(num_outputs(op, attrs, slots.size()));
  run_slots(op, attrs, slots, recorder, rng, given, outputs);
  return outputs;
}

void invoke(const Definition &op, const Attrs &attrs, std::span<const ArrayRef> inputs, Recorder *recorder, Rng *rng,
            std::span<ArrayRef> outputs) {
  if (in_their_slots(op, inputs)) return invoke_slots(op, attrs, inputs, recorder, rng, outputs);
  std::vector<size_t> missing;
  std::vector<ArrayRef> slots = place_inputs(op, attrs, std::vector(inputs.begin(), inputs.end()), missing);
  if (!missing.empty())
    throw Error(Status::invalid_argument, op.inputs[missing[0]].name, "is missing; want an array").at_op(op.name);
  invoke_slots(op, attrs, slots, recorder, rng, outputs);
}

std::vector<ArrayRef> invoke(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &inputs,
                             Recorder *recorder, Rng *rng) {
  std::vector<ArrayRef> outputs(num_visible_outputs(op, attrs, inputs.size()));
  invoke(op, attrs, inputs, recorder, rng, outputs);
  return outputs;
}

ArrayRef invoke_one(const std::string &name, const std::vector<ArrayRef> &inputs, const AttrList &attrs, Rng *rng) {
  const Definition &op = find_op(name);
  return invoke(op, Attrs(op, with_count(op, attrs, inputs.size())), inputs, nullptr, rng)[0];
}

}  // namespace cermet
