// SPDX-License-Identifier: Apache-2.0
// Products of many matrices at once: the last two axes are matrices, all axes before them count through.
#include "ops/common/gemm.h"
#include "ops/common/infer.h"
#include "ops/common/strided_copy.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {

namespace {

enum class StorageType { csr, default_, row_sparse };

struct BatchDotAttrs {
  bool transpose_a = false, transpose_b = false;
  std::optional<StorageType> forward_stype;
};

struct Gemm2Attrs {
  bool transpose_a = false, transpose_b = false;
  double alpha = 1;
  int64_t axis = -2;
};

Gemm plan(const Shape &a, const Shape &b, bool transpose_a, bool transpose_b) {
  size_t rank = a.size();
  return {.m = transpose_a ? a[rank - 1] : a[rank - 2],
          .n = transpose_b ? b[rank - 2] : b[rank - 1],
          .k = transpose_a ? a[rank - 2] : a[rank - 1],
          .transpose_a = transpose_a,
          .transpose_b = transpose_b};
}

void expect_rank(const InferContext &c, int min_rank) {
  for (int k : {0, 1})
    if (c.shape(k).ndim() < min_rank)
      throw Error(Status::shape, c.input_name(k), "got rank ", c.shape(k).ndim(), "; want at least ", min_rank);
}

Shape result_shape(const Shape &a, const Shape &b, bool transpose_a, bool transpose_b, const char *b_name) {
  bool fits = b.ndim() == a.ndim() && std::equal(a.begin(), a.end() - 2, b.begin());
  if (fits) fits = b[b.size() - (transpose_b ? 1 : 2)] == a[a.size() - (transpose_a ? 2 : 1)];
  if (!fits) throw Error(Status::shape, b_name, "got ", b, ", which does not fit ", a);
  Gemm g = plan(a, b, transpose_a, transpose_b);
  Shape out(a.begin(), a.end() - 2);
  out.push_back(g.m);
  out.push_back(g.n);
  return out;
}

void multiply(Gemm g, const Tensor &a, const Tensor &b, const Tensor &out) {
  int64_t count = out.shape.product(0, out.shape.ndim() - 2), work = g.m * g.n * g.k;
  dispatch_floats(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Small products share out the batch; large ones use all threads themselves.
    int64_t grain = work < (int64_t{1} << 20) ? std::max<int64_t>(1, kGrain / std::max<int64_t>(1, work)) : count;
    parallel_for(count, grain, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k)
        gemm(g, a.as<T>() + k * g.m * g.k, b.as<T>() + k * g.k * g.n, out.as<T>() + k * g.m * g.n);
    });
  });
}

// The shape with the axis of the matrices' rows as the last but one.
Shape rows_inside(Shape shape, int64_t axis, const char *argument = "axis") {
  int rows = normalize_axis(axis, shape.ndim(), argument);
  if (rows + 1 == shape.ndim())
    throw Error(Status::invalid_argument, argument, "got ", axis, "; want another axis than the last");
  std::swap(shape[static_cast<size_t>(rows)], shape[shape.size() - 2]);
  return shape;
}

// A copy with the two axes exchanged, from `from` (dense, of `shape`) to `to`.
void exchange_rows(DType dtype, const Shape &shape, int64_t axis, const void *from, void *to) {
  Dims strides = dense_strides(shape);
  std::swap(strides[static_cast<size_t>(normalize_axis(axis, shape.ndim()))], strides[strides.size() - 2]);
  Shape exchanged = rows_inside(shape, axis);
  copy_strided(dtype, exchanged, from, strides, to, dense_strides(exchanged));
}

void run_gemm2(KernelContext &c, const Gemm2Attrs &a) {
  Tensor lhs = c.in(0), rhs = c.in(1), out = c.out(0);
  bool moved = normalize_axis(a.axis, lhs.shape.ndim()) + 2 != lhs.shape.ndim();
  std::vector<char> buffers[3];
  if (moved) {
    Tensor *tensors[] = {&lhs, &rhs, &out};
    for (int k = 0; k < 3; ++k) {
      buffers[k].resize(static_cast<size_t>(tensors[k]->nbytes()));
      if (k < 2) exchange_rows(out.dtype, tensors[k]->shape, a.axis, tensors[k]->data, buffers[k].data());
      *tensors[k] = {buffers[k].data(), rows_inside(tensors[k]->shape, a.axis), out.dtype};
    }
  }
  Gemm g = plan(lhs.shape, rhs.shape, a.transpose_a, a.transpose_b);
  g.alpha = a.alpha;
  multiply(g, lhs, rhs, out);
  if (moved) exchange_rows(out.dtype, out.shape, a.axis, out.data, c.out(0).data);
}

// What linalg_gemm2 and linalg_gemm share.
template <class A>
void define_products(DefinitionBuilder<A> &op) {
  op.input("A", "Left-hand matrices; rank 2 or more.", kFloats);
  op.input("B", "Right-hand matrices, as many.", kFloats);
  op.output("output");
  op.attr("transpose_a", &A::transpose_a, "Take the left-hand matrices transposed.");
  op.attr("transpose_b", &A::transpose_b, "Take the right-hand matrices transposed.");
  op.attr("alpha", &A::alpha, "Factor of the products.");
  op.attr("axis", &A::axis, "Axis of the matrices' rows; their columns are the last axis.").kind(AttrKind::axis);
}

// Gradients of op(a) op(b), in terms of the operator itself: d a = head op(b)^T and d b = op(a)^T head, or their
// transposes where the input is taken transposed.
void backward(GradientContext &g, const char *op, bool ta, bool tb, const AttrList &rest) {
  auto product = [&](const Entry &a, const Entry &b, bool transpose_a, bool transpose_b) {
    AttrList attrs = rest;
    attrs.emplace_back("transpose_a", transpose_a);
    attrs.emplace_back("transpose_b", transpose_b);
    return g.apply(op, {a, b}, attrs);
  };
  const Entry &a = g.input(0), &b = g.input(1);
  Entry head = g.head(0);
  g.set(0, ta ? product(b, head, tb, true) : product(head, b, false, !tb));
  g.set(1, tb ? product(head, a, true, ta) : product(a, head, !ta, false));
}

}  // namespace

CERMET_REGISTER(batch_dot)(Registry &registry) {
  auto op = registry.op<BatchDotAttrs>("batch_dot", "linalg");
  op.precision(Precision::narrow);
  op.doc("Products of the matrices in two arrays of one batch shape.");
  op.alias("_npx_batch_dot");
  op.input("lhs", "Left-hand matrices; rank 3 or more.", kFloats);
  op.input("rhs", "Right-hand matrices, as many.", kFloats);
  op.output("output");
  op.attr("transpose_a", &BatchDotAttrs::transpose_a, "Take the left-hand matrices transposed.");
  op.attr("transpose_b", &BatchDotAttrs::transpose_b, "Take the right-hand matrices transposed.");
  op.choice("forward_stype", &BatchDotAttrs::forward_stype, {"csr", "default", "row_sparse"},
            "Accepted and ignored: results are dense.");
  op.infer([](InferContext &c, const BatchDotAttrs &a) {
    expect_same_dtype(c);
    expect_rank(c, 3);
    c.output(0, result_shape(c.shape(0), c.shape(1), a.transpose_a, a.transpose_b, "rhs"), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const BatchDotAttrs &a) {
    multiply(plan(c.in(0).shape, c.in(1).shape, a.transpose_a, a.transpose_b), c.in(0), c.in(1), c.out(0));
  });
  op.gradient(
      [](GradientContext &g, const BatchDotAttrs &a) { backward(g, "batch_dot", a.transpose_a, a.transpose_b, {}); });
  op.sample({{}, {{{2, 1, 2}, {1, 2, 3, 4}}, {{2, 2, 1}, {5, 6, 7, 8}}}, {{{2, 1, 1}, {17, 53}}}});
}

CERMET_REGISTER(linalg_gemm2)(Registry &registry) {
  auto op = registry.op<Gemm2Attrs>("linalg_gemm2", "linalg");
  op.precision(Precision::narrow);
  op.doc("Products of matrices, times a number.");
  op.alias("_linalg_gemm2");
  define_products(op);
  op.infer([](InferContext &c, const Gemm2Attrs &a) {
    expect_same_dtype(c);
    expect_rank(c, 2);
    Shape lhs = rows_inside(c.shape(0), a.axis), rhs = rows_inside(c.shape(1), a.axis);
    c.output(0, rows_inside(result_shape(lhs, rhs, a.transpose_a, a.transpose_b, "B"), a.axis), c.dtype(0));
  });
  op.kernel(run_gemm2);
  op.gradient([](GradientContext &g, const Gemm2Attrs &a) {
    backward(g, "linalg_gemm2", a.transpose_a, a.transpose_b, {{"alpha", a.alpha}, {"axis", a.axis}});
  });
  op.sample({{{"alpha", 2.0}}, {{{2, 2}, {1, 2, 3, 4}}, {{2, 2}, {1, 0, 2, 1}}}, {{{2, 2}, {10, 4, 22, 8}}}});
}

namespace {
struct GemmAttrs : Gemm2Attrs {
  double beta = 1;
};
}  // namespace

CERMET_REGISTER(linalg_gemm)(Registry &registry) {
  auto op = registry.op<GemmAttrs>("linalg_gemm", "linalg");
  op.precision(Precision::narrow);
  op.doc("Products of matrices and a sum: alpha * A B + beta * C.");
  op.alias("_linalg_gemm");
  define_products(op);
  op.input("C", "What is added; shape of the products.", kFloats);
  op.attr("beta", &GemmAttrs::beta, "Factor of what is added.");
  op.compose([](ComposeContext &c, const GemmAttrs &a) {
    AttrList attrs{
        {"transpose_a", a.transpose_a}, {"transpose_b", a.transpose_b}, {"alpha", a.alpha}, {"axis", a.axis}};
    Entry product = c.apply("linalg_gemm2", {c.input(0), c.input(1)}, attrs, "product");
    Entry rest = c.apply("multiply_scalar", {c.input(2)}, {{"scalar", a.beta}}, "rest");
    c.output(c.apply("add_n", {product, rest}));
  });
  op.sample({{{"alpha", 2.0}, {"beta", -1.0}}, {{{1, 2}, {1, 2}}, {{2, 1}, {3, 4}}, {{1, 1}, {5}}}, {{{1, 1}, {17}}}});
}

}  // namespace cermet
