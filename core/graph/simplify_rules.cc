// SPDX-License-Identifier: Apache-2.0
// Exact algebra: each rule gives the bits that the operators give. So x * 1 is x, but x + 0 is not (-0 + 0 is 0), nor
// is x * 0 zero. A new rule is a function and a row of the table at the end.
#include "graph/simplify_rules.h"

#include <algorithm>
#include <unordered_map>

#include "graph/compose.h"
#include "graph/rewrite.h"
#include "schema/exact.h"
#include "schema/registry.h"

namespace cermet {

namespace {

using Site = RewriteSite;
using Made = std::vector<Entry>;

// The node that makes the first input, if it is one of `op` and this is its first output.
const Node *before(const Site &site, const char *op) {
  const Node *maker = site.maker(site.inputs[0]);
  return maker && site.inputs[0].index == 0 && maker->op->name == op ? maker : nullptr;
}

Made input(const Site &site) { return {site.inputs[0]}; }
Made only_input(const Site &site) { return site.inputs.size() == 1 ? input(site) : Made{}; }

// --- numbers ----------------------------------------------------------------
template <int kNumber>
Made by_number(const Site &site) {
  bool holds = is_float(site.in_dtype(0)) && exactly_equal(attr<double>(site.node, "scalar"), double{kNumber});
  return holds ? input(site) : Made{};
}
// -0 is the zero that adds nothing.
Made add_minus_zero(const Site &site) {
  return is_float(site.in_dtype(0)) && exactly_equal(attr<double>(site.node, "scalar"), -0.0) ? input(site) : Made{};
}

Made undo(const Site &site) {
  const Node *first = before(site, site.node.op->name.c_str());
  return first ? Made{first->inputs[0]} : Made{};
}
Made repeat(const Site &site) { return before(site, site.node.op->name.c_str()) ? input(site) : Made{}; }

// --- dtypes -----------------------------------------------------------------
Made same_dtype(const Site &site) { return site.in_dtype(0) == site.out().dtype ? input(site) : Made{}; }

// Whether every number of `narrow` is one of `wide`.
bool widens(DType narrow, DType wide) {
  static const std::pair<DType, DTypeSet> table[] = {
      {DType::float16, dtype_bit(DType::float32) | dtype_bit(DType::float64)},
      {DType::bfloat16, dtype_bit(DType::float32) | dtype_bit(DType::float64)},
      {DType::float32, dtype_bit(DType::float64)},
      {DType::int8, dtype_bit(DType::int32) | dtype_bit(DType::int64) | dtype_bit(DType::float32)},
      {DType::uint8, dtype_bit(DType::int32) | dtype_bit(DType::int64) | dtype_bit(DType::float32)},
      {DType::int32, dtype_bit(DType::int64) | dtype_bit(DType::float64)},
  };
  for (const auto &[dtype, wider] : table)
    if (dtype == narrow) return contains(wider, wide);
  return false;
}

Made cast_back(const Site &site) {
  const Node *maker = site.maker(site.inputs[0]);
  if (!maker || (maker->op->name != "cast" && maker->op->name != "amp_cast" && maker->op->name != "cast_like"))
    return {};
  const Entry &first = maker->inputs[0];
  DType from = *site.specs.of(first).dtype;
  return from == site.out().dtype && widens(from, site.in_dtype(0)) ? Made{first} : Made{};
}

// --- shapes -----------------------------------------------------------------
Made same_shape(const Site &site) { return site.in_shape(0) == *site.out().shape ? input(site) : Made{}; }

constexpr const char *kReshapes[] = {"reshape", "reshape_like", "flatten", "expand_dims", "squeeze"};

Entry reshaped(const Site &site, const Entry &data) {
  const Shape &to = *site.out().shape;
  if (site.shape_of(data) == to) return data;
  return apply_op("reshape", {data}, {{"shape", to}}, site.node.name);
}
// In a reshape's attribute 0 is no size.
bool can_reshape(const Shape &to) { return to.ndim() > 0 && to.numel() > 0; }

Made reshape_of_reshape(const Site &site) {
  const Node *maker = site.maker(site.inputs[0]);
  auto is_reshape = [&](const char *name) { return maker->op->name == name; };
  if (!maker || std::none_of(std::begin(kReshapes), std::end(kReshapes), is_reshape)) return {};
  const Entry &first = maker->inputs[0];
  return site.shape_of(first) == *site.out().shape || can_reshape(*site.out().shape) ? Made{reshaped(site, first)}
                                                                                     : Made{};
}

// For each axis of the result the axis of the input that it is; empty if the node does not reorder axes.
std::vector<int64_t> order_of(const Node &node, int ndim) {
  std::vector<int64_t> axes;
  if (node.op->name == "transpose") axes = attr<std::vector<int64_t>>(node, "axes");
  bool swaps = node.op->name == "swapaxes";
  if (!swaps && node.op->name != "transpose") return {};
  bool given = !axes.empty();
  for (int axis = 0; axis < ndim; ++axis) {
    if (given)
      axes[static_cast<size_t>(axis)] = normalize_axis(axes[static_cast<size_t>(axis)], ndim);
    else
      axes.push_back(swaps ? axis : ndim - 1 - axis);
  }
  auto axis = [&](const char *name) { return static_cast<size_t>(normalize_axis(attr<int64_t>(node, name), ndim)); };
  if (swaps) std::swap(axes[axis("dim1")], axes[axis("dim2")]);
  return axes;
}

// Two in a row are one; one that moves nothing but axes of size 1 is a reshape, or nothing at all.
Made transposes(const Site &site) {
  Entry data = site.inputs[0];
  std::vector<int64_t> order = order_of(site.node, site.in_shape(0).ndim());
  const Node *maker = site.maker(data);
  std::vector<int64_t> first = maker ? order_of(*maker, site.in_shape(0).ndim()) : std::vector<int64_t>();
  bool twice = !first.empty();
  if (twice) {
    data = maker->inputs[0];
    for (int64_t &axis : order) axis = first[static_cast<size_t>(axis)];
  }
  const Shape &shape = site.shape_of(data);
  std::vector<int64_t> moved;  // the axes that hold more than one element, as they come
  for (int64_t axis : order)
    if (shape[static_cast<size_t>(axis)] != 1) moved.push_back(axis);
  if (std::is_sorted(order.begin(), order.end())) return {data};
  if (std::is_sorted(moved.begin(), moved.end()) && can_reshape(shape)) return {reshaped(site, data)};
  if (!twice) return {};
  return {apply_op("transpose", {data}, {{"axes", order}}, site.node.name)};
}

// Operators that broadcast need no input that was stretched for them, where the other one has the whole shape.
Made stretched_input(const Site &site) {
  Made sides = site.inputs;
  bool any = false;
  for (size_t side : {0, 1}) {
    const Node *maker = site.maker(sides[side]);
    bool stretches = maker && (maker->op->name == "broadcast_like" || maker->op->name == "broadcast_to" ||
                               maker->op->name == "broadcast_axis");
    if (!stretches || !(site.shape_of(sides[1 - side]) == *site.out().shape)) continue;
    sides[side] = maker->inputs[0];
    any = true;
  }
  if (!any) return {};
  return {{on_inputs(site.node, sides), 0}};
}

// --- parts ------------------------------------------------------------------
// How a node joins or splits along an axis: "dim" or "axis", with a new axis for each part or without.
struct Parting {
  bool known = false, new_axis = false;
  int axis = 0;
};
Parting parting(const Node &node, const Shape &whole) {
  Parting out;
  const std::string &op = node.op->name;
  bool by_dim = op == "concat" || op == "split_like", by_axis = op == "stack" || op == "split" || op == "split_v2";
  if (!by_dim && !by_axis) return out;
  out.known = true;
  out.axis = normalize_axis(attr<int64_t>(node, by_dim ? "dim" : "axis"), whole.ndim());
  out.new_axis = op == "stack" || ((op == "split" || op == "split_v2") && attr<bool>(node, "squeeze_axis"));
  return out;
}
bool agree(const Parting &a, const Parting &b) {
  return a.known && b.known && a.axis == b.axis && a.new_axis == b.new_axis;
}
bool splits(const Node &node) {
  return node.op->name == "split" || node.op->name == "split_v2" || node.op->name == "split_like";
}

Made join_of_split(const Site &site) {
  const Node *maker = site.maker(site.inputs[0]);
  if (!maker || !splits(*maker) || static_cast<size_t>(maker->num_outputs()) != site.inputs.size()) return {};
  for (size_t k = 0; k < site.inputs.size(); ++k)
    if (site.inputs[k].node.get() != maker || site.inputs[k].index != static_cast<int>(k)) return {};
  const Entry &whole = maker->inputs[0];
  const Shape &shape = *site.out().shape;
  bool holds = site.shape_of(whole) == shape && agree(parting(site.node, shape), parting(*maker, shape));
  return holds ? Made{whole} : Made{};
}

Made split_of_join(const Site &site) {
  const Node *maker = site.maker(site.inputs[0]);
  if (!maker || splits(*maker) || maker->inputs.size() != static_cast<size_t>(site.node.num_outputs())) return {};
  const Shape &shape = site.in_shape(0);
  if (!agree(parting(site.node, shape), parting(*maker, shape))) return {};
  for (int k = 0; k < site.node.num_outputs(); ++k) {
    Entry part{Ref<Node>::share(const_cast<Node *>(&site.node)), k};
    if (!(site.shape_of(part) == site.shape_of(maker->inputs[static_cast<size_t>(k)]))) return {};
  }
  return maker->inputs;
}

// --- modes ------------------------------------------------------------------
Made dropout_in_prediction(const Site &site) {
  if (site.train || attr<std::string>(site.node, "mode") != "training") return {};
  return {site.inputs[0], {on_inputs(site.node, site.inputs), 1}};
}

constexpr SimplifyRule kTable[] = {
    {"identity", "copy left out", input},
    {"stop_gradient", "copy left out", input},
    {"make_loss", "copy left out", input},
    {"dropout", "dropout left out, since this predicts", dropout_in_prediction},
    {"add_n", "sum of one array left out", only_input},
    {"concat", "array joined with nothing", only_input},
    {"multiply_scalar", "factor of 1 left out", by_number<1>},
    {"divide_scalar", "divisor of 1 left out", by_number<1>},
    {"subtract_scalar", "subtraction of 0 left out", by_number<0>},
    {"add_scalar", "addition of -0 left out", add_minus_zero},
    {"negative", "double negation left out", undo},
    {"abs", "function of its own result left out", repeat},
    {"relu", "function of its own result left out", repeat},
    {"ceil", "function of its own result left out", repeat},
    {"floor", "function of its own result left out", repeat},
    {"round", "function of its own result left out", repeat},
    {"rint", "function of its own result left out", repeat},
    {"trunc", "function of its own result left out", repeat},
    {"fix", "function of its own result left out", repeat},
    {"sign", "function of its own result left out", repeat},
    {"cast", "cast to its own dtype left out", same_dtype},
    {"amp_cast", "cast to its own dtype left out", same_dtype},
    {"cast_like", "cast to its own dtype left out", same_dtype},
    {"cast", "cast that undoes a widening one left out", cast_back},
    {"amp_cast", "cast that undoes a widening one left out", cast_back},
    {"cast_like", "cast that undoes a widening one left out", cast_back},
    {"reshape", "reshape to its own shape left out", same_shape},
    {"reshape_like", "reshape to its own shape left out", same_shape},
    {"flatten", "reshape to its own shape left out", same_shape},
    {"squeeze", "reshape to its own shape left out", same_shape},
    {"reshape", "reshapes in a row made one", reshape_of_reshape},
    {"reshape_like", "reshapes in a row made one", reshape_of_reshape},
    {"flatten", "reshapes in a row made one", reshape_of_reshape},
    {"squeeze", "reshapes in a row made one", reshape_of_reshape},
    {"expand_dims", "reshapes in a row made one", reshape_of_reshape},
    {"transpose", "transposes that cancel, or make one, or a reshape", transposes},
    {"swapaxes", "transposes that cancel, or make one, or a reshape", transposes},
    {"broadcast_to", "broadcast to its own shape left out", same_shape},
    {"broadcast_like", "broadcast to its own shape left out", same_shape},
    {"broadcast_axis", "broadcast to its own shape left out", same_shape},
    {"reduce_like", "sum to its own shape left out", same_shape},
    {"add", "broadcast before an operator that broadcasts left out", stretched_input},
    {"subtract", "broadcast before an operator that broadcasts left out", stretched_input},
    {"multiply", "broadcast before an operator that broadcasts left out", stretched_input},
    {"divide", "broadcast before an operator that broadcasts left out", stretched_input},
    {"power", "broadcast before an operator that broadcasts left out", stretched_input},
    {"maximum", "broadcast before an operator that broadcasts left out", stretched_input},
    {"minimum", "broadcast before an operator that broadcasts left out", stretched_input},
    {"concat", "concat of what a split made left out", join_of_split},
    {"stack", "concat of what a split made left out", join_of_split},
    {"split", "split of what a concat made left out", split_of_join},
    {"split_v2", "split of what a concat made left out", split_of_join},
    {"split_like", "split of what a concat made left out", split_of_join},
};

}  // namespace

const std::vector<const SimplifyRule *> &simplify_rules(const Definition &op) {
  static const auto *by_op = [] {
    auto *out = new std::unordered_map<const Definition *, std::vector<const SimplifyRule *>>;
    for (const SimplifyRule &rule : kTable) (*out)[&find_op(rule.op)].push_back(&rule);
    return out;
  }();
  static const std::vector<const SimplifyRule *> none;
  auto found = by_op->find(&op);
  return found == by_op->end() ? none : found->second;
}

}  // namespace cermet
