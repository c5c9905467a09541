// SPDX-License-Identifier: Apache-2.0
#include "runtime/executor.h"

#include <algorithm>

#include "graph/symbol.h"
#include "runtime/engine.h"
#include "runtime/memory_plan.h"

namespace cermet {

Executor::Executor(std::vector<Entry> outputs, const std::vector<NamedSpec> &known, std::vector<std::string> grad_names,
                   GradReq grad_req, Device device, Ref<DerivedValues> derived, const ExecutorOptions &options)
    : Executor(make_ref<ExecutorFamily>(std::move(outputs), std::move(grad_names), grad_req, device, std::move(derived),
                                        options),
               known) {}

Executor::Executor(Ref<ExecutorFamily> family, const std::vector<NamedSpec> &known)
    : family_(std::move(family)),
      variables_(family_->infer_variables(known)),
      plan_(family_->program(variables_, !family_->wanted.empty())),
      outputs_(family_->outputs.size()) {
  for (size_t k = 0; k < variables_.size(); ++k) {
    ArrayRole role = k < family_->num_arguments ? ArrayRole::argument : ArrayRole::auxiliary;
    slots_.push_back({variables_[k].spec, nullptr, role, static_cast<int>(k)});
  }
  for (int variable : family_->wanted)
    gradients_.push_back({variables_[static_cast<size_t>(variable)].spec, nullptr, ArrayRole::gradient,
                          static_cast<int>(gradients_.size())});
}

const std::string &Executor::name_of(const Slot &slot) const {
  bool gradient = slot.role == ArrayRole::gradient;
  auto variable = static_cast<size_t>(gradient ? family_->wanted[static_cast<size_t>(slot.index)] : slot.index);
  return variables_[variable].name;
}

Executor::Slot &Executor::slot(ArrayRole role, const std::string &name) {
  bool gradient = role == ArrayRole::gradient;
  std::vector<Slot> &list = gradient ? gradients_ : slots_;
  auto variable = family_->variable_index.find(name);
  if (variable != family_->variable_index.end()) {
    auto index = static_cast<size_t>(variable->second);
    if (gradient) {
      auto place = std::lower_bound(family_->wanted.begin(), family_->wanted.end(), variable->second);
      if (place != family_->wanted.end() && *place == variable->second)
        return list[static_cast<size_t>(place - family_->wanted.begin())];
    } else if (list[index].role == role) {
      return list[index];
    }
  }
  std::vector<std::string> names;
  for (const Slot &slot : list)
    if (slot.role == role) names.push_back(name_of(slot));
  static const char *roles[] = {"an argument", "an argument whose gradient is wanted", "an auxiliary state"};
  throw Error(Status::not_found, "name", "got ", quoted(name), "; want ", roles[static_cast<int>(role)],
              suggestion(name, names));
}

void Executor::allocate(Slot &slot) {
  if (slot.array) return;
  auto array = make_ref<NDArray>(*slot.spec.shape, *slot.spec.dtype, family_->device);
  fill_zero(*array);
  use_array(slot, std::move(array));
}

void Executor::use_array(Slot &slot, ArrayRef array) {
  slot.array = std::move(array);
  for (auto &run : runs_)
    if (run) bind(*run, slot);
  forget_uses();
}

void Executor::forget_uses() {
  for (auto &uses : forward_uses_) uses.reset();
  backward_uses_.reset();
}

void Executor::bind(ProgramRun &run, const Slot &slot) {
  if (!slot.array) return;
  if (slot.role != ArrayRole::gradient)
    run.bind_variable(slot.index, slot.array->data());
  else if (!run.program().wanted.empty())
    run.bind_gradient(slot.index, slot.array->data());
}

ArrayRef Executor::array(ArrayRole role, const std::string &name) {
  if (role != ArrayRole::output) {
    Slot &found = slot(role, name);
    allocate(found);
    return found.array;
  }
  std::vector<std::string> names = output_names(family_->outputs);
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Error(Status::not_found, "name", "got ", quoted(name), "; want an output", suggestion(name, names));
  return output(static_cast<int>(found - names.begin()));
}

ArrayRef Executor::output(int index) {
  if (index < 0 || index >= num_outputs())
    throw Error(Status::invalid_argument, "index", "got ", index, "; want 0 to ", num_outputs() - 1);
  if (!last_run_) throw Error(Status::invalid_argument, "output", "is there after a forward only");
  if (family_->arena_user != this)
    throw Error(Status::invalid_argument, "output",
                "was overwritten by an executor that shares this one's memory; want another forward");
  ArrayRef &view = outputs_[static_cast<size_t>(index)];
  if (view) return view;
  const Program &program = last_run_->program();
  const Program::Value &value = program.values[static_cast<size_t>(program.outputs[static_cast<size_t>(index)])];
  return view = make_ref<NDArray>(arena_, value.shape, dense_strides(value.shape), value.offset, value.dtype);
}

void Executor::set_array(ArrayRole role, const std::string &name, ArrayRef array) {
  if (role == ArrayRole::output) throw Error(Status::invalid_argument, "role", "got output; outputs cannot be set");
  Slot &found = slot(role, name);
  if (!(array->shape() == *found.spec.shape))
    throw Error(Status::shape, name, "got ", array->shape(), "; want ", *found.spec.shape);
  if (array->dtype() != *found.spec.dtype)
    throw Error(Status::dtype, name, "got ", array->dtype(), "; want ", *found.spec.dtype);
  if (!(array->device() == family_->device))
    throw Error(Status::invalid_argument, name, "got an array on ", array->device(), "; want ", family_->device);
  if (!array->dense())
    throw Error(Status::unsupported, name, "got a view with strides; want a dense array, e.g. a copy");
  if (found.array == array) return;
  use_array(found, std::move(array));
  checked_ = false;
}

// Steps read arguments as late as the schedule says, so what is written must overlap nothing.
void Executor::check_disjoint() const {
  struct Extent {
    const char *begin, *end;
    const Slot *slot;
  };
  std::vector<Extent> extents;
  for (auto *list : {&slots_, &gradients_})
    for (const Slot &slot : *list) {
      if (!slot.array || slot.array->numel() == 0) continue;
      if (slot.array->storage() == arena_)
        throw Error(Status::invalid_argument, name_of(slot),
                    "lies in the executor's own memory, as an output of it does; want a copy");
      auto begin = static_cast<const char *>(slot.array->data());
      extents.push_back({begin, begin + slot.array->nbytes(), &slot});
    }
  std::sort(extents.begin(), extents.end(), [](const Extent &a, const Extent &b) { return a.begin < b.begin; });
  const Extent *reaching = nullptr;  // the one so far that ends last
  for (const Extent &extent : extents) {
    if (reaching && extent.begin < reaching->end) {
      const Slot *written = nullptr, *other = nullptr;
      for (auto [one, two] : {std::pair(extent.slot, reaching->slot), std::pair(reaching->slot, extent.slot)})
        if (one->role != ArrayRole::argument) written = one, other = two;
      if (written)
        throw Error(Status::invalid_argument, name_of(*written), "its ",
                    written->role == ArrayRole::gradient ? "gradient" : "state", " shares memory with an array of ",
                    quoted(name_of(*other)), "; want memory of its own");
    }
    if (!reaching || extent.end > reaching->end) reaching = &extent;
  }
}

ProgramRun &Executor::prepare(bool train) {
  auto &run = runs_[train];
  if (!run) {
    bool planned = train == !family_->wanted.empty();
    run = std::make_unique<ProgramRun>(planned ? plan_ : family_->program(variables_, train));
    for (const Slot &slot : slots_) bind(*run, slot);
    for (const Slot &slot : gradients_) bind(*run, slot);
  }
  for (Slot &slot : slots_) allocate(slot);
  if (train)
    for (Slot &slot : gradients_) allocate(slot);
  Ref<Storage> arena = family_->arena(run->program().arena_bytes);
  if (!(arena == arena_) || last_run_ != run.get()) {
    for (ArrayRef &output : outputs_) output = nullptr;
    forget_uses();
    checked_ = false;
  }
  if (bound_[train] != arena->data()) run->bind_arena(bound_[train] = arena->data());
  arena_ = std::move(arena);
  if (!checked_) check_disjoint();
  checked_ = true;
  return *run;
}

const Uses &Executor::forward_uses(bool train) {
  std::optional<Uses> &known = forward_uses_[train];
  if (known) return *known;
  Uses uses;
  uses.add(arena_.get(), UseMode::overwrite);
  const Program &program = runs_[train]->program();
  for (const Slot &slot : slots_)
    program.writes_variable[static_cast<size_t>(slot.index)] ? uses.modify(*slot.array) : uses.read(*slot.array);
  return known.emplace(std::move(uses));
}

const Uses &Executor::backward_uses() {
  if (backward_uses_) return *backward_uses_;
  Uses uses;
  uses.add(arena_.get(), UseMode::modify);
  for (const Slot &slot : slots_) uses.read(*slot.array);
  for (const Slot &slot : gradients_)
    family_->grad_req == GradReq::add ? uses.modify(*slot.array) : uses.overwrite(*slot.array);
  return backward_uses_.emplace(std::move(uses));
}

std::optional<std::vector<DerivedValues::Source>> Executor::changed_sources() const {
  const std::vector<Program::Derived> &all = runs_[0]->program().derived;
  auto unchanged = [&](int variable) {
    const NDArray &array = *slots_[static_cast<size_t>(variable)].array;
    const Storage &storage = *array.storage();
    const DerivedValues::Source &known = sources_[static_cast<size_t>(variable)];
    return storage.counts_writes() && known.data == array.data() && known.storage.get() == &storage &&
           known.version == storage.version();
  };
  if (derived_.size() == all.size() && std::all_of(all.begin(), all.end(), [&](const Program::Derived &derived) {
        return std::all_of(derived.sources.begin(), derived.sources.end(), unchanged);
      }))
    return std::nullopt;
  std::vector<DerivedValues::Source> sources(slots_.size());
  for (const Program::Derived &derived : all)
    for (int variable : derived.sources) {
      const NDArray &array = *slots_[static_cast<size_t>(variable)].array;
      sources[static_cast<size_t>(variable)] = {array.storage(), array.data(), array.storage()->version()};
    }
  return sources;
}

void Executor::derive(const std::vector<DerivedValues::Source> &sources) {
  ProgramRun &run = *runs_[0];
  std::vector<Ref<Storage>> held = std::move(derived_);
  derived_.clear();  // until all is made
  auto bind_held = [&] {
    for (size_t k = 0; k < held.size(); ++k) run.bind_derived(k, held[k]->data());
  };
  family_->derived->fetch(run.program(), sources, held, [&](const std::vector<size_t> &missing) {
    bind_held();
    run.derive(missing);
  });
  bind_held();
  derived_ = std::move(held);
  sources_ = sources;
}

void Executor::forward(bool train, Rng *rng) {
  ready_for_backward_ = false;
  ProgramRun &run = prepare(train);
  last_run_ = nullptr;  // until it is done
  std::optional<std::vector<DerivedValues::Source>> changed;
  if (!run.program().derived.empty()) changed = changed_sources();
  run_now(forward_uses(train), [&] {
    if (changed) derive(*changed);
    family_->arena_user = this;
    run.forward(rng ? *rng : default_rng());
    arena_version_ = arena_->version();
  });
  last_run_ = &run;
  keep_variable_outputs();
  ready_for_backward_ = train && !gradients_.empty();
}

// Outputs that are variables: the arrays of this run, whatever is bound next.
void Executor::keep_variable_outputs() {
  const Program &program = last_run_->program();
  for (size_t k = 0; k < outputs_.size(); ++k) {
    const Program::Value &value = program.values[static_cast<size_t>(program.outputs[k])];
    if (value.home == Program::Home::variable) outputs_[k] = slots_[static_cast<size_t>(value.index)].array;
  }
}

void Executor::backward(const std::vector<ArrayRef> &head_grads) {
  if (gradients_.empty()) throw Error(Status::invalid_argument, "executor", "was made without gradients");
  if (!ready_for_backward_)
    throw Error(Status::invalid_argument, "executor", "backward needs a forward with train = 1 before it, each time");
  if (!head_grads.empty() && static_cast<int>(head_grads.size()) != num_outputs())
    throw Error(Status::invalid_argument, "num_head_grads", "got ", head_grads.size(), "; want 0 or ", num_outputs());
  const Program &program = runs_[1]->program();
  Uses uses = backward_uses();
  for (size_t k = 0; k < head_grads.size(); ++k) {
    if (!head_grads[k]) continue;
    const Program::Value &output = program.values[static_cast<size_t>(program.outputs[k])];
    if (!(head_grads[k]->shape() == output.shape))
      throw Error(Status::shape, cat("head_grads[", k, "]"), "got ", head_grads[k]->shape(), "; want ", output.shape);
    if (head_grads[k]->dtype() != output.dtype)
      throw Error(Status::dtype, cat("head_grads[", k, "]"), "got ", head_grads[k]->dtype(), "; want ", output.dtype);
    uses.read(*head_grads[k]);
  }
  ready_for_backward_ = false;
  std::vector<ArrayRef> heads = head_grads;
  run_now(uses, [&] {
    for (ArrayRef &head : heads)
      if (head && is_gradient(*head)) {  // its old values count
        auto copy = make_ref<NDArray>(head->shape(), head->dtype());
        copy_values(*head, *copy);
        head = copy;
      }
    if (arena_->version() != arena_version_ + 1)  // this call is the one write more
      throw Error(Status::invalid_argument, "executor",
                  "its memory was overwritten after the forward, by an executor that shares it or through an output");
    runs_[1]->backward(heads);
  });
}

bool Executor::is_gradient(const NDArray &array) const {
  return std::any_of(gradients_.begin(), gradients_.end(),
                     [&](const Slot &slot) { return may_overlap(array, *slot.array); });
}

void Executor::release_arena() {
  arena_ = nullptr;
  last_run_ = nullptr;
  ready_for_backward_ = false;
  for (ArrayRef &output : outputs_) output = nullptr;
}

Ref<Executor> Executor::reshape(const std::vector<NamedSpec> &known) {
  auto out = Ref<Executor>::adopt(new Executor(family_, known));
  auto share = [](std::vector<Slot> &from, std::vector<Slot> &to, Executor &owner) {
    for (size_t k = 0; k < from.size(); ++k) {
      if (!(*from[k].spec.shape == *to[k].spec.shape) || from[k].spec.dtype != to[k].spec.dtype) continue;
      owner.allocate(from[k]);
      to[k].array = from[k].array;
    }
  };
  share(slots_, out->slots_, *this);
  share(gradients_, out->gradients_, *this);
  return out;
}

int64_t Executor::array_bytes() const { return add_bytes(family_->array_bytes(variables_), plan_->derived_bytes); }

}  // namespace cermet
