// SPDX-License-Identifier: Apache-2.0
#include "runtime/fold_batch_norm.h"

#include <map>
#include <unordered_map>

#include "graph/compose.h"
#include "graph/rewrite.h"

namespace cermet {

namespace {

class Folder {
 public:
  Folder(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &variables, Remarks &remarks)
      : remarks_(remarks) {
    for (const NamedSpec &variable : variables) dtypes_.emplace(variable.name, variable.spec.dtype);
    for (const Entry &entry : outputs) count(entry);
    for (Node *node : topological_order(outputs))
      for (const Entry &entry : node->inputs) count(entry);
  }

  std::optional<std::vector<Entry>> operator()(Node &node, const std::vector<Entry> &inputs) {
    if (node.is_variable() || node.op->name != "batch_norm") return std::nullopt;
    const char *refusal = refusal_of(node);
    remarks_.add("fold_batch_norm", refusal ? refusal : "folded into the layer before it", node.name);
    if (refusal) return std::nullopt;
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

  // Why a batch normalisation stays; null if it is folded. float32 or float64 and the same for all, so that the
  // arithmetic of folding is that of the layer.
  const char *refusal_of(const Node &node) const {
    if (attr<int64_t>(node, "axis") != 1) return "not folded: its axis is not 1";
    for (size_t output = 1; output < static_cast<size_t>(node.num_outputs()); ++output)
      if (uses(&node, output)) return "not folded: its mean or variance is used";
    const Node &layer = *node.inputs[kData].node;
    bool dense = !layer.is_variable() && layer.op->name == "fully_connected" && attr<bool>(layer, "flatten");
    if (layer.is_variable() || (layer.op->name != "convolution" && !dense))
      return "not folded: no convolution or fully connected layer before it";
    if (uses(&layer, 0) != 1) return "not folded: the output of the layer before it is used elsewhere, too";
    std::optional<DType> dtype = dtype_of(layer.inputs[kWeight]);
    bool known = dtype == DType::float32 || dtype == DType::float64;
    if (layer.inputs.size() > kBias && layer.inputs[kBias]) known = known && dtype_of(layer.inputs[kBias]) == dtype;
    for (size_t slot = kGamma; slot <= kVariance; ++slot) known = known && dtype_of(node.inputs[slot]) == dtype;
    return known ? nullptr
                 : "not folded: its parameters or the layer's are computed, or not of one dtype of 32 or 64 bits";
  }
  std::optional<DType> dtype_of(const Entry &entry) const {
    auto found = entry.node->is_variable() ? dtypes_.find(entry.node->name) : dtypes_.end();
    return found == dtypes_.end() ? std::nullopt : found->second;
  }

  std::map<std::string, std::optional<DType>> dtypes_;       // of variables
  std::unordered_map<const Node *, std::vector<int>> uses_;  // of each output
  Remarks &remarks_;
};

}  // namespace

std::vector<Entry> fold_batch_norm(const std::vector<Entry> &outputs, const std::vector<NamedSpec> &variables,
                                   Remarks &remarks) {
  Folder folder(outputs, variables, remarks);
  return rewrite(outputs, [&](Node &node, const std::vector<Entry> &inputs) { return folder(node, inputs); });
}

}  // namespace cermet
