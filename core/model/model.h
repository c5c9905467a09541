// SPDX-License-Identifier: Apache-2.0
// A model: a symbol, values of its parameters, and short texts about it. Any number of threads may read one; setters
// lock.
#pragma once

#include <atomic>
#include <shared_mutex>

#include "graph/symbol.h"
#include "model/file.h"
#include "model/named_array.h"
#include "runtime/derived_values.h"

namespace cermet {

class Model : public RefCounted {
 public:
  explicit Model(Ref<Symbol> symbol);

  // PREFIX-symbol.json and PREFIX-%04d.params, or one file if `path` ends in ".safetensors".
  static Ref<Model> load(const std::string &path, int epoch);
  static Ref<Model> from_bytes(std::string_view bytes);
  void save(const std::string &path, int epoch) const;
  std::string to_bytes() const;
  // With copies of all parameters.
  Ref<Model> copy() const;

  const Ref<Symbol> &symbol() const { return symbol_; }
  // Shared by the model's sessions.
  const Ref<DerivedValues> &derived() const { return derived_; }
  // Grows when a parameter is given another array.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  // Variables by role, worked out once.
  const std::vector<std::string> &arguments() const { return arguments_; }
  const std::vector<std::string> &auxiliary_states() const { return states_; }

  // Names of arguments and states that have a value, in their order.
  std::vector<std::string> parameters() const;
  // Null if it has no value; not_found if the symbol has no such variable.
  ArrayRef parameter(const std::string &name) const;
  void set_parameter(const std::string &name, ArrayRef array);

  // Arguments without a value that predictions need: labels of loss outputs do not matter to them.
  std::vector<std::string> inputs() const;
  bool is_label(const std::string &name) const;

  // Null if absent; valid until the key is set again.
  const std::string *metadata(const std::string &key) const;
  void set_metadata(const std::string &key, const std::string &value);
  Metadata all_metadata() const;

 private:
  struct Variable {
    Role role = Role::data;
    ArrayRef value;
  };
  const Variable &variable(const std::string &name) const;
  // Saving and loading want a value for all of these.
  void check_complete(Status status, const std::string &where) const;
  // MXNet's "arg:" and "aux:" before each name, or plain names.
  std::vector<NamedArray> named_arrays(bool prefixed) const;
  void adopt(const std::vector<NamedArray> &arrays, const std::string &where);
  static Ref<Model> from_safetensors(std::string_view bytes, const std::string &source, FileBytes *memory = nullptr);
  Metadata file_metadata() const;
  std::string graph_with_metadata() const;

  const Ref<Symbol> symbol_;
  const Ref<DerivedValues> derived_ = make_ref<DerivedValues>();
  std::atomic<uint64_t> generation_{0};
  std::vector<std::string> arguments_, states_;
  mutable std::shared_mutex mutex_;  // guards values and metadata
  std::map<std::string, Variable> variables_;
  Metadata metadata_;
};

}  // namespace cermet
