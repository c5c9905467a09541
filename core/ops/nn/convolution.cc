// SPDX-License-Identifier: Apache-2.0
// Convolution (cross-correlation, as everywhere in deep learning) over 1, 2 or 3 spatial axes, and its two gradients.
#include "ops/nn/convolution.h"

#include "autograd/gradient.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using Conv = nn::ConvolutionAttrs;

AttrList without_bias(const GradientContext &g) {
  AttrList out;
  for (const auto &attr : g.attrs())
    if (attr.first != "no_bias") out.push_back(attr);
  out.emplace_back("no_bias", true);
  return out;
}

void declare_attrs(DefinitionBuilder<Conv> &op) {
  nn::declare_convolution_attrs(op);
  op.check([](const Conv &a) { nn::check_convolution(a); });
}

void register_forward(Registry &registry) {
  auto op = registry.op<Conv>("convolution", "nn");
  op.precision(Precision::narrow);
  op.doc("Convolution over one, two or three spatial axes.",
         "Each output is the sum over a window of the input times the kernel (which is not mirrored), plus the bias. "
         "Size of "
         "an output axis: floor((size + 2 pad - dilate (kernel - 1) - 1) / stride) + 1.");
  op.alias("Convolution", "_npx_convolution", "Convolution_v1");
  op.input("data", "(N, C, spatial ...), with as many spatial axes as the kernel has.", kFloats);
  op.parameter("weight", "(num_filter, C / num_group, kernel ...).", kFloats);
  op.parameter("bias", "(num_filter).", kFloats).when = {"no_bias", {false}};
  op.output("output", "(N, num_filter, spatial ...).");
  declare_attrs(op);
  op.infer([](InferContext &c, const Conv &a) {
    Shape out = nn::convolution_output(c.shape(0), a);
    c.expect(1, nn::convolution_weight(c.shape(0), a), c.dtype(0));
    c.expect(2, {a.num_filter}, c.dtype(0));
    c.output(0, out, c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Conv &a) {
    nn::convolve(a, c.in(0), c.in(1), a.no_bias ? nullptr : &c.in(2), c.out(0), c.workspace);
  });
  op.workspace([](const KernelContext &c, const Conv &a) {
    return nn::convolve_workspace(a, c.in(0), c.in(1), a.no_bias ? nullptr : &c.in(2), c.out(0));
  });
  op.formats([](FormatContext &c, const Conv &a) { nn::convolution_formats(c, a); });
  op.gradient([](GradientContext &g, const Conv &a) {
    g.set(0, g.apply("convolution_data_grad", {g.head(0), g.input(1), g.input(0)}, without_bias(g)));
    Entry weight = g.apply("convolution_weight_grad", {g.head(0), g.input(0)}, g.attrs());
    g.set(1, weight);
    if (!a.no_bias) g.set(2, {weight.node, 1});
  });
  op.sample({{{"kernel", {2, 2}}, {"num_filter", 1}},
             {{{1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}}, {{1, 1, 2, 2}, {1, 0, 0, -1}}, {{1}, {10}}},
             {{{1, 1, 2, 2}, {6, 6, 6, 6}}}});
  op.sample({{{"kernel", {3}}, {"num_filter", 2}, {"num_group", 2}, {"pad", {1}}, {"stride", {2}}, {"no_bias", true}},
             {{{1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}}, {{2, 1, 3}, {1, 1, 1, 1, 0, -1}}},
             {{{1, 2, 2}, {3, 9, -6, -2}}}});
}

void register_data_grad(Registry &registry) {
  auto op = registry.op<Conv>("convolution_data_grad", "nn");
  op.doc("Gradient of convolution by its data.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("weight", "(num_filter, C / num_group, kernel ...).", kFloats);
  op.shape_input("data", "Lends its shape.");
  op.output("output");
  declare_attrs(op);
  op.infer([](InferContext &c, const Conv &a) {
    c.expect_shape(0, nn::convolution_output(c.shape(2), a));
    c.expect(1, nn::convolution_weight(c.shape(2), a), c.dtype(0));
    c.output(0, c.shape(2), c.dtype(0));
  });
  op.kernel(
      [](KernelContext &c, const Conv &a) { nn::convolve_data_grad(a, c.in(0), c.in(1), c.out(0), c.workspace); });
  op.workspace(
      [](const KernelContext &c, const Conv &a) { return nn::data_grad_workspace(a, c.in(0), c.in(1), c.out(0)); });
  op.formats([](FormatContext &c, const Conv &a) { nn::data_grad_formats(c, a); });
  op.gradient([](GradientContext &g, const Conv &) {
    g.set(0, g.apply("convolution", {g.head(0), g.input(1)}, g.attrs()));
    g.set(1, g.apply("convolution_weight_grad", {g.input(0), g.head(0)}, g.attrs()));
  });
}

void register_weight_grad(Registry &registry) {
  auto op = registry.op<Conv>("convolution_weight_grad", "nn");
  op.doc("Gradients of convolution by its weight and, unless no_bias, by its bias.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Convolution's input.", kFloats);
  op.output("weight_grad");
  op.output("bias_grad").when = {"no_bias", {false}};
  declare_attrs(op);
  op.infer([](InferContext &c, const Conv &a) {
    c.expect(0, nn::convolution_output(c.shape(1), a), c.dtype(1));
    c.output(0, nn::convolution_weight(c.shape(1), a), c.dtype(1));
    if (!a.no_bias) c.output(1, {a.num_filter}, c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Conv &a) {
    nn::convolve_weight_grad(a, c.in(0), c.in(1), c.out(0), a.no_bias ? nullptr : &c.out(1), c.workspace);
  });
  op.workspace([](const KernelContext &c, const Conv &a) {
    return nn::weight_grad_workspace(a, c.in(0), c.in(1), c.out(0), a.no_bias ? nullptr : &c.out(1));
  });
  op.formats([](FormatContext &c, const Conv &a) { nn::weight_grad_formats(c, a); });
  // With w and b the gradients that flow into the two outputs, the head's is convolution(data, w, b).
  op.gradient([](GradientContext &g, const Conv &a) {
    std::vector<Entry> inputs{g.input(1), g.head(0)};
    if (!a.no_bias) inputs.push_back(g.head(1));
    g.set(0, g.apply("convolution", inputs, g.attrs()));
    g.set(1, g.apply("convolution_data_grad", {g.input(0), g.head(0), g.input(1)}, without_bias(g)));
  });
}

}  // namespace

CERMET_REGISTER(convolution)(Registry &registry) {
  register_forward(registry);
  register_data_grad(registry);
  register_weight_grad(registry);
}

}  // namespace cermet
