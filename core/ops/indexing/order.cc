// SPDX-License-Identifier: Apache-2.0
// Order along an axis: sort, argsort, topk. Equal values keep their order; NaN comes last.
#include <cmath>
#include <numeric>

#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/lanes.h"
#include "ops/common/walk.h"
#include "ops/indexing/indices.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// An array around the axis; as one row where there is no axis.
struct Rows {
  int64_t outer, size, inner;
};
Rows rows_of(const Shape &shape, const std::optional<int64_t> &axis) {
  if (!axis) return {1, shape.numel(), 1};
  int at = normalize_axis(*axis, shape.ndim());
  return {shape.product(0, at), shape[static_cast<size_t>(at)], shape.product(at + 1, shape.ndim())};
}

// visit(row, order) for each row along the axis: where its values stand, in order; only the first `count` places
// matter.
template <class Visit>
void order_rows(const Tensor &in, const Rows &rows, bool ascending, int64_t count, Visit visit) {
  dispatch_lanes(in.dtype, [&](auto tag) {
    using L = typename decltype(tag)::type;
    std::vector<L> lanes(static_cast<size_t>(in.numel()));
    load_lanes(in.data, in.dtype, 0, in.numel(), lanes.data());
    parallel_for(rows.outer * rows.inner, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, rows.size)),
                 [&](int64_t begin, int64_t end) {
                   std::vector<int64_t> order(static_cast<size_t>(rows.size));
                   for (int64_t row = begin; row < end; ++row) {
                     const L *values = lanes.data() + row / rows.inner * rows.size * rows.inner + row % rows.inner;
                     auto before = [&](int64_t a, int64_t b) {
                       L x = values[a * rows.inner], y = values[b * rows.inner];
                       if (x != x || y != y) return x == x ? true : y == y ? false : a < b;
                       return x == y ? a < b : ascending ? x < y : x > y;
                     };
                     std::iota(order.begin(), order.end(), 0);
                     std::partial_sort(order.begin(), order.begin() + count, order.end(), before);
                     visit(row, order);
                   }
                 });
  });
}

// Element `k` of row `row` of an array whose axis has `size` elements.
int64_t place(const Rows &rows, int64_t size, int64_t row, int64_t k) {
  return (row / rows.inner * size + k) * rows.inner + row % rows.inner;
}

Shape axis_replaced(const Shape &shape, const std::optional<int64_t> &axis, int64_t count) {
  if (!axis) return Shape{count};
  Shape out = shape;
  out[static_cast<size_t>(normalize_axis(*axis, shape.ndim()))] = count;
  return out;
}

// f(out) fills `out` as numbers of its own dtype.
template <class F>
void with_output(const Tensor &out, F f) {
  dispatch(out.dtype, [&](auto tag) { f(out.as<typename decltype(tag)::type>()); });
}

struct SortAttrs {
  std::optional<int64_t> axis = -1;
  bool is_ascend = true;
  DType dtype = DType::float32;
};

enum class Return { both, indices, mask, value };  // in the order of MXNet's names

struct TopkAttrs {
  std::optional<int64_t> axis = -1;
  int64_t k = 1;
  Return ret_typ = Return::indices;
  bool is_ascend = false;
  DType dtype = DType::float32;

  int64_t count(const Shape &shape) const { return k < 1 ? rows_of(shape, axis).size : k; }
};

constexpr DTypeSet kIndexDTypes = (kFloats | kInts) & ~dtype_bit(DType::bfloat16) & ~dtype_bit(DType::int8);

void expect_index_dtype(DType dtype) {
  if (contains(kIndexDTypes, dtype)) return;
  std::string want;
  append_set(want, kIndexDTypes);
  throw Error(Status::dtype, "dtype", "got ", dtype, "; want one of ", want);
}

// Values of the rows' elements in order, the first `count` of them.
void put_values(const Tensor &in, const Rows &rows, bool ascending, int64_t count, const Tensor &out) {
  with_output(out, [&](auto *to) {
    auto *from = static_cast<decltype(to)>(in.data);
    order_rows(in, rows, ascending, count, [&](int64_t row, const std::vector<int64_t> &order) {
      for (int64_t k = 0; k < count; ++k)
        to[place(rows, count, row, k)] = from[place(rows, rows.size, row, order[static_cast<size_t>(k)])];
    });
  });
}

void put_indices(const Tensor &in, const Rows &rows, bool ascending, int64_t count, const Tensor &out) {
  with_output(out, [&](auto *to) {
    order_rows(in, rows, ascending, count, [&](int64_t row, const std::vector<int64_t> &order) {
      for (int64_t k = 0; k < count; ++k)
        to[place(rows, count, row, k)] = convert<std::remove_pointer_t<decltype(to)>>(order[static_cast<size_t>(k)]);
    });
  });
}

}  // namespace

CERMET_REGISTER(sort)(Registry &registry) {
  auto op = registry.op<SortAttrs>("sort", "indexing");
  op.doc("Values along an axis, in order.", "Equal values keep their order; NaN comes last.");
  op.alias("_npi_sort");
  op.input("data", "Values; any shape.", kNumbers);
  op.output("output");
  op.attr("axis", &SortAttrs::axis, "Axis to sort along; the flattened array where it is absent.").kind(AttrKind::axis);
  op.attr("is_ascend", &SortAttrs::is_ascend, "From small to large.");
  op.infer([](InferContext &c, const SortAttrs &a) {
    c.output(0, axis_replaced(c.shape(0), a.axis, rows_of(c.shape(0), a.axis).size), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const SortAttrs &a) {
    Rows rows = rows_of(c.in(0).shape, a.axis);
    put_values(c.in(0), rows, a.is_ascend, rows.size, c.out(0));
  });
  op.gradient([](GradientContext &g, const SortAttrs &a) {
    AttrList attrs = g.attrs();
    attrs.emplace_back("dtype", DType::int64);
    Entry order = g.apply("argsort", {g.input(0)}, attrs);
    g.set(0,
          g.apply("put_along_axis", {g.head(0), order, g.input(0)}, {{"axis", a.axis ? AttrValue(*a.axis) : None{}}}));
  });
  op.sample({{}, {{{2, 3}, {3, 1, 2, 4, 6, 5}}}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}});
}

CERMET_REGISTER(argsort)(Registry &registry) {
  auto op = registry.op<SortAttrs>("argsort", "indexing");
  op.precision(Precision::own);
  op.doc("Where the values along an axis stand, in order.",
         "Equal values keep their order; NaN comes last. Places count from 0.");
  op.alias("_npi_argsort");
  op.input("data", "Values; any shape.", kNumbers);
  op.output("output").index = true;
  op.attr("axis", &SortAttrs::axis, "Axis to sort along; the flattened array where it is absent.").kind(AttrKind::axis);
  op.attr("is_ascend", &SortAttrs::is_ascend, "From small to large.");
  op.attr("dtype", &SortAttrs::dtype, "Dtype of the places.");
  op.check([](const SortAttrs &a) { expect_index_dtype(a.dtype); });
  op.infer([](InferContext &c, const SortAttrs &a) {
    expect_holds_places(a.dtype, rows_of(c.shape(0), a.axis).size, "dtype");
    c.output(0, axis_replaced(c.shape(0), a.axis, rows_of(c.shape(0), a.axis).size), a.dtype);
  });
  op.kernel([](KernelContext &c, const SortAttrs &a) {
    Rows rows = rows_of(c.in(0).shape, a.axis);
    put_indices(c.in(0), rows, a.is_ascend, rows.size, c.out(0));
  });
  op.gradient(no_gradient<SortAttrs>);
  op.sample({{}, {{{2, 3}, {3, 1, 2, 4, 6, 5}}}, {{{2, 3}, {1, 2, 0, 0, 2, 1}}}}).check_gradient = false;
}

CERMET_REGISTER(topk)(Registry &registry) {
  auto op = registry.op<TopkAttrs>("topk", "indexing");
  op.precision(Precision::own);
  op.doc("The largest (or smallest) values along an axis: their places, the values, both, or a mask.",
         "Of equal values the first comes first; NaN comes last. Places count from 0.");
  op.alias("_npx_topk");
  op.input("data", "Values; any shape.", kNumbers);
  op.output("value", "The values found.").when = {"ret_typ", {"both", "value"}};
  auto &indices = op.output("indices", "Their places.");
  indices.index = true;
  indices.when = {"ret_typ", {"both", "indices"}};
  op.output("mask", "1 at the places found and 0 elsewhere; shape of data.").when = {"ret_typ", {"mask"}};
  op.attr("axis", &TopkAttrs::axis, "Axis to look along; the flattened array where it is absent.").kind(AttrKind::axis);
  op.attr("k", &TopkAttrs::k, "How many, at most all; all where it is less than 1.");
  op.choice("ret_typ", &TopkAttrs::ret_typ, {"both", "indices", "mask", "value"}, "Which outputs to return.");
  op.attr("is_ascend", &TopkAttrs::is_ascend, "The smallest instead of the largest.");
  op.attr("dtype", &TopkAttrs::dtype, "Dtype of the places.");
  op.check([](const TopkAttrs &a) { expect_index_dtype(a.dtype); });
  op.infer([](InferContext &c, const TopkAttrs &a) {
    const Shape &shape = c.shape(0);
    int64_t size = rows_of(shape, a.axis).size;
    if (a.k > size)
      throw Error(Status::invalid_argument, "k", "got ", a.k, "; want at most ", size, ", the length of the axis");
    if (a.ret_typ == Return::indices || a.ret_typ == Return::both) expect_holds_places(a.dtype, size, "dtype");
    Shape part = axis_replaced(shape, a.axis, a.count(shape));
    if (a.ret_typ == Return::mask) return c.output(0, shape, c.dtype(0));
    c.output(0, part, a.ret_typ == Return::indices ? a.dtype : c.dtype(0));
    if (a.ret_typ == Return::both) c.output(1, part, a.dtype);
  });
  op.kernel([](KernelContext &c, const TopkAttrs &a) {
    const Tensor &in = c.in(0);
    Rows rows = rows_of(in.shape, a.axis);
    int64_t count = a.count(in.shape);
    if (a.ret_typ == Return::mask) {
      fill(c.out(0), 0);
      with_output(c.out(0), [&](auto *to) {
        order_rows(in, rows, a.is_ascend, count, [&](int64_t row, const std::vector<int64_t> &order) {
          for (int64_t k = 0; k < count; ++k)
            to[place(rows, rows.size, row, order[static_cast<size_t>(k)])] =
                convert<std::remove_pointer_t<decltype(to)>>(int64_t{1});
        });
      });
      return;
    }
    if (a.ret_typ != Return::indices) put_values(in, rows, a.is_ascend, count, c.out(0));
    if (a.ret_typ != Return::value) put_indices(in, rows, a.is_ascend, count, c.out(a.ret_typ == Return::both ? 1 : 0));
  });
  op.gradient([](GradientContext &g, const TopkAttrs &a) {
    if ((a.ret_typ != Return::value && a.ret_typ != Return::both) || !g.has_head(0)) return;
    AttrList attrs{{"ret_typ", "indices"}, {"dtype", DType::int64}};
    for (const auto &attr : g.attrs())
      if (attr.first != "ret_typ" && attr.first != "dtype") attrs.push_back(attr);
    Entry order = g.apply("topk", {g.input(0)}, attrs);
    g.set(0,
          g.apply("put_along_axis", {g.head(0), order, g.input(0)}, {{"axis", a.axis ? AttrValue(*a.axis) : None{}}}));
  });
  op.sample({{{"k", 2}, {"ret_typ", "value"}}, {{{2, 3}, {3, 1, 2, 4, 6, 5}}}, {{{2, 2}, {3, 2, 6, 5}}}});
  op.sample({{{"k", 2}}, {{{2, 3}, {3, 1, 2, 4, 6, 5}}}, {{{2, 2}, {0, 2, 1, 2}}}}).check_gradient = false;
}

namespace {
struct AlongAttrs {
  std::optional<int64_t> axis;
};

// The part has any length along the axis.
void expect_part(InferContext &c, int part, const Shape &whole, const AlongAttrs &a) {
  rows_of(whole, a.axis);
  if (!a.axis) return;
  int64_t length = c.shape(part).ndim() == whole.ndim() ? rows_of(c.shape(part), a.axis).size : 0;
  c.expect_shape(part, axis_replaced(whole, a.axis, length));
}

// visit(place in the part, place in the whole) for all indices.
template <class Visit>
void visit_along(const Tensor &indices, const Shape &whole, const AlongAttrs &a, Visit visit) {
  Rows rows = rows_of(whole, a.axis);
  std::vector<int64_t> at = read_indices(indices);
  if (at.empty()) return;
  int64_t count = static_cast<int64_t>(at.size()) / (rows.outer * rows.inner);
  for (int64_t row = 0; row < rows.outer * rows.inner; ++row)
    for (int64_t k = 0; k < count; ++k) {
      int64_t part = place(rows, count, row, k), index = at[static_cast<size_t>(part)];
      if (index < 0 || index >= rows.size)
        throw Error(Status::invalid_argument, "indices", "got ", index, "; want 0 to ", rows.size - 1);
      visit(part, place(rows, rows.size, row, index));
    }
}
}  // namespace

CERMET_REGISTER(put_along_axis)(Registry &registry) {
  auto op = registry.op<AlongAttrs>("put_along_axis", "indexing");
  op.internal();
  op.doc("Puts values at given places along an axis, among zeros.");
  op.input("part", "Values.");
  op.input("indices", "Their places, each at most once in a row.", kAll | kOwnDType);
  op.shape_input("like", "Gives the shape.");
  op.output("output");
  op.attr("axis", &AlongAttrs::axis, "Axis; the flattened array where it is absent.").kind(AttrKind::axis);
  op.infer([](InferContext &c, const AlongAttrs &a) {
    expect_part(c, 0, c.shape(2), a);
    c.expect_shape(1, c.shape(0));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const AlongAttrs &a) {
    fill(c.out(0), 0);
    with_output(c.out(0), [&](auto *to) {
      auto *from = static_cast<decltype(to)>(c.in(0).data);
      visit_along(c.in(1), c.out(0).shape, a, [&](int64_t part, int64_t whole) { to[whole] = from[part]; });
    });
  });
  op.gradient([](GradientContext &g, const AlongAttrs &) {
    g.set(0, g.apply("take_along_axis", {g.head(0), g.input(1)}, g.attrs()));
  });
}

CERMET_REGISTER(take_along_axis)(Registry &registry) {
  auto op = registry.op<AlongAttrs>("take_along_axis", "indexing");
  op.internal();
  op.doc("Takes values from given places along an axis.");
  op.input("data", "Values.");
  op.input("indices", "Places, each at most once in a row.", kAll | kOwnDType);
  op.output("output");
  op.attr("axis", &AlongAttrs::axis, "Axis; the flattened array where it is absent.").kind(AttrKind::axis);
  op.infer([](InferContext &c, const AlongAttrs &a) {
    expect_part(c, 1, c.shape(0), a);
    c.output(0, c.shape(1), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const AlongAttrs &a) {
    with_output(c.out(0), [&](auto *to) {
      auto *from = static_cast<decltype(to)>(c.in(0).data);
      visit_along(c.in(1), c.in(0).shape, a, [&](int64_t part, int64_t whole) { to[part] = from[whole]; });
    });
  });
  op.gradient([](GradientContext &g, const AlongAttrs &) {
    g.set(0, g.apply("put_along_axis", {g.head(0), g.input(1), g.input(0)}, g.attrs()));
  });
}

}  // namespace cermet
