// SPDX-License-Identifier: Apache-2.0
// Diagonals: a matrix from its diagonal, and the diagonal of matrices.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "schema/registry.h"

namespace cermet {

namespace {

constexpr double kMaxPlace = 0x1p40;

struct DiagAttrs {
  int64_t k = 0, axis1 = 0, axis2 = 1;
};

// The diagonal of a dense array as a view: other axes first, the diagonal last.
struct Diagonal {
  Shape shape;
  Dims strides;
  int64_t offset = 0;
};

Diagonal diagonal(const Shape &whole, const DiagAttrs &a) {
  auto rows = static_cast<size_t>(normalize_axis(a.axis1, whole.ndim(), "axis1"));
  auto columns = static_cast<size_t>(normalize_axis(a.axis2, whole.ndim(), "axis2"));
  if (rows == columns)
    throw Error(Status::invalid_argument, "axis2", "got ", a.axis2, ", the same axis as axis1; want another");
  Dims strides = dense_strides(whole);
  Diagonal out;
  for (size_t axis = 0; axis < whole.size(); ++axis) {
    if (axis == rows || axis == columns) continue;
    out.shape.push_back(whole[axis]);
    out.strides.push_back(strides[axis]);
  }
  int64_t down = std::clamp<int64_t>(-a.k, 0, whole[rows]), right = std::clamp<int64_t>(a.k, 0, whole[columns]);
  out.shape.push_back(std::min(whole[rows] - down, whole[columns] - right));
  out.strides.push_back(strides[rows] + strides[columns]);
  out.offset = down * strides[rows] + right * strides[columns];
  return out;
}

// The matrix around a diagonal of `size` elements.
Shape matrix_shape(int64_t size, const DiagAttrs &a) {
  int64_t side = size + std::abs(a.k);
  return {side, side};
}

DiagAttrs of_matrix(const DiagAttrs &a) { return {a.k, 0, 1}; }

void copy_diagonal(const Shape &whole, const DiagAttrs &a, DType dtype, void *array, void *part, bool into) {
  Diagonal d = diagonal(whole, a);
  if (d.shape.numel() == 0) return;
  char *first = element(array, dtype, d.offset);
  if (into)
    copy_strided(dtype, d.shape, part, dense_strides(d.shape), first, d.strides);
  else
    copy_strided(dtype, d.shape, first, d.strides, part, dense_strides(d.shape));
}

Shape result_shape(const Shape &shape, DType dtype, const DiagAttrs &a) {
  if (shape.empty()) throw Error(Status::shape, "data", "got a scalar; want rank 1 or more");
  Shape out = shape.ndim() == 1 ? matrix_shape(shape[0], a) : diagonal(shape, a).shape;
  check_shape(out, dtype, "data");
  return out;
}

void define_attrs(DefinitionBuilder<DiagAttrs> &op) {
  op.attr("k", &DiagAttrs::k, "Diagonal: 0 is the main one, 1 the one above it, -1 the one below.")
      .min(-kMaxPlace)
      .max(kMaxPlace);
  op.attr("axis1", &DiagAttrs::axis1, "Axis of the rows, for rank 2 and more.").kind(AttrKind::axis);
  op.attr("axis2", &DiagAttrs::axis2, "Axis of the columns, for rank 2 and more.").kind(AttrKind::axis);
}

}  // namespace

CERMET_REGISTER(diag)(Registry &registry) {
  auto op = registry.op<DiagAttrs>("diag", "shape");
  op.doc("A matrix from its diagonal, or the diagonal of matrices.",
         "Rank 1: a matrix with the values on diagonal `k` and zeros elsewhere. Rank 2 and more: diagonal `k` of the "
         "matrices along `axis1` and `axis2`, as the last axis of the result.");
  op.input("data", "Values; rank 1 or more.");
  op.output("output");
  define_attrs(op);
  op.infer(
      [](InferContext &c, const DiagAttrs &a) { c.output(0, result_shape(c.shape(0), c.dtype(0), a), c.dtype(0)); });
  op.kernel([](KernelContext &c, const DiagAttrs &a) {
    const Tensor &in = c.in(0), &out = c.out(0);
    if (in.shape.ndim() > 1) return copy_diagonal(in.shape, a, in.dtype, in.data, out.data, false);
    fill(out, 0);
    copy_diagonal(out.shape, of_matrix(a), in.dtype, out.data, in.data, true);
  });
  op.gradient([](GradientContext &g, const DiagAttrs &) {
    g.set(0, g.apply("diag_backward", {g.head(0), g.input(0)}, g.attrs()));
  });
  op.sample({{{"k", 1}}, {{{2}, {1, 2}}}, {{{3, 3}, {0, 1, 0, 0, 0, 2, 0, 0, 0}}}});
  op.sample({{}, {{{2, 3}, {1, 2, 3, 4, 5, 6}}}, {{{2}, {1, 5}}}});
}

CERMET_REGISTER(diag_backward)(Registry &registry) {
  auto op = registry.op<DiagAttrs>("diag_backward", "shape");
  op.internal();
  op.doc("Gradient of diag by its input.");
  op.input("head", "Gradient of the result.");
  op.shape_input("data", "Input of diag.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const DiagAttrs &a) {
    c.expect_shape(0, result_shape(c.shape(1), c.dtype(0), a));
    c.output(0, c.shape(1), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const DiagAttrs &a) {
    const Tensor &head = c.in(0), &out = c.out(0);
    if (out.shape.ndim() == 1) return copy_diagonal(head.shape, of_matrix(a), head.dtype, head.data, out.data, false);
    fill(out, 0);
    copy_diagonal(out.shape, a, out.dtype, out.data, head.data, true);
  });
  op.gradient([](GradientContext &g, const DiagAttrs &) { g.set(0, g.apply("diag", {g.head(0)}, g.attrs())); });
}

}  // namespace cermet
