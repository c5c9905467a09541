// SPDX-License-Identifier: Apache-2.0
// Operators that stretch axes of size 1.
#include "ops/common/axes.h"
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// What all of them share: the copy, and a gradient that sums over the stretched axes.
template <class A>
void define_stretch(DefinitionBuilder<A> &op) {
  op.output("output");
  op.kernel([](KernelContext &c, const A &) {
    const Tensor &in = c.in(0), &out = c.out(0);
    copy_strided(in.dtype, out.shape, in.data, broadcast_strides(in.shape, out.shape), out.data,
                 dense_strides(out.shape));
  });
  op.gradient([](GradientContext &g, const A &) { g.set(0, g.apply("reduce_like", {g.head(0), g.input(0)})); });
}

// `to`, to which `from` must broadcast.
Shape stretched(const Shape &from, const Shape &to, const char *argument) {
  check_shape(to, DType::uint8, argument);
  if (from.ndim() > to.ndim() || !(broadcast_shapes(from, to, argument) == to))
    throw Error(Status::shape, argument, "got ", to, ", to which ", from, " does not broadcast");
  return to;
}

struct ToAttrs {
  std::vector<int64_t> shape;
};

struct LikeAttrs {
  std::optional<std::vector<int64_t>> lhs_axes, rhs_axes;
};

Shape shape_like(const Shape &lhs, const Shape &rhs, const LikeAttrs &a) {
  if (!a.lhs_axes && !a.rhs_axes) return stretched(lhs, rhs, "rhs");
  if (!a.lhs_axes || !a.rhs_axes || a.lhs_axes->size() != a.rhs_axes->size())
    throw Error(Status::invalid_argument, "rhs_axes", "want as many axes as lhs_axes has");
  marked_axes(*a.lhs_axes, lhs.ndim(), "lhs_axes");
  Shape to = lhs;
  for (size_t k = 0; k < a.lhs_axes->size(); ++k) {
    auto axis = static_cast<size_t>(normalize_axis((*a.lhs_axes)[k], lhs.ndim(), "lhs_axes"));
    to[axis] = rhs[static_cast<size_t>(normalize_axis((*a.rhs_axes)[k], rhs.ndim(), "rhs_axes"))];
  }
  return stretched(lhs, to, "rhs");
}

struct AxisAttrs {
  std::vector<int64_t> axis, size;
};

Shape shape_with_sizes(const Shape &shape, const AxisAttrs &a) {
  if (a.axis.size() != a.size.size())
    throw Error(Status::invalid_argument, "size", "got ", a.size.size(), " sizes; want one for each of ", a.axis.size(),
                " axes");
  marked_axes(a.axis, shape.ndim());
  Shape to = shape;
  for (size_t k = 0; k < a.axis.size(); ++k)
    to[static_cast<size_t>(normalize_axis(a.axis[k], shape.ndim()))] = a.size[k];
  return stretched(shape, to, "size");
}

}  // namespace

CERMET_REGISTER(broadcast_to)(Registry &registry) {
  auto op = registry.op<ToAttrs>("broadcast_to", "shape");
  op.doc("Stretches axes of size 1 to a shape.");
  op.input("data", "Values; its shape broadcasts to `shape` by NumPy's rule.");
  op.attr("shape", &ToAttrs::shape, "Wanted shape; 0 keeps the size.").min(0).kind(AttrKind::shape);
  op.infer([](InferContext &c, const ToAttrs &a) {
    const Shape &from = c.shape(0);
    Shape to(a.shape.begin(), a.shape.end());
    for (size_t k = 0; k < std::min(from.size(), to.size()); ++k)
      if (to[to.size() - 1 - k] == 0) to[to.size() - 1 - k] = from[from.size() - 1 - k];
    c.output(0, stretched(from, to, "shape"), c.dtype(0));
  });
  define_stretch(op);
  op.sample({{{"shape", {2, 0}}}, {{{1, 3}, {1, 2, 3}}}, {{{2, 3}, {1, 2, 3, 1, 2, 3}}}});
}

CERMET_REGISTER(broadcast_like)(Registry &registry) {
  auto op = registry.op<LikeAttrs>("broadcast_like", "shape");
  op.doc("Stretches axes of size 1 to the shape of another array.",
         "With axes given, only those of `lhs` are stretched, each to the size of its partner in `rhs`.");
  op.input("lhs", "Values.");
  op.shape_input("rhs", "Gives the shape.");
  op.attr("lhs_axes", &LikeAttrs::lhs_axes, "Axes to stretch; all where it is absent.").kind(AttrKind::axes);
  op.attr("rhs_axes", &LikeAttrs::rhs_axes, "Axes whose sizes they get.").kind(AttrKind::axes);
  op.infer([](InferContext &c, const LikeAttrs &a) { c.output(0, shape_like(c.shape(0), c.shape(1), a), c.dtype(0)); });
  define_stretch(op);
  op.sample({{}, {{{1, 2}, {1, 2}}, {{2, 2}, {0, 0, 0, 0}}}, {{{2, 2}, {1, 2, 1, 2}}}});
}

CERMET_REGISTER(broadcast_axis)(Registry &registry) {
  auto op = registry.op<AxisAttrs>("broadcast_axis", "shape");
  op.doc("Stretches chosen axes of size 1.");
  op.alias("broadcast_axes");
  op.input("data", "Values.");
  op.attr("axis", &AxisAttrs::axis, "Axes to stretch.").kind(AttrKind::axes);
  op.attr("size", &AxisAttrs::size, "Their new sizes, in the same order.").min(0);
  op.infer([](InferContext &c, const AxisAttrs &a) { c.output(0, shape_with_sizes(c.shape(0), a), c.dtype(0)); });
  define_stretch(op);
  op.sample({{{"axis", {1}}, {"size", {3}}}, {{{2, 1}, {1, 2}}}, {{{2, 3}, {1, 1, 1, 2, 2, 2}}}});
}

}  // namespace cermet
