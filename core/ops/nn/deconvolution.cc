// SPDX-License-Identifier: Apache-2.0
// Deconvolution (transposed convolution): the adjoint of a convolution that would map its output to its input. So its
// kernels are convolution's, with the roles of data and output exchanged; the three bilinear forms are again closed
// under differentiation.
#include "autograd/gradient.h"
#include "ops/nn/convolution.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Deconv : nn::ConvolutionAttrs {
  std::vector<int64_t> adj, target_shape;
  Deconv() {
    no_bias = true;
    workspace = 512;
  }
};

int64_t at(const std::vector<int64_t> &values, size_t k, int64_t fill) { return values.empty() ? fill : values[k]; }

// The output's size along spatial axis k, and the padding that goes with it (target_shape chooses its own).
struct Extent {
  int64_t size, pad;
};

Extent extent(const Shape &data, const Deconv &a, size_t k) {
  int64_t reach = at(a.dilate, k, 1) * (a.kernel[k] - 1) + 1;
  int64_t whole = at(a.stride, k, 1) * (data[2 + k] - 1) + reach;  // without padding
  if (a.target_shape.empty()) {
    int64_t pad = at(a.pad, k, 0), size = whole - 2 * pad + at(a.adj, k, 0);
    if (size < 1)
      throw Error(Status::shape, "pad", "got ", pad, "; want less, as data ", data, " gives an output of size ", size);
    return {size, pad};
  }
  int64_t size = a.target_shape[k], surplus = whole - size;
  if (surplus < 0)
    throw Error(Status::shape, "target_shape", "got ", size, " for spatial axis ", k, "; want at most ", whole,
                " for data ", data);
  return {size, (surplus + 1) / 2};
}

Shape output_shape(const Shape &data, const Deconv &a) {
  nn::check_data_rank(data, a.kernel.size());
  if (data[1] % a.num_group)
    throw Error(Status::shape, "data", "got ", data, "; want a number of channels that num_group ", a.num_group,
                " divides");
  Shape out{data[0], a.num_filter};
  for (size_t k = 0; k < a.kernel.size(); ++k) out.push_back(extent(data, a, k).size);
  return out;
}

Shape weight_shape(const Shape &data, const Deconv &a) {
  Shape out{data[1], a.num_filter / a.num_group};
  for (int64_t size : a.kernel) out.push_back(size);
  return out;
}

// The convolution whose adjoint this is.
nn::ConvolutionAttrs adjoint(const Shape &data, const Deconv &a) {
  nn::ConvolutionAttrs out = a;
  out.num_filter = data[1];
  out.pad.clear();
  for (size_t k = 0; k < a.kernel.size(); ++k) out.pad.push_back(extent(data, a, k).pad);
  return out;
}

void check_attrs(const Deconv &a) {
  nn::check_convolution(a);
  nn::check_axes("adj", a.adj, a.kernel.size());
  nn::check_axes("target_shape", a.target_shape, a.kernel.size());
  for (size_t k = 0; k < a.adj.size(); ++k)
    if (a.adj[k] >= at(a.stride, k, 1))
      throw Error(Status::invalid_argument, "adj", "got ", a.adj[k], "; want less than the stride ",
                  at(a.stride, k, 1));
}

void declare_attrs(DefinitionBuilder<Deconv> &op) {
  nn::declare_convolution_attrs(op);
  op.attr("adj", &Deconv::adj, "Rows added at the far end of each output axis; less than the stride.")
      .min(0)
      .max(nn::kMaxWindow)
      .kind(AttrKind::window);
  op.attr("target_shape", &Deconv::target_shape,
          "Wanted sizes of the output's spatial axes; then pad and adj are ignored.")
      .min(1)
      .max(nn::kMaxWindow)
      .kind(AttrKind::window);
  op.check([](const Deconv &a) { check_attrs(a); });
}

template <class T>
void add_bias(const Tensor &out, const T *bias) {
  int64_t channels = out.shape[1], inner = out.shape.product(2, out.shape.ndim());
  for (int64_t k = 0; k < out.numel(); ++k)
    out.as<T>()[k] = static_cast<Compute<T>>(out.as<T>()[k]) + static_cast<Compute<T>>(bias[k / inner % channels]);
}

AttrList without_bias(const GradientContext &g) {
  AttrList out;
  for (const auto &attr : g.attrs())
    if (attr.first != "no_bias") out.push_back(attr);
  return out;
}

void register_forward(Registry &registry) {
  auto op = registry.op<Deconv>("deconvolution", "nn");
  op.precision(Precision::narrow);
  op.doc("Transposed convolution over one, two or three spatial axes.",
         "Size of an output axis: stride (size - 1) + dilate (kernel - 1) + 1 - 2 pad + adj. Note that no_bias is true "
         "by default.");
  op.alias("Deconvolution", "_npx_deconvolution");
  op.input("data", "(N, C, spatial ...), with as many spatial axes as the kernel has.", kFloats);
  op.parameter("weight", "(C, num_filter / num_group, kernel ...).", kFloats);
  op.parameter("bias", "(num_filter).", kFloats).when = {"no_bias", {false}};
  op.output("output", "(N, num_filter, spatial ...).");
  declare_attrs(op);
  op.infer([](InferContext &c, const Deconv &a) {
    Shape out = output_shape(c.shape(0), a);
    c.expect(1, weight_shape(c.shape(0), a), c.dtype(0));
    c.expect(2, {a.num_filter}, c.dtype(0));
    c.output(0, out, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Deconv &a) {
    nn::convolve_data_grad(adjoint(c.in(0).shape, a), c.in(0), c.in(1), c.out(0), c.workspace);
    if (a.no_bias) return;
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      add_bias<T>(c.out(0), c.in_as<T>(2));
    });
  });
  op.workspace([](const KernelContext &c, const Deconv &a) {
    return nn::data_grad_workspace(adjoint(c.in(0).shape, a), c.in(0), c.in(1), c.out(0));
  });
  op.gradient([](GradientContext &g, const Deconv &a) {
    AttrList attrs = without_bias(g);
    g.set(0, g.apply("deconvolution_data_grad", {g.head(0), g.input(1), g.input(0)}, attrs));
    g.set(1, g.apply("deconvolution_weight_grad", {g.head(0), g.input(0)}, attrs));
    if (!a.no_bias) g.set(2, g.apply("sum", {g.head(0)}, {{"axis", 1}, {"exclude", true}}));
  });
  op.sample({{{"kernel", {2, 2}}, {"num_filter", 1}},
             {{{1, 1, 2, 2}, {1, 2, 3, 4}}, {{1, 1, 2, 2}, {1, 0, 0, -1}}},
             {{{1, 1, 3, 3}, {1, 2, 0, 3, 3, -2, 0, -3, -4}}}});
  op.sample({{{"kernel", {3}}, {"num_filter", 1}, {"stride", {2}}, {"pad", {1}}, {"adj", {1}}, {"no_bias", false}},
             {{{1, 1, 2}, {1, 2}}, {{1, 1, 3}, {1, 10, 100}}, {{1}, {5}}},
             {{{1, 1, 4}, {15, 107, 25, 205}}}});
}

void register_data_grad(Registry &registry) {
  auto op = registry.op<Deconv>("deconvolution_data_grad", "nn");
  op.doc("Gradient of deconvolution by its data.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("weight", "(C, num_filter / num_group, kernel ...).", kFloats);
  op.shape_input("data", "Lends its shape.");
  op.output("output");
  declare_attrs(op);
  op.infer([](InferContext &c, const Deconv &a) {
    c.expect_shape(0, output_shape(c.shape(2), a));
    c.expect(1, weight_shape(c.shape(2), a), c.dtype(0));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Deconv &a) {
    nn::convolve(adjoint(c.out(0).shape, a), c.in(0), c.in(1), nullptr, c.out(0), c.workspace);
  });
  op.workspace([](const KernelContext &c, const Deconv &a) {
    return nn::convolve_workspace(adjoint(c.out(0).shape, a), c.in(0), c.in(1), nullptr, c.out(0));
  });
  op.gradient([](GradientContext &g, const Deconv &) {
    g.set(0, g.apply("deconvolution", {g.head(0), g.input(1)}, g.attrs()));
    g.set(1, g.apply("deconvolution_weight_grad", {g.input(0), g.head(0)}, g.attrs()));
  });
}

void register_weight_grad(Registry &registry) {
  auto op = registry.op<Deconv>("deconvolution_weight_grad", "nn");
  op.doc("Gradient of deconvolution by its weight.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Deconvolution's input.", kFloats);
  op.output("output");
  declare_attrs(op);
  op.infer([](InferContext &c, const Deconv &a) {
    c.expect(0, output_shape(c.shape(1), a), c.dtype(1));
    c.output(0, weight_shape(c.shape(1), a), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Deconv &a) {
    nn::convolve_weight_grad(adjoint(c.in(1).shape, a), c.in(1), c.in(0), c.out(0), nullptr, c.workspace);
  });
  op.workspace([](const KernelContext &c, const Deconv &a) {
    return nn::weight_grad_workspace(adjoint(c.in(1).shape, a), c.in(1), c.in(0), c.out(0), nullptr);
  });
  op.gradient([](GradientContext &g, const Deconv &) {
    g.set(0, g.apply("deconvolution", {g.input(1), g.head(0)}, g.attrs()));
    g.set(1, g.apply("deconvolution_data_grad", {g.input(0), g.head(0), g.input(1)}, g.attrs()));
  });
}

}  // namespace

CERMET_REGISTER(deconvolution)(Registry &registry) {
  register_forward(registry);
  register_data_grad(registry);
  register_weight_grad(registry);
}

}  // namespace cermet
