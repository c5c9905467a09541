// SPDX-License-Identifier: Apache-2.0
// cermet/symbol.h, but for specs.
#include "autograd/gradient.h"
#include "graph/describe.h"
#include "graph/infer.h"
#include "graph/mixed_precision.h"
#include "guard.h"
#include "schema/registry.h"
#include "specs.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_COUNTED(cermet_symbol, Symbol)

namespace {
std::vector<std::string> names_of_nodes(const std::vector<Node *> &nodes) {
  std::vector<std::string> out;
  for (Node *node : nodes) out.push_back(node->name);
  return out;
}

Ref<Specs> specs_of(const Inferred &inferred, const std::vector<std::string> &names,
                    const std::vector<Entry> &entries) {
  auto specs = make_ref<Specs>();
  for (size_t k = 0; k < names.size(); ++k) {
    const TensorSpec &spec = inferred.of(entries[k]);
    specs->items.push_back({names[k], *spec.shape, *spec.dtype});
  }
  return specs;
}

std::vector<Entry> entries_of(const std::vector<Node *> &nodes) {
  std::vector<Entry> out;
  for (Node *node : nodes) out.push_back({Ref<Node>::share(node), 0});
  return out;
}

Node &first_node(const cermet_symbol *symbol) { return *object(symbol).outputs.front().node; }
}  // namespace

cermet_status cermet_symbol_variable(const char *name, cermet_symbol **out) {
  CERMET_ENTER(name, out);
  if (!*name) throw Error(Status::invalid_argument, "name", "got an empty name");
  put(out, make_ref<Symbol>(std::vector<Entry>{{make_ref<Node>(text_of(name, "name")), 0}}));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_apply(const cermet_def *def, const cermet_attrs *attrs, const char *name,
                                  cermet_symbol *const *inputs, int32_t num_inputs, cermet_symbol **out) {
  CERMET_ENTER(def, out);
  const Definition &definition = object(def);
  if (definition.kind != Kind::op && definition.kind != Kind::layer) definition_of(def, Kind::op);
  check_count(num_inputs, "num_inputs");
  if (num_inputs > 0 && !inputs) fail_null("inputs");
  std::vector<Entry> entries;
  for (int32_t k = 0; k < num_inputs; ++k) {
    if (!inputs[k]) {
      entries.emplace_back();
      continue;
    }
    if (!usable(inputs[k])) refuse(inputs[k], cat("inputs[", k, "]"));
    const auto &outputs = object(inputs[k]).outputs;
    if (num_inputs > 1 && outputs.size() != 1)
      throw Error(Status::invalid_argument, cat("inputs[", k, "]"), "got a symbol with ", outputs.size(),
                  " outputs; want 1");
    entries.insert(entries.end(), outputs.begin(), outputs.end());
  }
  put(out,
      make_ref<Symbol>(apply(definition, attr_list_of(definition, attrs), name ? text_of(name, "name") : "", entries)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_group(cermet_symbol *const *symbols, int32_t num_symbols, cermet_symbol **out) {
  CERMET_ENTER(symbols, out);
  if (num_symbols < 1) throw Error(Status::invalid_argument, "num_symbols", "got ", num_symbols, "; want at least 1");
  std::vector<Entry> entries;
  for (int32_t k = 0; k < num_symbols; ++k) {
    if (!usable(symbols[k])) refuse(symbols[k], cat("symbols[", k, "]"));
    const auto &outputs = object(symbols[k]).outputs;
    entries.insert(entries.end(), outputs.begin(), outputs.end());
  }
  put(out, make_ref<Symbol>(std::move(entries)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_num_outputs(const cermet_symbol *symbol, int32_t *out) {
  CERMET_ENTER(symbol, out);
  *out = static_cast<int32_t>(object(symbol).outputs.size());
  CERMET_LEAVE();
}

cermet_status cermet_symbol_output(const cermet_symbol *symbol, int32_t index, cermet_symbol **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Symbol>(std::vector<Entry>{element_at(object(symbol).outputs, index)}));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_internals(const cermet_symbol *symbol, cermet_symbol **out) {
  CERMET_ENTER(symbol, out);
  std::vector<Entry> entries;
  for (Node *node : topological_order(object(symbol).outputs))
    for (int k = 0; k < node->num_outputs(); ++k)
      if (node->is_variable() || !node->op->hides(node->attrs.get(), k)) entries.push_back({Ref<Node>::share(node), k});
  put(out, make_ref<Symbol>(std::move(entries)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_name(const cermet_symbol *symbol, const char **out) {
  CERMET_ENTER(symbol, out);
  *out = first_node(symbol).name.c_str();
  CERMET_LEAVE();
}

cermet_status cermet_symbol_arguments(const cermet_symbol *symbol, cermet_strings **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Strings>(names_of_nodes(list_variables(object(symbol).outputs).arguments)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_auxiliary_states(const cermet_symbol *symbol, cermet_strings **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Strings>(names_of_nodes(list_variables(object(symbol).outputs).auxiliary_states)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_outputs(const cermet_symbol *symbol, cermet_strings **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Strings>(output_names(object(symbol).outputs)));
  CERMET_LEAVE();
}

CERMET_SAME(CERMET_VARIABLE_DATA, Role::data);
CERMET_SAME(CERMET_VARIABLE_PARAMETER, Role::parameter);
CERMET_SAME(CERMET_VARIABLE_LABEL, Role::label);
CERMET_SAME(CERMET_VARIABLE_STATE, Role::state);

cermet_status cermet_symbol_role(const cermet_symbol *symbol, const char *name, cermet_variable_role *out) {
  CERMET_ENTER(symbol, name, out);
  std::map<std::string, Role> roles = variable_roles(object(symbol).outputs);
  auto found = roles.find(name);
  if (found == roles.end()) {
    std::vector<std::string> known;
    for (const auto &entry : roles) known.push_back(entry.first);
    throw Error(Status::not_found, "name", "got ", quoted(name), "; want a variable of the symbol",
                suggestion(name, known));
  }
  *out = static_cast<cermet_variable_role>(found->second);
  CERMET_LEAVE();
}

cermet_status cermet_symbol_loss_is_mean(const cermet_symbol *symbol, int32_t *out) {
  CERMET_ENTER(symbol, out);
  *out = loss_is_mean(object(symbol).outputs);
  CERMET_LEAVE();
}

cermet_status cermet_symbol_set_attribute(cermet_symbol *symbol, const char *key, const char *value) {
  CERMET_ENTER(symbol, key, value);
  std::string name = text_of(key, "key");
  if (name.size() < 5 || name.substr(0, 2) != "__" || name.substr(name.size() - 2) != "__")
    throw Error(Status::invalid_argument, "key", "got ", quoted(name), "; want a name of the form __x__");
  first_node(symbol).user_attrs[name] = text_of(value, "value");
  CERMET_LEAVE();
}

cermet_status cermet_symbol_attribute(const cermet_symbol *symbol, const char *key, const char **out) {
  CERMET_ENTER(symbol, key, out);
  const auto &attributes = first_node(symbol).user_attrs;
  auto found = attributes.find(key);
  if (found == attributes.end())
    throw Error(Status::not_found, "key", "node ", quoted(first_node(symbol).name), " has no attribute ", quoted(key));
  *out = found->second.c_str();
  CERMET_LEAVE();
}

cermet_status cermet_symbol_infer(const cermet_symbol *symbol, const cermet_specs *known, cermet_specs **out_arguments,
                                  cermet_specs **out_outputs, cermet_specs **out_auxiliary_states) {
  CERMET_ENTER(symbol, known);
  const auto &outputs = object(symbol).outputs;
  Inferred inferred = infer(outputs, named_specs(object(known)), false);
  Variables variables = list_variables(outputs);
  auto arguments = specs_of(inferred, names_of_nodes(variables.arguments), entries_of(variables.arguments));
  auto results = specs_of(inferred, output_names(outputs), outputs);
  auto states = specs_of(inferred, names_of_nodes(variables.auxiliary_states), entries_of(variables.auxiliary_states));
  if (out_arguments) put(out_arguments, std::move(arguments));
  if (out_outputs) put(out_outputs, std::move(results));
  if (out_auxiliary_states) put(out_auxiliary_states, std::move(states));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_gradient(const cermet_symbol *symbol, const char *const *names, int32_t num_names,
                                     cermet_symbol **out) {
  CERMET_ENTER(symbol, names, out);
  const auto &outputs = object(symbol).outputs;
  std::vector<Node *> arguments = list_variables(outputs).arguments;
  std::vector<std::string> known = names_of_nodes(arguments);
  std::vector<Entry> wanted;
  for (const std::string &name : names_of(names, num_names)) {
    auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end())
      throw Error(Status::not_found, "names", "got ", quoted(name), "; want an argument of the symbol",
                  suggestion(name, known));
    wanted.push_back({Ref<Node>::share(arguments[static_cast<size_t>(found - known.begin())]), 0});
  }
  if (wanted.empty()) throw Error(Status::invalid_argument, "num_names", "got 0; want at least 1");
  std::vector<Entry> grads = gradient(outputs, std::vector<Entry>(outputs.size()), wanted);
  for (size_t k = 0; k < grads.size(); ++k)
    if (!grads[k]) grads[k] = apply_op("zeros_like", {wanted[k]});
  put(out, make_ref<Symbol>(std::move(grads)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_mixed_precision(const cermet_symbol *symbol, cermet_dtype dtype, cermet_symbol **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Symbol>(mixed_precision(object(symbol).outputs, dtype_of_code(dtype))));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_to_json(const cermet_symbol *symbol, cermet_bytes **out) {
  CERMET_ENTER(symbol, out);
  put(out, make_ref<Bytes>(to_json(object(symbol).outputs)));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_from_json(const char *json, int64_t nbytes, cermet_symbol **out) {
  CERMET_ENTER(json, out);
  put(out, make_ref<Symbol>(from_json(std::string(bytes_of(json, nbytes)))));
  CERMET_LEAVE();
}

cermet_status cermet_symbol_describe(const cermet_symbol *symbol, const cermet_specs *known, cermet_bytes **out) {
  CERMET_ENTER(symbol, out);
  std::vector<NamedSpec> specs;
  if (known) specs = named_specs(object(known));
  put(out, make_ref<Bytes>(describe_graph(object(symbol).outputs, known ? &specs : nullptr)));
  CERMET_LEAVE();
}
