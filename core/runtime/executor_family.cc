// SPDX-License-Identifier: Apache-2.0
#include "runtime/executor_family.h"

#include <cmath>
#include <set>

#include "graph/symbol.h"
#include "runtime/memory_plan.h"

namespace cermet {

namespace {

constexpr size_t kCachedPrograms = 32;

std::string signature_of(const std::vector<NamedSpec> &variables, bool train) {
  std::string out = train ? "train" : "predict";
  for (const NamedSpec &variable : variables) {
    append(out, static_cast<const Dims &>(*variable.spec.shape));
    append(out, *variable.spec.dtype);
  }
  return out;
}

}  // namespace

ExecutorFamily::ExecutorFamily(std::vector<Entry> entries, std::vector<std::string> grad_names, GradReq req,
                               Device where, Ref<DerivedValues> store, const ExecutorOptions &given)
    : outputs(std::move(entries)), grad_req(req), device(where), derived(std::move(store)), options(given) {
  check_device(device);
  if (options.memory_budget < 0)
    throw Error(Status::invalid_argument, "memory_budget", "got ", options.memory_budget, "; want at least 0");
  if (!std::isfinite(options.recompute))
    throw Error(Status::invalid_argument, "recompute", "got ", options.recompute, "; want a finite number");
  verify(outputs);
  Variables found = list_variables(outputs);
  for (const auto *nodes : {&found.arguments, &found.auxiliary_states})
    for (const Node *node : *nodes) {
      variable_index.emplace(node->name, static_cast<int>(variables.size()));
      variables.push_back(node->name);
    }
  num_arguments = found.arguments.size();
  std::set<int> indices;  // in the order of the graph, on which the schedule of the backward pass relies
  if (grad_req != GradReq::null)
    for (const std::string &name : grad_names) {
      auto argument = variable_index.find(name);
      if (argument == variable_index.end() || argument->second >= static_cast<int>(num_arguments))
        throw Error(Status::not_found, "grad_names", "got ", quoted(name), "; want an argument of the symbol",
                    suggestion(name, {variables.begin(), variables.begin() + static_cast<long>(num_arguments)}));
      if (!indices.insert(argument->second).second)
        throw Error(Status::invalid_argument, "grad_names", "got ", quoted(name), " twice");
    }
  wanted.assign(indices.begin(), indices.end());
}

std::vector<NamedSpec> ExecutorFamily::infer_variables(const std::vector<NamedSpec> &known) const {
  for (const NamedSpec &spec : known)
    if (!variable_index.count(spec.name))
      throw Error(Status::not_found, "specs", "got ", quoted(spec.name), "; want an argument or state of the symbol",
                  suggestion(spec.name, variables));
  Inferred inferred = infer(outputs, known, false);
  std::unordered_map<std::string, const TensorSpec *> specs;
  for (const Node *node : inferred.order)
    if (node->is_variable()) specs.emplace(node->name, &inferred.specs.at(node)[0]);
  std::vector<NamedSpec> out;
  for (const std::string &name : variables) out.push_back({name, *specs.at(name)});
  for (int k : wanted) {
    const NamedSpec &variable = out[static_cast<size_t>(k)];
    if (!is_float(*variable.spec.dtype))
      throw Error(Status::dtype, "grad_names", "got ", quoted(variable.name), " of ", *variable.spec.dtype,
                  "; want a floating-point dtype");
  }
  return out;
}

Ref<const Program> ExecutorFamily::program(const std::vector<NamedSpec> &specs, bool train) {
  std::string signature = signature_of(specs, train);
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto entry = cache_.begin(); entry != cache_.end(); ++entry) {
    if (entry->signature != signature) continue;
    cache_.splice(cache_.begin(), cache_, entry);
    return entry->program;
  }
  auto program = train ? compile_training(specs) : compile({outputs, specs, {}, grad_req, false, device});
  cache_.push_front({std::move(signature), std::move(program)});
  if (cache_.size() > kCachedPrograms) cache_.pop_back();
  return cache_.front().program;
}

Ref<const Program> ExecutorFamily::compile_training(const std::vector<NamedSpec> &specs) const {
  ProgramRequest request{outputs, specs, wanted, grad_req, true, device};
  request.recompute.limited = options.recompute != 0;
  if (request.recompute.limited) request.recompute.extra_time = std::max(0.0, options.recompute);
  if (!options.memory_budget) return compile(request);
  int64_t arrays = array_bytes(specs);
  request.recompute.arena_budget = std::max<int64_t>(1, options.memory_budget - arrays);
  auto program = compile(request);
  int64_t bytes = add_bytes(arrays, program->arena_bytes);
  if (bytes > options.memory_budget)
    throw Error(Status::limit, "memory_budget", "got ", options.memory_budget, " bytes; want at least ", bytes, ", ",
                arrays, " for arguments, gradients and states and ", program->arena_bytes, " for values between them",
                request.recompute.limited ? cat(" within ", request.recompute.extra_time, " times more time") : "");
  return program;
}

int64_t ExecutorFamily::array_bytes(const std::vector<NamedSpec> &specs) const {
  int64_t bytes = 0;
  auto add = [&](const TensorSpec &spec) { bytes = add_bytes(bytes, spec.shape->numel() * dtype_size(*spec.dtype)); };
  for (const NamedSpec &variable : specs) add(variable.spec);
  for (int k : wanted) add(specs[static_cast<size_t>(k)].spec);
  return bytes;
}

Ref<Storage> ExecutorFamily::arena(int64_t nbytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!arena_ || arena_->nbytes() < nbytes) {
    arena_ = nullptr;  // first, so that both are never held at once
    arena_ = make_ref<Storage>(device, nbytes);
  }
  return arena_;
}

}  // namespace cermet
