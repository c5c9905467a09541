// SPDX-License-Identifier: Apache-2.0
// MXNet's dot: contracts the last axis of the left array with the first axis of the right one. Both are seen as
// matrices, (rows, contracted) and (contracted, columns); `transpose_a` and `transpose_b` say that they lie there the
// other way.
#include "ops/common/gemm.h"
#include "ops/common/infer.h"
#include "schema/registry.h"

namespace cermet {

namespace {

enum class StorageType { csr, default_, row_sparse };

struct DotAttrs {
  bool transpose_a = false, transpose_b = false;
  std::optional<StorageType> forward_stype;
};

// An array as a matrix, and the dimensions that are not contracted.
struct Side {
  int64_t inner, outer;
  Shape rest;
};

Side side(const Shape &shape, bool contract_first) {
  Shape rest = contract_first ? Shape(shape.begin() + 1, shape.end()) : Shape(shape.begin(), shape.end() - 1);
  return {contract_first ? shape[0] : shape.back(), rest.numel(), rest};
}
Side left(const Shape &shape, const DotAttrs &a) { return side(shape, a.transpose_a); }
Side right(const Shape &shape, const DotAttrs &a) { return side(shape, !a.transpose_b); }

Shape result_shape(const Side &a, const Side &b) {
  Shape out = a.rest;
  for (int64_t dim : b.rest) out.push_back(dim);
  if (out.empty()) out.push_back(1);
  return out;
}

// c = op(a) op(b) for tensors of one float dtype.
void multiply(const Gemm &g, const Tensor &a, const Tensor &b, const Tensor &c) {
  dispatch_floats(c.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    gemm(g, a.as<T>(), b.as<T>(), c.as<T>());
  });
}

// Shape of the product of two of the inputs.
Shape product_shape(InferContext &c, int left_input, int right_input, const DotAttrs &a) {
  expect_same_dtype(c);
  for (int k : {left_input, right_input})
    if (c.shape(k).empty()) throw Error(Status::shape, c.input_name(k), "got a scalar; want rank 1 or more");
  Side lhs = left(c.shape(left_input), a), rhs = right(c.shape(right_input), a);
  if (lhs.inner != rhs.inner)
    throw Error(Status::shape, c.input_name(right_input), "got ", c.shape(right_input),
                ", whose contracted axis has size ", rhs.inner, "; want ", lhs.inner);
  return result_shape(lhs, rhs);
}

void define_attrs(DefinitionBuilder<DotAttrs> &op) {
  op.attr("transpose_a", &DotAttrs::transpose_a, "Contract the first axis of `lhs` instead of its last.");
  op.attr("transpose_b", &DotAttrs::transpose_b, "Contract the last axis of `rhs` instead of its first.");
  op.choice("forward_stype", &DotAttrs::forward_stype, {"csr", "default", "row_sparse"},
            "Accepted and ignored: results are dense.");
}

}  // namespace

CERMET_REGISTER(dot)(Registry &registry) {
  auto op = registry.op<DotAttrs>("dot", "linalg");
  op.precision(Precision::narrow);
  op.doc("Product of matrices, or of arrays of any rank.",
         "Contracts the last axis of `lhs` with the first axis of `rhs`; two vectors give the shape (1,).");
  op.alias("_sparse_dot");
  op.input("lhs", "Left-hand array; rank 1 or more.", kFloats);
  op.input("rhs", "Right-hand array of the same dtype.", kFloats);
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const DotAttrs &a) { c.output(0, product_shape(c, 0, 1, a), c.dtype(0)); });
  op.kernel([](KernelContext &c, const DotAttrs &a) {
    Side lhs = left(c.in(0).shape, a), rhs = right(c.in(1).shape, a);
    Gemm g{.m = lhs.outer, .n = rhs.outer, .k = lhs.inner, .transpose_a = a.transpose_a, .transpose_b = a.transpose_b};
    multiply(g, c.in(0), c.in(1), c.out(0));
  });
  op.gradient([](GradientContext &g, const DotAttrs &) {
    g.set(0, g.apply("dot_lhs_gradient", {g.head(0), g.input(1), g.input(0)}, g.attrs()));
    g.set(1, g.apply("dot_rhs_gradient", {g.head(0), g.input(0), g.input(1)}, g.attrs()));
  });
  op.sample({{}, {{{2, 2}, {1, 2, 3, 4}}, {{2, 2}, {1, 0, 2, 1}}}, {{{2, 2}, {5, 2, 11, 4}}}});
  op.sample({{{"transpose_b", true}}, {{{2}, {1, 2}}, {{1, 2}, {3, 4}}}, {{{1}, {11}}}});
}

// The three products are the derivatives of one trilinear form, sum(head * dot(lhs, rhs)): each one's gradients are the
// other two.
CERMET_REGISTER(dot_lhs_gradient)(Registry &registry) {
  auto op = registry.op<DotAttrs>("dot_lhs_gradient", "linalg");
  op.internal();
  op.doc("Gradient of dot by its left-hand array.");
  op.input("head", "Gradient of the result.", kFloats);
  op.input("rhs", "Right-hand array.", kFloats);
  op.shape_input("lhs", "Left-hand array.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const DotAttrs &a) {
    c.expect_shape(0, product_shape(c, 2, 1, a));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const DotAttrs &a) {
    Side lhs = left(c.in(2).shape, a), rhs = right(c.in(1).shape, a);
    const Tensor &head = c.in(0), &other = c.in(1);
    // head is (rows, columns); op(rhs) is (contracted, columns)
    if (a.transpose_a)
      multiply({.m = lhs.inner, .n = lhs.outer, .k = rhs.outer, .transpose_a = a.transpose_b, .transpose_b = true},
               other, head, c.out(0));
    else
      multiply({.m = lhs.outer, .n = lhs.inner, .k = rhs.outer, .transpose_b = !a.transpose_b}, head, other, c.out(0));
  });
  op.gradient([](GradientContext &g, const DotAttrs &) {
    g.set(0, g.apply("dot", {g.head(0), g.input(1)}, g.attrs()));
    g.set(1, g.apply("dot_rhs_gradient", {g.input(0), g.head(0), g.input(1)}, g.attrs()));
  });
}

CERMET_REGISTER(dot_rhs_gradient)(Registry &registry) {
  auto op = registry.op<DotAttrs>("dot_rhs_gradient", "linalg");
  op.internal();
  op.doc("Gradient of dot by its right-hand array.");
  op.input("head", "Gradient of the result.", kFloats);
  op.input("lhs", "Left-hand array.", kFloats);
  op.shape_input("rhs", "Right-hand array.");
  op.output("output");
  define_attrs(op);
  op.infer([](InferContext &c, const DotAttrs &a) {
    c.expect_shape(0, product_shape(c, 1, 2, a));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const DotAttrs &a) {
    Side lhs = left(c.in(1).shape, a), rhs = right(c.in(2).shape, a);
    const Tensor &head = c.in(0), &other = c.in(1);
    if (a.transpose_b)
      multiply({.m = rhs.outer, .n = rhs.inner, .k = lhs.outer, .transpose_a = true, .transpose_b = a.transpose_a},
               head, other, c.out(0));
    else
      multiply({.m = rhs.inner, .n = rhs.outer, .k = lhs.outer, .transpose_a = !a.transpose_a}, other, head, c.out(0));
  });
  op.gradient([](GradientContext &g, const DotAttrs &) {
    g.set(0, g.apply("dot", {g.input(1), g.head(0)}, g.attrs()));
    g.set(1, g.apply("dot_lhs_gradient", {g.input(0), g.head(0), g.input(1)}, g.attrs()));
  });
}

}  // namespace cermet
