// SPDX-License-Identifier: Apache-2.0
#include "graph/compose.h"

#include "schema/registry.h"

namespace cermet {

Entry apply_op(const std::string &op, const std::vector<Entry> &inputs, const AttrList &attrs,
               const std::string &node_name) {
  const Definition &def = find_op(op);
  std::vector<size_t> missing;
  Attrs values(def, with_count(def, attrs, inputs.size()));
  std::vector<Entry> slots = place_inputs(def, values, inputs, missing);
  if (!missing.empty()) throw Error(Status::internal, def.inputs[missing[0]].name, "is missing").at_op(def.name);
  return {make_ref<Node>(def, std::move(values), std::move(slots), node_name.empty() ? op : node_name), 0};
}

namespace {
// Variables for what is missing and may be made.
void make_variables(const Definition &def, const std::string &name, const std::vector<size_t> &missing,
                    std::vector<Entry> &slots) {
  for (size_t slot : missing) {
    const InputDef &input = def.inputs[slot];
    if (input.role == Role::data)
      throw Error(Status::invalid_argument, input.name, "is missing; want a symbol").at_op(def.name);
    slots[slot] = {make_ref<Node>(name + "_" + input.name), 0};
  }
}

std::vector<Entry> visible_outputs(const Ref<Node> &node) {
  std::vector<Entry> out;
  for (int k = 0; k < node->num_outputs(); ++k)
    if (!node->op->hides(node->attrs.get(), k)) out.push_back({node, k});
  return out;
}
}  // namespace

std::vector<Entry> apply(const Definition &def, const AttrList &attrs, std::string name,
                         const std::vector<Entry> &inputs) {
  if (name.empty()) name = unique_name(def.name);
  Attrs values(def, with_count(def, attrs, inputs.size()));
  std::vector<size_t> missing;
  std::vector<Entry> slots = place_inputs(def, values, inputs, missing);
  make_variables(def, name, missing, slots);
  if (def.kind == Kind::layer) return compose(def, values, name, slots);
  return visible_outputs(make_ref<Node>(def, std::move(values), std::move(slots), name));
}

Entry ComposeContext::apply(const std::string &op, const std::vector<Entry> &inputs, const AttrList &attrs,
                            const std::string &suffix) {
  return cermet::apply(find_op(op), attrs, suffix.empty() ? name_ : name_ + "_" + suffix, inputs).front();
}

std::vector<Entry> compose(const Definition &def, const Attrs &attrs, const std::string &name,
                           const std::vector<Entry> &inputs) {
  ComposeContext context(name, inputs);
  try {
    def.compose(context, attrs.get());
  } catch (Error &error) {
    error.at_op(def.name);
    throw;
  }
  return context.outputs();
}

}  // namespace cermet
