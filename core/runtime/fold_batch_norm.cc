// SPDX-License-Identifier: Apache-2.0
#include "runtime/fold_batch_norm.h"

#include <map>
#include <unordered_map>

#include "graph/compose.h"
#include "graph/rewrite.h"

namespace cermet {

namespace {

AttrValue attr(const Node &node, const char *name) { return node.op->find_attr(name)->load(node.attrs.get()); }
template <class T>
T attr(const Node &node, const char *name) {
  return *attr(node, name).get_if<T>();
}

class Folder {
 public:
  Folder(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &variables) {
    for (const NamedSpec &variable : variables) dtypes_.emplace(variable.name, variable.spec.dtype);
    for (const Entry &entry : outputs) count(entry);
    for (Node *node : topological_order(outputs))
      for (const Entry &entry : node->inputs) count(entry);
  }

  std::optional<std::vector<Entry>> operator()(Node &node, const std::vector<Entry> &inputs) const {
    if (!foldable(node)) return std::nullopt;
    // As the graph is now: the layer's own input may have been folded before.
    Node &layer = *inputs[kData].node;
    auto make = [&](const char *op, const std::vector<Entry> &of, const AttrList &attrs = {}) {
      return apply_op(op, of, attrs, layer.name + "_fold");
    };
    Entry factor = make("rsqrt", {make("add_scalar", {inputs[kVariance]}, {{"scalar", attr(node, "eps")}})});
    if (!attr<bool>(node, "fix_gamma")) factor = make("multiply", {inputs[kGamma], factor});
    Entry mean = inputs[kMean];
    if (layer.inputs.size() > kBias && layer.inputs[kBias]) mean = make("subtract", {mean, layer.inputs[kBias]});
    Entry bias = make("subtract", {inputs[kBeta], make("multiply", {mean, factor})});
    std::vector<int64_t> column(1 + num_axes(layer), 1);
    column[0] = -1;
    Entry weight = make("multiply", {layer.inputs[kWeight], make("reshape", {factor}, {{"shape", column}})});
    AttrList attrs;
    for (const auto &given : layer.attrs.given())
      if (given.first != "no_bias") attrs.push_back(given);
    Entry folded = apply_op(layer.op->name, {layer.inputs[kData], weight, bias}, attrs, layer.name);
    return std::vector<Entry>(static_cast<size_t>(node.num_outputs()), folded);
  }

 private:
  enum LayerInput : size_t { kData, kWeight, kBias };
  enum NormInput : size_t { kGamma = 1, kBeta, kMean, kVariance };

  void count(const Entry &entry) {
    if (!entry) return;
    auto &uses = uses_[entry.node.get()];
    uses.resize(static_cast<size_t>(entry.node->num_outputs()));
    ++uses[static_cast<size_t>(entry.index)];
  }
  int uses(const Node *node, size_t output) const {
    auto found = uses_.find(node);
    return found == uses_.end() ? 0 : found->second[output];
  }

  // Axes of the weight after the first.
  static size_t num_axes(const Node &layer) {
    return layer.op->name == "convolution" ? 1 + attr<std::vector<int64_t>>(layer, "kernel").size() : 1;
  }

  // float32 or float64 and the same for all, so that the arithmetic of folding is that of the layer.
  bool foldable(const Node &node) const {
    if (node.is_variable() || node.op->name != "batch_norm" || attr<int64_t>(node, "axis") != 1) return false;
    for (size_t output = 1; output < static_cast<size_t>(node.num_outputs()); ++output)
      if (uses(&node, output)) return false;
    const Node &layer = *node.inputs[kData].node;
    if (layer.is_variable() || uses(&layer, 0) != 1) return false;
    bool dense = layer.op->name == "fully_connected" && attr<bool>(layer, "flatten");
    if (layer.op->name != "convolution" && !dense) return false;
    std::optional<DType> dtype = dtype_of(layer.inputs[kWeight]);
    if (dtype != DType::float32 && dtype != DType::float64) return false;
    if (layer.inputs.size() > kBias && layer.inputs[kBias] && dtype_of(layer.inputs[kBias]) != dtype) return false;
    for (size_t slot = kGamma; slot <= kVariance; ++slot)
      if (dtype_of(node.inputs[slot]) != dtype) return false;
    return true;
  }
  std::optional<DType> dtype_of(const Entry &entry) const {
    auto found = entry.node->is_variable() ? dtypes_.find(entry.node->name) : dtypes_.end();
    return found == dtypes_.end() ? std::nullopt : found->second;
  }

  std::map<std::string, std::optional<DType>> dtypes_;       // of variables
  std::unordered_map<const Node *, std::vector<int>> uses_;  // of each output
};

}  // namespace

std::vector<Entry> fold_batch_norm(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &variables) {
  Folder folder(outputs, variables);
  return rewrite(outputs, [&](Node &node, const std::vector<Entry> &inputs) { return folder(node, inputs); });
}

}  // namespace cermet
