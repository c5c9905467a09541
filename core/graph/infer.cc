// SPDX-License-Identifier: Apache-2.0
#include "graph/infer.h"

#include "graph/compose.h"
#include "graph/symbol.h"

namespace cermet {

namespace {

void check_dtypes(const Definition &op, const InferContext &context) {
  for (int k = 0; k < context.num_inputs(); ++k) {
    if (!context.known(k)) continue;
    DTypeSet wanted = op.inputs[std::min(static_cast<size_t>(k), op.inputs.size() - 1)].dtypes;
    if (contains(wanted, context.dtype(k))) continue;
    std::string want;
    append_set(want, wanted);
    throw Error(Status::dtype, context.input_name(k), "got ", context.dtype(k), "; want one of ", want);
  }
}

// A composite without inference of its own: what its inner graph says.
std::vector<TensorSpec> infer_composition(const Definition &op, const Attrs &attrs,
                                          const std::vector<TensorSpec *> &inputs, bool train) {
  std::vector<Entry> stand_ins;
  std::vector<NamedSpec> known;
  for (size_t k = 0; k < inputs.size(); ++k) {
    if (!inputs[k]) {
      stand_ins.emplace_back();
      continue;
    }
    std::string name = cat("input", k);
    stand_ins.push_back({make_ref<Node>(name), 0});
    known.push_back({name, *inputs[k]});
  }
  std::vector<Entry> outputs = compose(op, attrs, op.name, stand_ins);
  Inferred inner = infer(outputs, known, train);
  for (size_t k = 0; k < inputs.size(); ++k) {
    if (!inputs[k]) continue;
    auto found = inner.specs.find(stand_ins[k].node.get());
    if (found != inner.specs.end()) *inputs[k] = found->second[0];
  }
  std::vector<TensorSpec> out;
  for (const Entry &entry : outputs) out.push_back(inner.of(entry));
  return out;
}

}  // namespace

std::vector<TensorSpec> infer_op(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec *> &inputs,
                                 bool train) try {
  std::vector<TensorSpec> outputs(static_cast<size_t>(op.num_outputs(attrs.get(), static_cast<int>(inputs.size()))));
  InferContext context(op, inputs, outputs, train);
  check_dtypes(op, context);
  if (!op.infer) return infer_composition(op, attrs, inputs, train);
  op.infer(context, attrs.get());
  check_dtypes(op, context);
  return outputs;
} catch (Error &error) {
  error.at_op(op.name);
  throw;
}

namespace {

// Shape and dtype that a variable's own attributes state ("__shape__", "__dtype__"), where they are whole.
TensorSpec stated_spec(const Node &variable) {
  TensorSpec spec;
  if (auto found = variable.user_attrs.find("__shape__"); found != variable.user_attrs.end()) {
    AttrValue value = parse_attr(AttrType::integers, found->second);
    Shape shape;
    for (int64_t dim : *value.get_if<std::vector<int64_t>>()) shape.push_back(dim);
    bool whole = shape.ndim() > 0;
    for (int64_t dim : shape) whole = whole && dim > 0;  // 0 and -1 mean unknown
    if (whole) spec.shape = shape;
  }
  if (auto found = variable.user_attrs.find("__dtype__"); found != variable.user_attrs.end()) {
    AttrValue value = parse_attr(AttrType::integer, found->second);
    auto code = static_cast<int>(*value.get_if<int64_t>());
    if (is_dtype(code)) spec.dtype = static_cast<DType>(code);
  }
  return spec;
}

}  // namespace

Inferred infer(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known, bool train) {
  Inferred result;
  result.order = topological_order(outputs);
  std::unordered_map<std::string, const TensorSpec *> by_name;
  for (const NamedSpec &spec : known) by_name[spec.name] = &spec.spec;
  for (Node *node : result.order) {
    auto &specs = result.specs[node];
    specs.resize(static_cast<size_t>(node->num_outputs()));
    if (!node->is_variable()) continue;
    specs[0] = stated_spec(*node);
    auto found = by_name.find(node->name);
    if (found == by_name.end()) continue;
    if (found->second->shape) specs[0].shape = found->second->shape;
    if (found->second->dtype) specs[0].dtype = found->second->dtype;
  }
  // Inputs come before their users, so one pass settles everything that follows forward, parameters included.
  for (Node *node : result.order) {
    if (node->is_variable()) continue;
    std::vector<TensorSpec *> inputs;
    bool ready = true;
    for (size_t slot = 0; slot < node->inputs.size(); ++slot) {
      const Entry &entry = node->inputs[slot];
      if (!entry) {
        inputs.push_back(nullptr);
        continue;
      }
      TensorSpec &spec = result.specs[entry.node.get()][static_cast<size_t>(entry.index)];
      if (node->input_def(slot).role == Role::data) {
        if (entry.node->is_variable() && spec.shape && !spec.dtype) spec.dtype = DType::float32;
        ready = ready && spec.complete();
      }
      inputs.push_back(&spec);
    }
    if (!ready) continue;
    try {
      result.specs[node] = infer_op(*node->op, node->attrs, inputs, train);
    } catch (Error &error) {
      error.at_node(node->name);
      throw;
    }
  }
  std::vector<std::string> missing;
  for (Node *node : result.order) {
    if (!node->is_variable()) continue;
    TensorSpec &spec = result.specs[node][0];
    if (!spec.shape) missing.push_back(node->name);
    if (!spec.dtype) spec.dtype = DType::float32;
  }
  if (!missing.empty()) {
    bool many = missing.size() > 10;
    size_t count = missing.size();
    if (many) missing.resize(10);
    throw Error(Status::shape, "known", "too little is known to infer the shape of ", join(missing, ", "),
                many ? cat(" and ", count - 10, " more") : "");
  }
  return result;
}

}  // namespace cermet
