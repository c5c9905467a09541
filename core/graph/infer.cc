// SPDX-License-Identifier: Apache-2.0
#include "graph/infer.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "graph/compose.h"
#include "graph/symbol.h"

namespace cermet {

namespace {

// True if all were known.
bool check_dtypes(const Definition &op, const InferContext &context) {
  bool all = true;
  for (int k = 0; k < context.num_inputs(); ++k) {
    if (!context.known(k)) {
      all = false;
      continue;
    }
    DTypeSet wanted = op.inputs[std::min(static_cast<size_t>(k), op.inputs.size() - 1)].dtypes;
    if (contains(wanted, context.dtype(k))) continue;
    std::string want;
    append_set(want, wanted);
    throw Error(Status::dtype, context.input_name(k), "got ", context.dtype(k), "; want one of ", want);
  }
  return all;
}

// A composite without inference of its own: what its inner graph says.
void infer_composition(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec *> &inputs, bool train,
                       std::vector<TensorSpec> &results) {
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
    const Node *stand_in = stand_ins[k].node.get();
    if (inner.specs.contains(stand_in)) *inputs[k] = inner.specs.at(stand_in)[0];
  }
  if (outputs.size() != results.size())
    throw Error(Status::internal, "", "its composition has ", outputs.size(), " outputs; want ", results.size());
  for (size_t k = 0; k < outputs.size(); ++k) results[k] = inner.of(outputs[k]);
}

}  // namespace

NodeSpecs::NodeSpecs(const std::vector<Node *> &nodes) : index_(nodes), first_{0} {
  first_.reserve(nodes.size() + 1);
  for (const Node *node : nodes) first_.push_back(first_.back() + static_cast<size_t>(node->num_outputs()));
  specs_.resize(first_.back());
}

void infer_op(const Definition &op, const Attrs &attrs, const std::vector<TensorSpec *> &inputs, bool train,
              std::vector<TensorSpec> &outputs) try {
  outputs.assign(static_cast<size_t>(op.num_outputs(attrs.get(), static_cast<int>(inputs.size()))), {});
  InferContext context(op, inputs, outputs, train);
  bool all_known = check_dtypes(op, context);
  if (!op.infer) return infer_composition(op, attrs, inputs, train, outputs);
  op.infer(context, attrs.get());
  if (!all_known) check_dtypes(op, context);
} catch (Error &error) {
  error.at_op(op.name);
  throw;
}

namespace {

// Shape and dtype that a variable's own attributes state ("__shape__", "__dtype__"), where they are whole.
TensorSpec stated_spec(const Node &variable) {
  TensorSpec spec;
  AttrValue dtype = stated(variable, "__dtype__", AttrType::integer);
  if (auto code = dtype.get_if<int64_t>(); code && std::in_range<int>(*code) && is_dtype(static_cast<int>(*code)))
    spec.dtype = static_cast<DType>(*code);
  AttrValue dims = stated(variable, "__shape__", AttrType::integers);
  if (auto values = dims.get_if<std::vector<int64_t>>()) {
    Shape shape;
    for (int64_t dim : *values) shape.push_back(dim);
    bool whole = shape.ndim() > 0;
    for (int64_t dim : shape) whole = whole && dim > 0;  // 0 and -1 mean unknown
    if (!whole) return spec;
    try {
      check_shape(shape, spec.dtype.value_or(DType::float32), "__shape__");
    } catch (Error &error) {
      error.at_node(variable.name);
      throw;
    }
    spec.shape = shape;
  }
  return spec;
}

// A change of dtype keeps the shape: what its reader wants of it, it wants of what it is made from.
void infer_through_casts(const std::vector<Node *> &order, NodeSpecs &specs) {
  for (size_t k = order.size(); k-- > 0;) {
    const Node &node = *order[k];
    if (node.is_variable() || (node.op->name != "amp_cast" && node.op->name != "cast_like")) continue;
    TensorSpec &made = specs.at(&node)[0];
    const Entry &from = node.inputs[0];
    TensorSpec &spec = specs.at(from.node.get())[static_cast<size_t>(from.index)];
    if (!spec.shape) spec.shape = made.shape;
  }
}

}  // namespace

Inferred infer(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &known, bool train) {
  Inferred result;
  result.order = topological_order(outputs);
  result.specs = NodeSpecs(result.order);
  std::unordered_map<std::string, const TensorSpec *> by_name;
  for (const NamedSpec &spec : known) by_name[spec.name] = &spec.spec;
  for (Node *node : result.order) {
    if (!node->is_variable()) continue;
    TensorSpec &spec = result.specs.at(node)[0];
    spec = stated_spec(*node);
    auto found = by_name.find(node->name);
    if (found == by_name.end()) continue;
    if (found->second->shape) spec.shape = found->second->shape;
    if (found->second->dtype) spec.dtype = found->second->dtype;
  }
  // Inputs come before their users, so one pass settles everything that follows forward, parameters included.
  std::vector<TensorSpec *> inputs;
  std::vector<TensorSpec> made;
  for (Node *node : result.order) {
    if (node->is_variable()) continue;
    inputs.clear();
    bool ready = true;
    for (size_t slot = 0; slot < node->inputs.size(); ++slot) {
      const Entry &entry = node->inputs[slot];
      if (!entry) {
        inputs.push_back(nullptr);
        continue;
      }
      TensorSpec &spec = result.specs.at(entry.node.get())[static_cast<size_t>(entry.index)];
      if (node->input_def(slot).role == Role::data) {
        if (entry.node->is_variable() && spec.shape && !spec.dtype) spec.dtype = DType::float32;
        ready = ready && spec.complete();
      }
      inputs.push_back(&spec);
    }
    if (!ready) continue;
    try {
      infer_op(*node->op, node->attrs, inputs, train, made);
    } catch (Error &error) {
      error.at_node(node->name);
      throw;
    }
    std::move(made.begin(), made.end(), result.specs.at(node).begin());
  }
  if (std::any_of(result.order.begin(), result.order.end(),
                  [&](Node *node) { return node->is_variable() && !result.specs.at(node)[0].shape; }))
    infer_through_casts(result.order, result.specs);
  std::vector<std::string> missing;
  for (Node *node : result.order) {
    if (!node->is_variable()) continue;
    TensorSpec &spec = result.specs.at(node)[0];
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
