// SPDX-License-Identifier: Apache-2.0
// Operators that see the same values in another shape.
#include "base/checked.h"
#include "ops/common/axes.h"
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// What all of them share. `likes`: further inputs only lend their shapes.
template <class A>
void define_view(DefinitionBuilder<A> &op) {
  op.output("output");
  op.in_place(0, 0);
  op.kernel([](KernelContext &c, const A &) { copy_bytes(c.in(0).data, c.out(0).data, c.out(0).nbytes()); });
  op.gradient([](GradientContext &g, const A &) { g.set(0, g.apply("reshape_like", {g.head(0), g.input(0)})); });
}

Shape same_size(const Shape &from, Shape to, const char *argument) {
  check_shape(to, DType::uint8, argument);
  if (to.numel() != from.numel())
    throw Error(Status::shape, argument, "got ", to, ", ", to.numel(), " elements; want the ", from.numel(), " of ",
                from);
  return to;
}

struct ReshapeAttrs {
  std::vector<int64_t> shape;
  bool reverse = false;
  std::vector<int64_t> target_shape;
  bool keep_highest = false;
};

// One dimension of the result as `shape` asks for it: a size, or a code with what follows it.
struct Wanted {
  int64_t code, first = 0, second = 0;  // first and second: of code -4
};

std::vector<Wanted> wanted_dims(const ReshapeAttrs &a) {
  std::vector<Wanted> out;
  for (size_t k = 0; k < a.shape.size(); ++k) {
    Wanted wanted{a.shape[k]};
    if (wanted.code < -4) throw Error(Status::invalid_argument, "shape", "got ", wanted.code, "; want at least -4");
    if (wanted.code == -4) {
      if (k + 2 >= a.shape.size()) throw Error(Status::invalid_argument, "shape", "-4 wants two sizes after it");
      wanted.first = a.shape[k + 1];
      wanted.second = a.shape[k + 2];
      if (a.reverse) std::swap(wanted.first, wanted.second);
      k += 2;
    }
    out.push_back(wanted);
  }
  if (a.reverse) std::reverse(out.begin(), out.end());
  return out;
}

// MXNet's codes: 0 copies a size, -1 is what is left, -2 copies all that remain, -3 joins two, -4 splits one.
Shape coded_shape(Shape from, const ReshapeAttrs &a) {
  if (a.reverse) std::reverse(from.begin(), from.end());
  size_t next = 0;
  auto take = [&] {
    if (next >= from.size())
      throw Error(Status::shape, "shape", "got ", Shape(a.shape.begin(), a.shape.end()),
                  ", which asks for more dimensions than ", from, " has");
    return from[next++];
  };
  Shape to;
  int open = -1;  // the dimension that -1 stands for
  for (const Wanted &wanted : wanted_dims(a)) {
    switch (wanted.code) {
      case 0:
        to.push_back(take());
        break;
      case -1:
        if (open >= 0) throw Error(Status::invalid_argument, "shape", "has -1 twice");
        open = to.ndim();
        to.push_back(1);
        ++next;
        break;
      case -2:
        while (next < from.size()) to.push_back(from[next++]);
        break;
      case -3: {
        int64_t first = take();
        to.push_back(first * take());
        break;
      }
      case -4: {
        int64_t whole = take(), first = wanted.first, second = wanted.second;
        if (first == -1 && second > 0) first = whole / second;
        if (second == -1 && first > 0) second = whole / first;
        auto product = first < 0 || second < 0 ? std::nullopt : checked_mul(first, second);
        if (product != whole)
          throw Error(Status::shape, "shape", "splits ", whole, " into ", wanted.first, " times ", wanted.second);
        to.push_back(first);
        to.push_back(second);
        break;
      }
      default:
        to.push_back(wanted.code);
        ++next;
    }
  }
  if (open >= 0) {
    check_shape(to, DType::uint8, "shape");
    int64_t rest = to.numel();
    if (rest == 0 || from.numel() % rest != 0)
      throw Error(Status::shape, "shape", "got ", Shape(a.shape.begin(), a.shape.end()), "; -1 fits no size for ",
                  from);
    to[static_cast<size_t>(open)] = from.numel() / rest;
  }
  if (a.reverse) std::reverse(to.begin(), to.end());
  return to;
}

// The older attribute: 0 is what is left.
Shape target_shape(const Shape &from, const ReshapeAttrs &a) {
  ReshapeAttrs coded;
  for (int64_t dim : a.target_shape) coded.shape.push_back(dim == 0 ? -1 : dim);
  if (a.keep_highest) coded.shape[0] = 0;
  return coded_shape(from, coded);
}

}  // namespace

CERMET_REGISTER(reshape)(Registry &registry) {
  auto op = registry.op<ReshapeAttrs>("reshape", "shape");
  op.doc(
      "The same values in another shape.",
      "Besides sizes, `shape` may hold: 0, copy this size of the input; -1, whatever is left (once); -2, copy all "
      "sizes "
      "that remain; -3, the product of the next two; -4, split one size into the two that follow, one of which may be "
      "-1. With `reverse` the codes are matched from the last axis.");
  op.alias("Reshape");
  op.input("data", "Values; any shape.");
  op.attr("shape", &ReshapeAttrs::shape, "Wanted shape.").min(-4).kind(AttrKind::shape);
  op.attr("reverse", &ReshapeAttrs::reverse, "Match the codes from the last axis.");
  op.attr("target_shape", &ReshapeAttrs::target_shape, "Older form of `shape`, where 0 is whatever is left.")
      .min(0)
      .kind(AttrKind::shape);
  op.attr("keep_highest", &ReshapeAttrs::keep_highest, "With `target_shape`: copy the first size of the input.");
  op.infer([](InferContext &c, const ReshapeAttrs &a) {
    bool older = a.shape.empty() && !a.target_shape.empty();
    Shape to = older ? target_shape(c.shape(0), a) : coded_shape(c.shape(0), a);
    c.output(0, same_size(c.shape(0), to, older ? "target_shape" : "shape"), c.dtype(0));
  });
  define_view(op);
  op.sample({{{"shape", {0, -1}}}, {{{2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}}, {{{2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}}}});
  op.sample({{{"shape", {-4, -1, 2, -2}}}, {{{4, 1}, {1, 2, 3, 4}}}, {{{2, 2, 1}, {1, 2, 3, 4}}}});
}

namespace {

struct ReshapeLikeAttrs {
  std::optional<int64_t> lhs_begin, lhs_end, rhs_begin, rhs_end;
};

// A range of axes, counted from the end where negative.
std::pair<size_t, size_t> axis_range(std::optional<int64_t> begin, std::optional<int64_t> end, int ndim,
                                     const char *argument) {
  auto place = [&](int64_t axis) {
    if (axis < -ndim || axis > ndim)
      throw Error(Status::invalid_argument, argument, "got ", axis, "; want ", -ndim, " to ", ndim);
    return static_cast<size_t>(axis < 0 ? axis + ndim : axis);
  };
  std::pair<size_t, size_t> range{place(begin.value_or(0)), place(end.value_or(ndim))};
  if (range.second < range.first)
    throw Error(Status::invalid_argument, argument, "the range of axes ends before it begins");
  return range;
}

Shape shape_like(const Shape &lhs, const Shape &rhs, const ReshapeLikeAttrs &a) {
  auto [l0, l1] = axis_range(a.lhs_begin, a.lhs_end, lhs.ndim(), "lhs_begin");
  auto [r0, r1] = axis_range(a.rhs_begin, a.rhs_end, rhs.ndim(), "rhs_begin");
  Shape out(lhs.begin(), lhs.begin() + l0);
  for (size_t axis = r0; axis < r1; ++axis) out.push_back(rhs[axis]);
  for (size_t axis = l1; axis < lhs.size(); ++axis) out.push_back(lhs[axis]);
  return out;
}

}  // namespace

CERMET_REGISTER(reshape_like)(Registry &registry) {
  auto op = registry.op<ReshapeLikeAttrs>("reshape_like", "shape");
  op.doc(
      "The values of one array in the shape of another.",
      "With ranges given, axes `lhs_begin` to `lhs_end` of the first are replaced by axes `rhs_begin` to `rhs_end` of "
      "the second.");
  op.alias("_npx_reshape_like");
  op.input("lhs", "Values; any shape.");
  op.shape_input("rhs", "Gives the shape.");
  op.attr("lhs_begin", &ReshapeLikeAttrs::lhs_begin, "First axis to replace; 0 where it is absent.")
      .kind(AttrKind::axis);
  op.attr("lhs_end", &ReshapeLikeAttrs::lhs_end, "Axis after the last to replace; all where it is absent.");
  op.attr("rhs_begin", &ReshapeLikeAttrs::rhs_begin, "First axis to copy; 0 where it is absent.").kind(AttrKind::axis);
  op.attr("rhs_end", &ReshapeLikeAttrs::rhs_end, "Axis after the last to copy; all where it is absent.");
  op.infer([](InferContext &c, const ReshapeLikeAttrs &a) {
    c.output(0, same_size(c.shape(0), shape_like(c.shape(0), c.shape(1), a), "rhs"), c.dtype(0));
  });
  define_view(op);
  op.sample({{}, {{{4}, {1, 2, 3, 4}}, {{2, 2}, {0, 0, 0, 0}}}, {{{2, 2}, {1, 2, 3, 4}}}});
}

CERMET_REGISTER(flatten)(Registry &registry) {
  auto op = registry.op<NoAttrs>("flatten", "shape");
  op.doc("Joins all axes but the first.");
  op.alias("Flatten", "_npx_batch_flatten");
  op.input("data", "Values; rank 1 or more.");
  op.infer([](InferContext &c, const NoAttrs &) {
    const Shape &shape = c.shape(0);
    if (shape.empty()) throw Error(Status::shape, "data", "got a scalar; want rank 1 or more");
    c.output(0, Shape{shape[0], shape.product(1, shape.ndim())}, c.dtype(0));
  });
  define_view(op);
  op.sample({{}, {{{1, 2, 2}, {1, 2, 3, 4}}}, {{{1, 4}, {1, 2, 3, 4}}}});
}

namespace {
struct ExpandAttrs {
  int64_t axis = 0;
};
struct SqueezeAttrs {
  std::optional<std::vector<int64_t>> axis;
};

Shape squeezed(const Shape &shape, const SqueezeAttrs &a) {
  std::vector<bool> named = marked_axes(a.axis.value_or(std::vector<int64_t>{}), shape.ndim());
  Shape out;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (named[axis] && shape[axis] != 1)
      throw Error(Status::shape, "axis", "got ", axis, ", whose size is ", shape[axis], "; want an axis of size 1");
    if (!(a.axis ? named[axis] : shape[axis] == 1)) out.push_back(shape[axis]);
  }
  if (out.empty()) out.push_back(1);
  return out;
}
}  // namespace

CERMET_REGISTER(expand_dims)(Registry &registry) {
  auto op = registry.op<ExpandAttrs>("expand_dims", "shape");
  op.doc("Puts in an axis of size 1.");
  op.alias("_npi_expand_dims");
  op.input("data", "Values; any shape.");
  op.attr("axis", &ExpandAttrs::axis, "Place of the new axis in the result; negative counts from its end.")
      .required()
      .kind(AttrKind::axis);
  op.infer([](InferContext &c, const ExpandAttrs &a) {
    Shape shape = c.shape(0);
    shape.insert(static_cast<size_t>(normalize_axis(a.axis, shape.ndim() + 1)), 1);
    c.output(0, shape, c.dtype(0));
  });
  define_view(op);
  op.sample({{{"axis", 1}}, {{{3}, {1, 2, 3}}}, {{{3, 1}, {1, 2, 3}}}});
}

CERMET_REGISTER(squeeze)(Registry &registry) {
  auto op = registry.op<SqueezeAttrs>("squeeze", "shape");
  op.doc("Drops axes of size 1.", "Where all sizes are 1, the result has the shape (1,), as in MXNet.");
  op.input("data", "Values; any shape.");
  op.attr("axis", &SqueezeAttrs::axis, "Axes to drop; all of size 1 where it is absent.").kind(AttrKind::axes);
  op.infer([](InferContext &c, const SqueezeAttrs &a) { c.output(0, squeezed(c.shape(0), a), c.dtype(0)); });
  define_view(op);
  op.sample({{{"axis", {0}}}, {{{1, 2, 1}, {1, 2}}}, {{{2, 1}, {1, 2}}}});
}

}  // namespace cermet
