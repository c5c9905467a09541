// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

#include <mutex>

#include "base/log.h"
#include "model/file.h"
#include "model/ndarray_list.h"
#include "model/safetensors.h"
#include "runtime/ordered_copy.h"

namespace cermet {
namespace {

// Metadata key of a safetensors file that holds the graph; keys that begin like it are ours.
constexpr std::string_view kOwnKeys = "cermet.";
const char *const kSymbolKey = "cermet.symbol";
const char *const kSuffix = ".safetensors";
constexpr int kMaxEpoch = 9999;

bool one_file(const std::string &path) { return path.size() > 12 && path.ends_with(kSuffix); }

std::string params_path(const std::string &prefix, int epoch) {
  if (epoch < 0 || epoch > kMaxEpoch)
    throw Error(Status::invalid_argument, "epoch", "got ", epoch, "; want 0 to ", kMaxEpoch);
  std::string digits = cat(epoch);
  return prefix + "-" + std::string(4 - digits.size(), '0') + digits + ".params";
}

std::string symbol_path(const std::string &prefix) { return prefix + "-symbol.json"; }

// Graph errors of a file name the file.
Ref<Symbol> symbol_from(const std::string &json, const std::string &source, Metadata *metadata = nullptr) {
  try {
    return make_ref<Symbol>(from_json(json, metadata));
  } catch (Error &error) {
    error.argument = shown(source) + (error.argument.empty() ? "" : ": " + error.argument);
    throw;
  }
}

std::string listed(const std::vector<std::string> &names) {
  constexpr size_t kShown = 10;
  std::vector<std::string> out;
  for (size_t k = 0; k < names.size() && k < kShown; ++k) out.push_back(quoted(names[k]));
  return join(out, ", ") + (names.size() > kShown ? cat(" and ", names.size() - kShown, " more") : "");
}

}  // namespace

Model::Model(Ref<Symbol> symbol) : symbol_(std::move(symbol)) {
  verify(symbol_->outputs);
  Variables all = list_variables(symbol_->outputs);
  for (Node *node : all.arguments) arguments_.push_back(node->name);
  for (Node *node : all.auxiliary_states) states_.push_back(node->name);
  for (const auto &[name, role] : variable_roles(symbol_->outputs)) variables_[name].role = role;
}

const Model::Variable &Model::variable(const std::string &name) const {
  auto found = variables_.find(name);
  if (found != variables_.end()) return found->second;
  std::vector<std::string> names = arguments_;
  names.insert(names.end(), states_.begin(), states_.end());
  throw Error(Status::not_found, "name", "got ", quoted(name), "; want an argument or state of the symbol",
              suggestion(name, names));
}

std::vector<std::string> Model::parameters() const {
  std::shared_lock lock(mutex_);
  std::vector<std::string> out;
  for (const auto *names : {&arguments_, &states_})
    for (const std::string &name : *names)
      if (variable(name).value) out.push_back(name);
  return out;
}

ArrayRef Model::parameter(const std::string &name) const {
  std::shared_lock lock(mutex_);
  return variable(name).value;
}

void Model::set_parameter(const std::string &name, ArrayRef array) {
  std::unique_lock lock(mutex_);
  variable(name);
  variables_[name].value = std::move(array);
  generation_.fetch_add(1, std::memory_order_acq_rel);
}

std::vector<std::string> Model::inputs() const {
  std::shared_lock lock(mutex_);
  std::vector<std::string> out;
  for (const std::string &name : arguments_)
    if (!variable(name).value && !is_label(name)) out.push_back(name);
  return out;
}

bool Model::is_label(const std::string &name) const { return variable(name).role == Role::label; }

const std::string *Model::metadata(const std::string &key) const {
  std::shared_lock lock(mutex_);
  auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

void Model::set_metadata(const std::string &key, const std::string &value) {
  if (key.empty() || key.starts_with(kOwnKeys))
    throw Error(Status::invalid_argument, "key", "got ", quoted(key), "; want a key that does not begin with ",
                kOwnKeys);
  std::unique_lock lock(mutex_);
  metadata_[key] = value;
}

Metadata Model::all_metadata() const {
  std::shared_lock lock(mutex_);
  return metadata_;
}

void Model::check_complete(Status status, const std::string &where) const {
  std::shared_lock lock(mutex_);
  std::vector<std::string> missing;
  for (const auto *names : {&arguments_, &states_})
    for (const std::string &name : *names)
      if ((variable(name).role == Role::parameter || variable(name).role == Role::state) && !variable(name).value)
        missing.push_back(name);
  if (!missing.empty()) throw Error(status, where, "no value for ", listed(missing));
}

std::vector<NamedArray> Model::named_arrays(bool prefixed) const {
  std::vector<NamedArray> out;
  for (const std::string &name : parameters()) {
    std::shared_lock lock(mutex_);
    const Variable &found = variable(name);
    out.push_back({(!prefixed ? "" : found.role == Role::state ? "aux:" : "arg:") + name, found.value});
  }
  return out;
}

// Arrays that the symbol does not know are left out, as MXNet does: checkpoints of a larger net may serve a part of it.
void Model::adopt(const std::vector<NamedArray> &arrays, const std::string &where) {
  for (const NamedArray &entry : arrays) {
    bool prefixed = entry.name.starts_with("arg:") || entry.name.starts_with("aux:");
    auto found = variables_.find(prefixed ? entry.name.substr(4) : entry.name);
    if (found != variables_.end())
      found->second.value = entry.array;
    else if (log_enabled(LogLevel::info))
      log(LogLevel::info, cat(where, ": the symbol has no variable for the array ", quoted(entry.name)));
  }
  check_complete(Status::not_found, where);
}

Metadata Model::file_metadata() const {
  std::shared_lock lock(mutex_);
  Metadata out = metadata_;
  out[kSymbolKey] = to_json(symbol_->outputs);
  return out;
}

std::string Model::graph_with_metadata() const {
  std::shared_lock lock(mutex_);
  return to_json(symbol_->outputs, metadata_);
}

void Model::save(const std::string &path, int epoch) const {
  check_complete(Status::invalid_argument, "model");
  if (one_file(path)) return write_safetensors(path, named_arrays(false), file_metadata());
  std::string params = params_path(path, epoch), json = graph_with_metadata();
  write_file(symbol_path(path), {json});
  write_ndarray_list(params, named_arrays(true));
}

std::string Model::to_bytes() const {
  check_complete(Status::invalid_argument, "model");
  return safetensors_bytes(named_arrays(false), file_metadata());
}

Ref<Model> Model::from_safetensors(std::string_view bytes, const std::string &source, FileBytes *memory) {
  Safetensors file = read_safetensors(bytes, source, memory);
  auto graph = file.metadata.find(kSymbolKey);
  if (graph == file.metadata.end())
    throw Error(Status::corrupt, shown(source), "holds arrays but no graph (metadata ", kSymbolKey,
                "); want a saved model");
  auto model = make_ref<Model>(symbol_from(graph->second, source));
  for (const auto &[key, value] : file.metadata)
    if (!key.starts_with(kOwnKeys)) model->metadata_[key] = value;
  model->adopt(file.arrays, shown(source));
  return model;
}

Ref<Model> Model::from_bytes(std::string_view bytes) { return from_safetensors(bytes, "model bytes"); }

Ref<Model> Model::load(const std::string &path, int epoch) {
  if (one_file(path)) {
    FileBytes file(path);
    return from_safetensors(file.view(), path, &file);
  }
  std::string params = params_path(path, epoch);
  Metadata metadata;
  auto model = make_ref<Model>(symbol_from(read_file(symbol_path(path)), symbol_path(path), &metadata));
  model->metadata_ = std::move(metadata);
  FileBytes file(params);
  model->adopt(read_ndarray_list(file.view(), params, &file), shown(params));
  return model;
}

Ref<Model> Model::copy() const {
  auto out = make_ref<Model>(symbol_);
  std::shared_lock lock(mutex_);
  out->metadata_ = metadata_;
  for (const auto &[name, found] : variables_) {
    if (!found.value) continue;
    auto array = make_ref<NDArray>(found.value->shape(), found.value->dtype(), found.value->device());
    ordered_copy(*found.value, *array);
    out->variables_[name].value = array;
  }
  return out;
}

}  // namespace cermet
