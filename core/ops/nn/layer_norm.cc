// SPDX-License-Identifier: Apache-2.0
// Layer normalisation (Ba, Kiros and Hinton, 2016).
#include "ops/nn/composed_gradient.h"
#include "ops/nn/layer_norm_kernels.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Attrs {
  int64_t axis = -1;
  double eps = 1e-5;
  bool output_mean_var = false;
};

int norm_axis(const Shape &data, const Attrs &a) { return normalize_axis(a.axis, data.ndim()); }

DType statistics_dtype(DType data) { return data == DType::float64 ? DType::float64 : DType::float32; }

// The same in other operators. The axis is moved to the end, where the parameters broadcast.
Entry forward_graph(ComposeContext &c, const Attrs &a, const std::vector<Entry> &inputs) {
  AttrList swap{{"dim1", a.axis}, {"dim2", -1}}, last{{"axis", -1}, {"keepdims", true}};
  Entry data = c.apply("swapaxes", {inputs[0]}, swap, "moved");
  Entry centered = c.apply("subtract", {data, c.apply("mean", {data}, last, "mean")}, {}, "centered");
  Entry variance = c.apply("mean", {c.apply("square", {centered}, {}, "square")}, last, "variance");
  Entry inverse = c.apply("rsqrt", {c.apply("add_scalar", {variance}, {{"scalar", a.eps}}, "shifted")}, {}, "inverse");
  Entry unit = c.apply("multiply", {centered, inverse}, {}, "unit");
  Entry out = c.apply("add", {c.apply("multiply", {unit, inputs[1]}, {}, "scaled"), inputs[2]}, {}, "result");
  return c.apply("swapaxes", {out}, swap, "back");
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.attr("axis", &Attrs::axis, "Axis that is normalised.").kind(AttrKind::axis);
  op.attr("eps", &Attrs::eps, "Added to the variance.").min(0);
  op.attr("output_mean_var", &Attrs::output_mean_var,
          "Give the statistics too, as further outputs. No gradient flows back through them.");
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("layer_norm", "nn");
  op.doc(
      "Layer normalisation: each line along `axis` is brought to mean 0 and variance 1, then scaled by gamma and "
      "shifted "
      "by beta.");
  op.alias("LayerNorm", "_npx_layer_norm");
  op.input("data", "Values; any shape.", kFloats);
  op.parameter("gamma", "Factors along the axis.", kFloats);
  op.parameter("beta", "Offsets along the axis.", kFloats);
  op.output("output", "Shape and dtype of data.");
  op.hidden_output("mean", "Mean of each line.").shown_when = {"output_mean_var", {true}};
  op.hidden_output("std", "sqrt(variance + eps) of each line.").shown_when = {"output_mean_var", {true}};
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    auto axis = static_cast<size_t>(norm_axis(c.shape(0), a));
    for (int input : {1, 2}) c.expect(input, {c.shape(0)[axis]}, c.dtype(0));
    Shape lines = c.shape(0);
    lines[axis] = 1;
    c.output(0, c.shape(0), c.dtype(0));
    for (int output : {1, 2}) c.output(output, lines, statistics_dtype(c.dtype(0)));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      using P = Compute<T>;
      nn::layer_norm_forward<T, P>(nn::axis_view(c.in(0).shape, norm_axis(c.in(0).shape, a)), a.eps, c.in_as<T>(0),
                                   c.in_as<T>(1), c.in_as<T>(2), c.out_as<T>(0), c.out_as<P>(1), c.out_as<P>(2));
    });
  });
  op.gradient([](GradientContext &g, const Attrs &) {
    Entry all = g.apply("layer_norm_backward",
                        {g.head(0), g.input(0), g.input(1), g.input(2), g.output(1), g.output(2)}, g.attrs());
    for (int k = 0; k < 3; ++k) g.set(k, {all.node, k});
  });
  op.sample(
        {{{"eps", 0.0}}, {{{2, 2}, {1, 3, 10, 30}}, {{2}, {1, 2}}, {{2}, {0, 0.5}}}, {{{2, 2}, {-1, 2.5, -1, 2.5}}}})
      .check_gradient = false;  // two values: the output does not change with the data
  op.sample({{{"axis", 0}},
             {{{3, 2}, {1, 2, 4, 0, 1, 7}}, {{3}, {1, 2, 3}}, {{3}, {0, 0, 1}}},
             {{{3, 2}, {-0.7071050134, -0.3396829143, 2.8284200537, -2.0380974856, -1.1213150403, 5.0761949713}}}})
      .tolerance = 1e-4;
  op.sample({{{"eps", 1.0}, {"output_mean_var", true}},
             {{{2, 2}, {1, 3, 10, 30}}, {{2}, {1, 2}}, {{2}, {0, 0.5}}},
             {{{2, 2}, {-0.7071067812, 1.9142135624, -0.9950371902, 2.4900743804}},
              {{2, 1}, {2, 20}},
              {{2, 1}, {1.4142135624, 10.0498756211}}}})
      .check_gradient = false;  // none flows through the statistics
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("layer_norm_backward", "nn");
  op.doc("Gradients of layer_norm by data, gamma and beta.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Values.", kFloats);
  op.input("gamma", "Factors.", kFloats);
  op.shape_input("beta", "Offsets.");
  op.input("mean", "Mean of each line.", kFloats);
  op.input("std", "Deviation of each line.", kFloats);
  op.output("data_grad");
  op.output("gamma_grad");
  op.output("beta_grad");
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    auto axis = static_cast<size_t>(norm_axis(c.shape(1), a));
    Shape lines = c.shape(1);
    lines[axis] = 1;
    c.expect(0, c.shape(1), c.dtype(1));
    for (int input : {2, 3}) c.expect(input, {c.shape(1)[axis]}, c.dtype(1));
    for (int input : {4, 5}) c.expect(input, lines, statistics_dtype(c.dtype(1)));
    for (int k = 0; k < 3; ++k) c.output(k, c.shape(k + 1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    nn::AxisView view = nn::axis_view(c.in(1).shape, norm_axis(c.in(1).shape, a));
    dispatch_floats(c.in(1).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      using P = Compute<T>;
      const T *head = c.in_as<T>(0), *data = c.in_as<T>(1);
      nn::layer_norm_data_grad<T, P>(view, head, data, c.in_as<T>(2), c.in_as<P>(4), c.in_as<P>(5), c.out_as<T>(0));
      nn::layer_norm_parameter_grads<T, P>(view, head, data, c.in_as<P>(4), c.in_as<P>(5), c.out_as<T>(1),
                                           c.out_as<T>(2));
    });
  });
  op.compose([](ComposeContext &c, const Attrs &a) {
    nn::compose_gradient(c, c.input(0), {c.input(1), c.input(2), c.input(3)},
                         [&](const std::vector<Entry> &inputs) { return forward_graph(c, a, inputs); });
  });
}

}  // namespace

CERMET_REGISTER(layer_norm)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
}

}  // namespace cermet
