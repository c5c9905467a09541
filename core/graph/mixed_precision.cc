// SPDX-License-Identifier: Apache-2.0
#include "graph/mixed_precision.h"

#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "graph/compose.h"
#include "graph/rewrite.h"

namespace cermet {

namespace {

// What is known of a value: it has the dtype that it had, either, or the narrow one.
enum class Width { unchanged, either, narrow };

class Converter {
 public:
  explicit Converter(DType dtype) : dtype_(dtype) {}

  std::optional<std::vector<Entry>> convert(Node &node, const std::vector<Entry> &given) {
    if (node.is_variable() || node.op->name == "amp_multicast") return std::nullopt;
    std::vector<size_t> slots = slots_of(node, given);
    std::vector<Entry> inputs = given;
    Width width = adapt(node, slots, inputs);
    if (inputs == node.inputs && (width == Width::unchanged || is_cast(node))) return std::nullopt;
    Ref<Node> made = on_inputs(node, inputs);
    widths_.emplace(made.get(), width);
    std::vector<Entry> out;
    for (int k = 0; k < made->num_outputs(); ++k) out.push_back({made, k});
    return out;
  }

  // As the graph had it. The name goes with the output, not with the node behind it.
  Entry restored(const Entry &entry) {
    auto made = widths_.find(entry.node.get());
    if (made == widths_.end() || made->second == Width::unchanged) return entry;
    Entry out = cast(entry, DType::float32);
    Node &node = *entry.node;
    if (!named_.insert(out.node.get()).second) return out;
    out.node->name = node.num_outputs() == 1 ? node.name : output_name(node, entry.index);
    if (node.num_outputs() == 1) node.name += cat("_", dtype_);
    return out;
  }

 private:
  // The inputs whose dtypes have to agree.
  static std::vector<size_t> slots_of(const Node &node, const std::vector<Entry> &inputs) {
    std::vector<size_t> slots;
    for (size_t slot = 0; slot < inputs.size(); ++slot) {
      const InputDef &def = node.input_def(slot);
      if (inputs[slot] && !def.shape_only && !def.index && !def.has_own_dtype() && def.role != Role::label &&
          def.role != Role::state)
        slots.push_back(slot);
    }
    return slots;
  }

  // Casts the inputs; the width of what the node makes of them.
  Width adapt(const Node &node, const std::vector<size_t> &slots, std::vector<Entry> &inputs) {
    switch (node.op->precision) {
      case Precision::narrow:
        for (size_t slot : slots) narrow(inputs[slot]);
        return Width::narrow;
      case Precision::wide:
        for (size_t slot : slots)
          if (width_of(inputs[slot]) != Width::unchanged) inputs[slot] = cast(inputs[slot], DType::float32);
        return Width::unchanged;
      case Precision::own:
        if (is_cast(node)) return width_of_cast(node);
        for (size_t slot : slots)
          if (width_of(inputs[slot]) != Width::unchanged) return Width::either;
        return Width::unchanged;
      default:
        return adapt_to_widest(node, slots, inputs);
    }
  }

  Width adapt_to_widest(const Node &node, const std::vector<size_t> &slots, std::vector<Entry> &inputs) {
    std::vector<size_t> values;  // parameters follow them
    for (size_t slot : slots)
      if (node.input_def(slot).role != Role::parameter) values.push_back(slot);
    if (values.empty()) values = slots;
    bool all_narrow = !values.empty(), all_unchanged = true, joined = true;
    for (size_t slot : values) {
      Width width = width_of(inputs[slot]);
      all_narrow = all_narrow && width == Width::narrow;
      all_unchanged = all_unchanged && width == Width::unchanged;
      joined = joined && inputs[slot].node == inputs[values[0]].node;
    }
    if (all_unchanged) return Width::unchanged;
    if (all_narrow) {
      for (size_t slot : slots) narrow(inputs[slot]);
      return Width::narrow;
    }
    bool done = values.size() == 1 || (joined && inputs[values[0]].node->op->name == "amp_multicast");
    if (!done) join(values, inputs);
    for (size_t slot : slots)
      if (node.input_def(slot).role == Role::parameter && inputs[slot].node->is_variable())
        inputs[slot] = apply_op("cast_like", {inputs[slot], inputs[values[0]]}, {}, inputs[slot].node->name + "_cast");
    return Width::either;
  }

  // All in the widest dtype of them, which is known when shapes are.
  void join(const std::vector<size_t> &slots, std::vector<Entry> &inputs) {
    std::vector<Entry> apart;
    for (size_t slot : slots) apart.push_back(inputs[slot]);
    Entry joined = apply_op("amp_multicast", apart, {{"num_outputs", static_cast<int64_t>(apart.size())}},
                            cat(output_name(*apart[0].node, apart[0].index), "_widest", ++num_joined_));
    widths_.emplace(joined.node.get(), Width::either);
    for (size_t k = 0; k < slots.size(); ++k) inputs[slots[k]] = {joined.node, static_cast<int>(k)};
  }

  Width width_of(const Entry &entry) const {
    const Node &node = *entry.node;
    auto made = widths_.find(&node);
    if (made != widths_.end()) return made->second;
    if (node.is_variable()) return Width::unchanged;
    if (node.op->name == "amp_multicast") return Width::either;
    return is_cast(node) ? width_of_cast(node) : Width::unchanged;
  }

  static bool is_cast(const Node &node) { return node.op->name == "amp_cast" || node.op->name == "cast"; }
  Width width_of_cast(const Node &node) const {
    return node.op->find_attr("dtype")->load(node.attrs.get()) == AttrValue(dtype_) ? Width::narrow : Width::unchanged;
  }

  void narrow(Entry &entry) {
    if (width_of(entry) != Width::narrow) entry = cast(entry, dtype_);
  }

  Entry cast(const Entry &entry, DType dtype) {
    Entry &made = casts_[{entry.node.get(), entry.index, dtype}];
    if (!made)
      made = apply_op("amp_cast", {entry}, {{"dtype", dtype}}, cat(output_name(*entry.node, entry.index), "_", dtype));
    return made;
  }

  const DType dtype_;
  std::unordered_map<const Node *, Width> widths_;  // of nodes made here
  std::map<std::tuple<Node *, int, DType>, Entry> casts_;
  std::set<const Node *> named_;  // casts that have an output's name
  int num_joined_ = 0;
};

}  // namespace

std::vector<Entry> mixed_precision(const std::vector<Entry> &outputs, DType dtype) {
  if (dtype != DType::float16 && dtype != DType::bfloat16)
    throw Error(Status::invalid_argument, "dtype", "got ", dtype, "; want float16 or bfloat16");
  Converter converter(dtype);
  std::vector<Entry> out =
      rewrite(outputs, [&](Node &node, const std::vector<Entry> &inputs) { return converter.convert(node, inputs); });
  for (Entry &entry : out) entry = converter.restored(entry);
  return out;
}

}  // namespace cermet
