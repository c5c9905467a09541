// SPDX-License-Identifier: Apache-2.0
// Fully connected layer: out = data weight^T + bias. Its two gradients are operators of the same bilinear form; the
// three are each other's gradients, so any order of differentiation works.
#include <algorithm>

#include "autograd/gradient.h"
#include "base/parallel.h"
#include "ops/common/gemm.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Attrs {
  int64_t num_hidden = 0;
  bool no_bias = false, flatten = true;
};

// (rows, columns) of the data as a matrix.
std::pair<int64_t, int64_t> matrix(const Shape &data, const Attrs &a) {
  int split = a.flatten ? 1 : data.ndim() - 1;
  return {data.product(0, split), data.product(split, data.ndim())};
}

Shape output_shape(const Shape &data, const Attrs &a) {
  if (data.ndim() < 1) throw Error(Status::shape, "data", "got ", data, "; want at least 1 dimension");
  if (a.flatten) return {data[0], a.num_hidden};
  Shape out = data;
  out.back() = a.num_hidden;
  return out;
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.attr("num_hidden", &Attrs::num_hidden, "Number of outputs a row.").required().min(1).max(0x7fffffff);
  op.attr("no_bias", &Attrs::no_bias, "Leave the bias out.");
  op.attr("flatten", &Attrs::flatten, "Merge all axes but the first; else the layer works on the last axis alone.");
}

template <class T>
void add_bias(int64_t rows, int64_t columns, const T *bias, T *out) {
  parallel_for(rows, std::max<int64_t>(1, 16384 / columns), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      for (int64_t k = 0; k < columns; ++k)
        out[row * columns + k] = static_cast<Compute<T>>(out[row * columns + k]) + static_cast<Compute<T>>(bias[k]);
  });
}

void forward(KernelContext &c, const Attrs &a) {
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto [rows, columns] = matrix(c.in(0).shape, a);
    Gemm product{.m = rows, .n = a.num_hidden, .k = columns, .transpose_b = true};
    bool rounds = std::is_class_v<T>;  // then the bias goes into the sums, to be rounded once
    if (rounds && !a.no_bias) {
      for (int64_t row = 0; row < rows; ++row)
        std::copy_n(c.in_as<T>(2), a.num_hidden, c.out_as<T>(0) + row * a.num_hidden);
      product.beta = 1;
    }
    gemm<T>(product, c.in_as<T>(0), c.in_as<T>(1), c.out_as<T>(0));
    if (!rounds && !a.no_bias) add_bias<T>(rows, a.num_hidden, c.in_as<T>(2), c.out_as<T>(0));
  });
}

void data_grad(KernelContext &c, const Attrs &a) {
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto [rows, columns] = matrix(c.out(0).shape, a);
    gemm<T>({.m = rows, .n = columns, .k = a.num_hidden}, c.in_as<T>(0), c.in_as<T>(1), c.out_as<T>(0));
  });
}

void weight_grad(KernelContext &c, const Attrs &a) {
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto [rows, columns] = matrix(c.in(1).shape, a);
    gemm<T>({.m = a.num_hidden, .n = columns, .k = rows, .transpose_a = true}, c.in_as<T>(0), c.in_as<T>(1),
            c.out_as<T>(0));
  });
}

// The attributes for the forward operator in a gradient, where no bias takes part.
AttrList without_bias(const Attrs &a) {
  return {{"num_hidden", a.num_hidden}, {"no_bias", true}, {"flatten", a.flatten}};
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("fully_connected", "nn");
  op.precision(Precision::narrow);
  op.doc(
      "Fully connected layer: out = data * transpose(weight) + bias.",
      "With `flatten` the data (N, d1, d2, ...) is read as a matrix of N rows; the output is (N, num_hidden). Without "
      "it, the last axis is mapped and the others are kept.");
  op.alias("FullyConnected", "_npx_fully_connected", "_sparse_FullyConnected");
  op.input("data", "Values; the first axis is the batch.", kFloats);
  op.parameter("weight", "Matrix (num_hidden, inputs a row).", kFloats);
  op.parameter("bias", "Vector (num_hidden).", kFloats).when = {"no_bias", {false}};
  op.output("output", "(N, num_hidden), or data's shape with the last axis replaced.");
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    Shape out = output_shape(c.shape(0), a);
    c.expect(1, {a.num_hidden, matrix(c.shape(0), a).second}, c.dtype(0));
    c.expect(2, {a.num_hidden}, c.dtype(0));
    c.output(0, out, c.dtype(0));
  });
  op.kernel(forward);
  op.gradient([](GradientContext &g, const Attrs &a) {
    g.set(0, g.apply("fully_connected_data_grad", {g.head(0), g.input(1), g.input(0)}, without_bias(a)));
    g.set(1, g.apply("fully_connected_weight_grad", {g.head(0), g.input(0)}, without_bias(a)));
    if (!a.no_bias) g.set(2, g.apply("sum", {g.head(0)}, {{"axis", int64_t{-1}}, {"exclude", true}}));
  });
  op.sample({{{"num_hidden", 2}},
             {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{2, 3}, {1, 0, -1, 2, 1, 0}}, {{2}, {0.5, -0.5}}},
             {{{2, 2}, {-1.5, 3.5, -1.5, 12.5}}}});
  op.sample({{{"num_hidden", 1}, {"no_bias", true}, {"flatten", false}},
             {{{2, 1, 2}, {1, 2, 3, 4}}, {{1, 2}, {10, 1}}},
             {{{2, 1, 1}, {12, 34}}}});
}

void register_data_grad(Registry &registry) {
  auto op = registry.op<Attrs>("fully_connected_data_grad", "nn");
  op.doc("Gradient of fully_connected by its data: head * weight, in data's shape.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("weight", "Matrix (num_hidden, inputs a row).", kFloats);
  op.shape_input("data", "Lends its shape.");
  op.output("output");
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    c.expect_shape(0, output_shape(c.shape(2), a));
    c.expect(1, {a.num_hidden, matrix(c.shape(2), a).second}, c.dtype(0));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel(data_grad);
  op.gradient([](GradientContext &g, const Attrs &a) {
    g.set(0, g.apply("fully_connected", {g.head(0), g.input(1)}, without_bias(a)));
    g.set(1, g.apply("fully_connected_weight_grad", {g.input(0), g.head(0)}, without_bias(a)));
  });
}

void register_weight_grad(Registry &registry) {
  auto op = registry.op<Attrs>("fully_connected_weight_grad", "nn");
  op.doc("Gradient of fully_connected by its weight: transpose(head) * data.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "The layer's input.", kFloats);
  op.output("output");
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    c.expect(0, output_shape(c.shape(1), a), c.dtype(1));
    c.output(0, {a.num_hidden, matrix(c.shape(1), a).second}, c.dtype(1));
  });
  op.kernel(weight_grad);
  op.gradient([](GradientContext &g, const Attrs &a) {
    g.set(0, g.apply("fully_connected", {g.input(1), g.head(0)}, without_bias(a)));
    g.set(1, g.apply("fully_connected_data_grad", {g.input(0), g.head(0), g.input(1)}, without_bias(a)));
  });
}

}  // namespace

CERMET_REGISTER(fully_connected)(Registry &registry) {
  register_forward(registry);
  register_data_grad(registry);
  register_weight_grad(registry);
}

}  // namespace cermet
