// SPDX-License-Identifier: Apache-2.0
// Operators that reorder axes.
#include "ops/common/axes.h"
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// Copies `in` with its axes in the order `axes`.
void run(const Tensor &in, const Dims &axes, const Tensor &out) {
  Dims strides = dense_strides(in.shape), reordered;
  for (int64_t axis : axes) reordered.push_back(strides[static_cast<size_t>(axis)]);
  copy_strided(in.dtype, out.shape, in.data, reordered, out.data, dense_strides(out.shape));
}

Shape reordered(const Shape &shape, const Dims &axes) {
  Shape out;
  for (int64_t axis : axes) out.push_back(shape[static_cast<size_t>(axis)]);
  return out;
}

struct TransposeAttrs {
  std::vector<int64_t> axes;
};

Dims transpose_axes(const TransposeAttrs &a, int ndim) {
  Dims axes;
  if (a.axes.empty()) {
    for (int axis = ndim; axis-- > 0;) axes.push_back(axis);
    return axes;
  }
  if (static_cast<int>(a.axes.size()) != ndim)
    throw Error(Status::invalid_argument, "axes", "got ", a.axes.size(), " axes; want all ", ndim);
  marked_axes(a.axes, ndim, "axes");
  for (int64_t axis : a.axes) axes.push_back(normalize_axis(axis, ndim, "axes"));
  return axes;
}

struct SwapAttrs {
  int64_t dim1 = 0, dim2 = 0;
};

Dims swapped_axes(const SwapAttrs &a, int ndim) {
  Dims axes;
  for (int axis = 0; axis < ndim; ++axis) axes.push_back(axis);
  std::swap(axes[static_cast<size_t>(normalize_axis(a.dim1, ndim, "dim1"))],
            axes[static_cast<size_t>(normalize_axis(a.dim2, ndim, "dim2"))]);
  return axes;
}

}  // namespace

CERMET_REGISTER(transpose)(Registry &registry) {
  auto op = registry.op<TransposeAttrs>("transpose", "shape");
  op.doc("Reorders the axes.");
  op.input("data", "Values; any shape.");
  op.output("output");
  op.attr("axes", &TransposeAttrs::axes,
          "For each axis of the result the axis of the input that it is; reversed order where it is empty.")
      .kind(AttrKind::permutation);
  op.infer([](InferContext &c, const TransposeAttrs &a) {
    c.output(0, reordered(c.shape(0), transpose_axes(a, c.shape(0).ndim())), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const TransposeAttrs &a) {
    run(c.in(0), transpose_axes(a, c.in(0).shape.ndim()), c.out(0));
  });
  op.gradient([](GradientContext &g, const TransposeAttrs &a) {
    int ndim = static_cast<int>(a.axes.size());
    std::vector<int64_t> inverse(a.axes.size());
    for (int axis = 0; axis < ndim; ++axis)
      inverse[static_cast<size_t>(normalize_axis(a.axes[static_cast<size_t>(axis)], ndim, "axes"))] = axis;
    g.set(0, g.apply("transpose", {g.head(0)}, {{"axes", inverse}}));
  });
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{3, 2}, {1, 4, 2, 5, 3, 6}}}});
  op.sample({{{"axes", {1, 2, 0}}}, {{{2, 1, 2}, {1, 2, 3, 4}}}, {{{1, 2, 2}, {1, 3, 2, 4}}}});
}

CERMET_REGISTER(swapaxes)(Registry &registry) {
  auto op = registry.op<SwapAttrs>("swapaxes", "shape");
  op.doc("Exchanges two axes.");
  op.alias("SwapAxis", "_npi_swapaxes");
  op.input("data", "Values; rank 1 or more.");
  op.output("output");
  op.attr("dim1", &SwapAttrs::dim1, "One axis.").kind(AttrKind::axis);
  op.attr("dim2", &SwapAttrs::dim2, "The other axis.").kind(AttrKind::axis);
  op.infer([](InferContext &c, const SwapAttrs &a) {
    c.output(0, reordered(c.shape(0), swapped_axes(a, c.shape(0).ndim())), c.dtype(0));
  });
  op.kernel(
      [](KernelContext &c, const SwapAttrs &a) { run(c.in(0), swapped_axes(a, c.in(0).shape.ndim()), c.out(0)); });
  op.gradient([](GradientContext &g, const SwapAttrs &) { g.set(0, g.apply("swapaxes", {g.head(0)}, g.attrs())); });
  op.sample({{{"dim1", 0}, {"dim2", 1}}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{3, 2}, {1, 4, 2, 5, 3, 6}}}});
}

}  // namespace cermet
