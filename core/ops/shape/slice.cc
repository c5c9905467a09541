// SPDX-License-Identifier: Apache-2.0
// Operators that take a regular part out of an array. Each has a gradient operator that puts the part back among zeros.
#include "ops/common/axes.h"
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/shape/window.h"
#include "schema/none.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct SliceAttrs {
  std::vector<int64_t> begin, end, step;

  // Bounds as in Python: negative ones count from the end, what lies outside is cut off.
  Window window(const Shape &shape, const Shape *) const {
    if (begin.size() > shape.size() || end.size() != begin.size())
      throw Error(Status::invalid_argument, end.size() != begin.size() ? "end" : "begin", "got ",
                  end.size() != begin.size() ? end.size() : begin.size(),
                  " bounds; want as many as begin has, at most ", shape.size());
    if (!step.empty() && step.size() != begin.size())
      throw Error(Status::invalid_argument, "step", "got ", step.size(), " steps; want none, or ", begin.size());
    Window out = whole(shape);
    for (size_t axis = 0; axis < begin.size(); ++axis) {
      int64_t size = shape[axis], by = step.empty() || step[axis] == kNoneInTuple ? 1 : step[axis];
      if (by == 0) throw Error(Status::invalid_argument, "step", "got 0 for axis ", axis, "; want another number");
      int64_t low = by > 0 ? 0 : -1, high = by > 0 ? size : size - 1;
      auto bound = [&](int64_t at, int64_t open) {
        if (at == kNoneInTuple) return open;
        return std::clamp(at < 0 ? at + size : at, low, high);
      };
      int64_t first = bound(begin[axis], by > 0 ? 0 : size - 1), last = bound(end[axis], by > 0 ? size : -1);
      int64_t span = by > 0 ? last - first : first - last, stride = std::abs(by);
      out.begin[axis] = first;
      out.step[axis] = span <= stride ? 1 : by;  // of one index or none: no step, whatever its size
      out.shape[axis] = span <= 0 ? 0 : (span - 1) / stride + 1;
    }
    return out;
  }
  static void define(DefinitionBuilder<SliceAttrs> &op) {
    op.attr("begin", &SliceAttrs::begin, "First index of each leading axis; negative counts from the end.").required();
    op.attr("end", &SliceAttrs::end, "Index before which each of these axes ends; negative counts from the end.")
        .required();
    op.attr("step", &SliceAttrs::step,
            "Distance from one index to the next; 1 where it is empty, negative goes backwards.");
  }
};

struct SliceAxisAttrs {
  int64_t axis = 0, begin = 0;
  std::optional<int64_t> end;

  Window window(const Shape &shape, const Shape *) const {
    auto at = static_cast<size_t>(normalize_axis(axis, shape.ndim()));
    int64_t size = shape[at], first = begin < 0 ? begin + size : begin, last = end.value_or(size);
    if (last < 0) last += size;
    if (first < 0 || first > size)
      throw Error(Status::invalid_argument, "begin", "got ", begin, "; want ", -size, " to ", size);
    if (last < first || last > size)
      throw Error(Status::invalid_argument, "end", "got ", end.value_or(size), "; want an index from begin to ", size);
    Window out = whole(shape);
    out.begin[at] = first;
    out.shape[at] = last - first;
    return out;
  }
  static void define(DefinitionBuilder<SliceAxisAttrs> &op) {
    op.attr("axis", &SliceAxisAttrs::axis, "Axis to cut.").required().kind(AttrKind::axis);
    op.attr("begin", &SliceAxisAttrs::begin, "First index; negative counts from the end.").required();
    op.attr("end", &SliceAxisAttrs::end, "Index before which the part ends; the axis's end where it is absent.")
        .required();
  }
};

struct SliceLikeAttrs {
  std::vector<int64_t> axes;

  Window window(const Shape &shape, const Shape *like) const {
    std::vector<bool> cut =
        axes.empty() ? std::vector<bool>(shape.size(), true) : marked_axes(axes, shape.ndim(), "axes");
    if (axes.empty() && like->size() != shape.size())
      throw Error(Status::shape, "shape_like", "got rank ", like->ndim(), "; want ", shape.ndim());
    Window out = whole(shape);
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (!cut[axis]) continue;
      if (axis >= like->size() || (*like)[axis] > shape[axis])
        throw Error(Status::shape, "shape_like", "got ", *like, "; want at most the size of ", shape, " along axis ",
                    axis);
      out.shape[axis] = (*like)[axis];
    }
    return out;
  }
  static void define(DefinitionBuilder<SliceLikeAttrs> &op) {
    op.attr("axes", &SliceLikeAttrs::axes, "Axes to cut; all where it is empty.").kind(AttrKind::axes);
  }
};

// `op` itself, and op_backward(part, data) with the same attributes. With `like`, another input lends its shape.
template <class A>
DefinitionBuilder<A> define_slice(Registry &registry, const std::string &name, const char *summary, bool like) {
  auto window = [like](auto &c, const A &a, int data) {
    if constexpr (requires { c.shape(0); })
      return a.window(c.shape(data), like ? &c.shape(data + 1) : nullptr);
    else
      return a.window(c.in(data).shape, like ? &c.in(data + 1).shape : nullptr);
  };
  std::string backward_name = name + "_backward";

  auto back = registry.op<A>(backward_name.c_str(), "shape");
  back.internal();
  back.doc("Puts the part that " + name + " took back to its place, among zeros.");
  back.input("part", "What " + name + " took out.");
  back.shape_input("data", "What it was taken from.");
  if (like) back.shape_input("shape_like", "Gave the part's shape.");
  back.output("output");
  A::define(back);
  back.infer([window](InferContext &c, const A &a) {
    c.expect_shape(0, window(c, a, 1).shape);
    c.output(0, c.shape(1), c.dtype(0));
  });
  back.kernel([window](KernelContext &c, const A &a) {
    fill(c.out(0), 0);
    copy_window(window(c, a, 1), c.out(0), c.in(0).data, true);
  });
  back.gradient([name, like](GradientContext &g, const A &) {
    std::vector<Entry> inputs{g.head(0)};
    if (like) inputs.push_back(g.input(2));
    g.set(0, g.apply(name, inputs, g.attrs()));
  });

  auto op = registry.op<A>(name.c_str(), "shape");
  op.doc(summary);
  op.input("data", "Values.");
  if (like) op.shape_input("shape_like", "Gives the sizes.");
  op.output("output");
  A::define(op);
  op.infer([window](InferContext &c, const A &a) { c.output(0, window(c, a, 0).shape, c.dtype(0)); });
  op.kernel([window](KernelContext &c, const A &a) { copy_window(window(c, a, 0), c.in(0), c.out(0).data, false); });
  op.gradient([backward_name, like](GradientContext &g, const A &) {
    std::vector<Entry> inputs{g.head(0), g.input(0)};
    if (like) inputs.push_back(g.input(1));
    g.set(0, g.apply(backward_name, inputs, g.attrs()));
  });
  return op;
}

}  // namespace

CERMET_REGISTER(slice)(Registry &registry) {
  auto op = define_slice<SliceAttrs>(registry, "slice",
                                     "Part of an array, by first index, end and step for each leading axis.", false);
  op.alias("crop", "_npi_slice", "_npx_slice", "_sparse_slice");
  op.sample({{{"begin", {0, 2}}, {"end", {2, 0}}, {"step", {1, -1}}},
             {{{2, 3}, {1, 2, 3, 4, 5, 6}}},
             {{{2, 2}, {3, 2, 6, 5}}}});
}

CERMET_REGISTER(slice_axis)(Registry &registry) {
  auto op = define_slice<SliceAxisAttrs>(registry, "slice_axis", "Part of an array along one axis.", false);
  op.sample({{{"axis", 1}, {"begin", 1}, {"end", None{}}}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{2, 2}, {2, 3, 5, 6}}}});
}

CERMET_REGISTER(slice_like)(Registry &registry) {
  auto op = define_slice<SliceLikeAttrs>(registry, "slice_like",
                                         "The beginning of an array, in the size of another one.", true);
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{1, 2}, {0, 0}}}, {{{1, 2}, {1, 2}}}});
}

}  // namespace cermet
