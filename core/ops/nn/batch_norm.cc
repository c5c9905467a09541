// SPDX-License-Identifier: Apache-2.0
// Batch normalisation (Ioffe and Szegedy, 2015) with MXNet's meaning: the variance is biased, in the moving average
// too, and gamma counts as ones unless fix_gamma is switched off. The moving statistics change in a training forward
// pass; gradients use the hidden outputs, which nothing overwrites.
#include "ops/nn/batch_norm.h"

#include <algorithm>

#include "ops/nn/composed_gradient.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Attrs {
  double eps = 1e-3, momentum = 0.9;
  bool fix_gamma = true, use_global_stats = false, output_mean_var = false, cudnn_off = false;
  int64_t axis = 1;
  std::optional<double> min_calib_range, max_calib_range;
};

DType parameter_dtype(DType data) { return data == DType::float64 ? DType::float64 : DType::float32; }

int channel_axis(const Shape &data, const Attrs &a) { return normalize_axis(a.axis, data.ndim()); }

Shape channels(const Shape &data, const Attrs &a) { return {data[static_cast<size_t>(channel_axis(data, a))]}; }

bool uses_batch(const KernelContext &c, const Attrs &a) { return c.train && !a.use_global_stats; }

enum Input { kData, kGamma, kBeta, kMovingMean, kMovingVar };

// The normalisation in other operators, for data, gamma and beta. The channels are moved to the last axis, where the
// parameters broadcast. Statistics: those of the data times the flag that says whether we train, else the saved ones.
Entry forward_graph(ComposeContext &c, const Attrs &a, const std::vector<Entry> &inputs, const Entry &saved_mean,
                    const Entry &saved_inverse) {
  AttrList swap{{"dim1", a.axis}, {"dim2", -1}}, channels{{"axis", -1}, {"exclude", true}};
  auto node = [&](const char *op, const std::vector<Entry> &args, const AttrList &attrs = {}) {
    return c.apply(op, args, attrs, "inner");
  };
  Entry data = node("swapaxes", {inputs[0]}, swap);
  Entry batch = node("batch_flag", {saved_mean}, {{"use_global_stats", a.use_global_stats}});
  auto blend = [&](const Entry &fresh, const Entry &saved) {
    return node("add", {node("multiply", {batch, fresh}),
                        node("multiply",
                             {node("rsubtract_scalar", {batch}, {{"scalar", 1.0}}), node("stop_gradient", {saved})})});
  };
  Entry mean = node("mean", {data}, channels);
  Entry variance = node("mean", {node("square", {node("subtract", {data, mean})})}, channels);
  Entry inverse = node("rsqrt", {node("add_scalar", {variance}, {{"scalar", a.eps}})});
  Entry unit = node("multiply", {node("subtract", {data, blend(mean, saved_mean)}), blend(inverse, saved_inverse)});
  if (!a.fix_gamma) unit = node("multiply", {unit, inputs[1]});
  return node("swapaxes", {node("add", {unit, inputs[2]})}, swap);
}

template <class P>
void blend(const Attrs &a, int64_t count, const P *fresh, P *moving) {
  for (int64_t k = 0; k < count; ++k)
    moving[k] = static_cast<P>(moving[k] * static_cast<P>(a.momentum) + fresh[k] * static_cast<P>(1 - a.momentum));
}

nn::BlockedChannels blocked_channels(const Tensor &data) {
  return {data.shape[0], data.shape[1], data.shape.product(2, data.shape.ndim()), data.format->block};
}

// Data in blocks of channels stays so.
void keep_blocks(FormatContext &c, const Attrs &a, int data) {
  const FormatRef &format = c.arriving(data);
  if (!format || !format->block || channel_axis(c.shape(data), a) != 1) return;
  for (int input = 0; input <= data; ++input) c.want(input, format);
  c.give(0, format);
}

// The last step of batch_norm, from the statistics.
template <class T, class P>
void normalize(const Tensor &data, const Attrs &a, const P *gamma, const P *beta, const P *mean, const P *inv_std,
               const Tensor &out) {
  if (a.fix_gamma) gamma = nullptr;
  if constexpr (std::is_same_v<T, float>)
    if (data.format)
      return nn::normalize_blocked(blocked_channels(data), data.as<T>(), mean, inv_std, gamma, beta, out.as<T>());
  nn::AxisView view = nn::axis_view(data.shape, channel_axis(data.shape, a));
  nn::normalize_channels<T, P>(view, data.as<T>(), mean, inv_std, gamma, beta, out.as<T>());
}

template <class T, class P>
void forward(KernelContext &c, const Attrs &a) {
  nn::AxisView view = nn::axis_view(c.in(kData).shape, channel_axis(c.in(kData).shape, a));
  P *mean = c.out_as<P>(1), *inv_std = c.out_as<P>(2);
  P *moving_mean = c.in_as<P>(kMovingMean), *moving_var = c.in_as<P>(kMovingVar);
  if (uses_batch(c, a)) {
    std::vector<P> variance(static_cast<size_t>(view.size));
    if constexpr (std::is_same_v<T, float>) {
      if (c.in(kData).format)
        nn::blocked_statistics(blocked_channels(c.in(kData)), c.in_as<const T>(kData), a.eps, mean, variance.data(),
                               inv_std);
    }
    if (!c.in(kData).format)
      nn::channel_statistics(view, c.in_as<const T>(kData), a.eps, mean, variance.data(), inv_std);
    if (view.outer * view.inner > 0) {
      blend(a, view.size, mean, moving_mean);
      blend(a, view.size, variance.data(), moving_var);
    }
  } else {
    for (int64_t k = 0; k < view.size; ++k) {
      mean[k] = moving_mean[k];
      inv_std[k] = static_cast<P>(1 / std::sqrt(static_cast<double>(moving_var[k]) + a.eps));
    }
  }
  normalize<T, P>(c.in(kData), a, c.in_as<P>(kGamma), c.in_as<P>(kBeta), mean, inv_std, c.out(0));
}

// Inputs: head, data, gamma, beta (not read), mean, inverse standard deviation.
template <class T, class P>
void backward(KernelContext &c, const Attrs &a) {
  nn::AxisView view = nn::axis_view(c.in(1).shape, channel_axis(c.in(1).shape, a));
  nn::ChannelGradient<T, P> gradient{c.in_as<T>(0),  c.in_as<T>(1),  a.fix_gamma ? nullptr : c.in_as<P>(2),
                                     c.in_as<P>(4),  c.in_as<P>(5),  c.out_as<T>(0),
                                     c.out_as<P>(1), c.out_as<P>(2), uses_batch(c, a)};
  if constexpr (std::is_same_v<T, float>)
    if (c.in(1).format) nn::blocked_gradients(blocked_channels(c.in(1)), gradient);
  if (!c.in(1).format) nn::channel_gradients<T, P>(view, gradient);
  if (a.fix_gamma) std::fill_n(c.out_as<P>(1), view.size, P(0));
}

// f(TypeTag<T>, TypeTag<P>) for the types of data and parameters.
template <class F>
void with_types(DType dtype, F &&f) {
  dispatch_floats(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    f(tag, TypeTag<Compute<T>>{});
  });
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.attr("eps", &Attrs::eps, "Added to the variance.").min(0);
  op.attr("momentum", &Attrs::momentum, "Part of the moving statistics that is kept in each training step.")
      .min(0)
      .max(1);
  op.attr("fix_gamma", &Attrs::fix_gamma, "Take gamma as ones, with a gradient of zero.");
  op.attr("use_global_stats", &Attrs::use_global_stats,
          "Normalise by the moving statistics in training too, and leave them alone.");
  op.attr("output_mean_var", &Attrs::output_mean_var,
          "Give the statistics too, as further outputs. No gradient flows back through them.");
  op.attr("axis", &Attrs::axis, "Axis of the channels.").kind(AttrKind::axis);
  op.attr("cudnn_off", &Attrs::cudnn_off, "Only for MXNet's files; has no effect.");
  op.attr("min_calib_range", &Attrs::min_calib_range, "Only for MXNet's files; has no effect.");
  op.attr("max_calib_range", &Attrs::max_calib_range, "Only for MXNet's files; has no effect.");
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("batch_norm", "nn");
  op.doc("Batch normalisation: each channel is shifted and scaled to mean 0 and variance 1, then by gamma and beta.",
         "In training the statistics are those of the batch (biased variance), and the moving ones become momentum * "
         "moving + "
         "(1 - momentum) * batch. In prediction, or with use_global_stats, the moving ones are used. Note that "
         "fix_gamma is "
         "true by default, as in MXNet. With 16-bit data the parameters and statistics are float32.");
  op.alias("BatchNorm", "_npx_batch_norm", "BatchNorm_v1");
  op.depends_on_train();
  op.input("data", "Values; channels along `axis`.", kFloats);
  op.parameter("gamma", "Factor of each channel.", kFloats | kOwnDType);
  op.parameter("beta", "Offset of each channel.", kFloats | kOwnDType);
  op.state("moving_mean", "Moving average of the means.", kFloats | kOwnDType);
  op.state("moving_var", "Moving average of the variances.", kFloats | kOwnDType);
  op.output("output", "Shape and dtype of data.");
  op.in_place(kData, 0);
  op.hidden_output("mean", "Mean used for each channel.").shown_when = {"output_mean_var", {true}};
  op.hidden_output("var", "1 / sqrt(variance + eps) used for each channel.").shown_when = {"output_mean_var", {true}};
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    Shape shape = channels(c.shape(kData), a);
    DType dtype = parameter_dtype(c.dtype(kData));
    for (int input = kGamma; input <= kMovingVar; ++input) c.expect(input, shape, dtype);
    c.output(0, c.shape(kData), c.dtype(kData));
    c.output(1, shape, dtype);
    c.output(2, shape, dtype);
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    with_types(c.in(kData).dtype, [&](auto data, auto parameter) {
      forward<typename decltype(data)::type, typename decltype(parameter)::type>(c, a);
    });
  });
  op.formats([](FormatContext &c, const Attrs &a) { keep_blocks(c, a, kData); });
  op.gradient([](GradientContext &g, const Attrs &) {
    Entry all =
        g.apply("batch_norm_backward",
                {g.head(0), g.input(kData), g.input(kGamma), g.input(kBeta), g.output(1), g.output(2)}, g.attrs());
    for (int k = 0; k < 3; ++k) g.set(k, {all.node, k});
  });
  op.sample({{{"fix_gamma", false}, {"eps", 0.0}},
             {{{1, 2, 2}, {1, 3, 10, 30}}, {{2}, {2, 10}}, {{2}, {0, 1}}, {{2}, {1, 20}}, {{2}, {4, 100}}},
             {{{1, 2, 2}, {0, 2, -9, 11}}}});
  Sample &train = op.sample({{{"fix_gamma", false}, {"eps", 0.0}},
                             {{{2, 2}, {1, 10, 3, 30}}, {{2}, {2, 10}}, {{2}, {0, 1}}, {{2}, {0, 0}}, {{2}, {1, 1}}},
                             {{{2, 2}, {-2, -9, 2, 11}}}});
  train.train = true;
  Sample &shown = op.sample({{{"eps", 0.0}, {"output_mean_var", true}},
                             {{{2, 2}, {1, 10, 3, 30}}, {{2}, {1, 1}}, {{2}, {0, 1}}, {{2}, {0, 0}}, {{2}, {1, 1}}},
                             {{{2, 2}, {-1, 0, 1, 2}}, {{2}, {2, 20}}, {{2}, {1, 0.1}}}});
  shown.train = true;
  shown.check_gradient = false;  // none flows through the statistics
}

// The output once more, in a backward pass that did not keep it: the moving statistics have changed already.
void register_apply(Registry &registry) {
  auto op = registry.op<Attrs>("batch_norm_apply", "nn");
  op.doc("The output of batch_norm from the statistics that it used.");
  op.internal();
  op.input("data", "Values.", kFloats);
  op.input("gamma", "Factor of each channel.", kFloats);
  op.input("beta", "Offset of each channel.", kFloats);
  op.input("mean", "Mean used.", kFloats);
  op.input("inv_std", "Inverse standard deviation used.", kFloats);
  op.output("output");
  op.in_place(kData, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    for (int input = 1; input < 5; ++input)
      c.expect(input, channels(c.shape(kData), a), parameter_dtype(c.dtype(kData)));
    c.output(0, c.shape(kData), c.dtype(kData));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    with_types(c.in(kData).dtype, [&](auto data, auto parameter) {
      using P = typename decltype(parameter)::type;
      normalize<typename decltype(data)::type, P>(c.in(kData), a, c.in_as<P>(kGamma), c.in_as<P>(kBeta), c.in_as<P>(3),
                                                  c.in_as<P>(4), c.out(0));
    });
  });
  op.formats([](FormatContext &c, const Attrs &a) { keep_blocks(c, a, kData); });
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("batch_norm_backward", "nn");
  op.doc("Gradients of batch_norm by data, gamma and beta.");
  op.internal();
  op.depends_on_train();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Values.", kFloats);
  op.input("gamma", "Factor of each channel.", kFloats);
  op.shape_input("beta", "Offset of each channel.");
  op.input("mean", "Mean used.", kFloats);
  op.input("inv_std", "Inverse standard deviation used.", kFloats);
  op.output("data_grad");
  op.output("gamma_grad");
  op.output("beta_grad");
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    Shape shape = channels(c.shape(1), a);
    DType dtype = parameter_dtype(c.dtype(1));
    c.expect(0, c.shape(1), c.dtype(1));
    for (int input = 2; input < 6; ++input) c.expect(input, shape, dtype);
    c.output(0, c.shape(1), c.dtype(1));
    c.output(1, shape, dtype);
    c.output(2, shape, dtype);
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    with_types(c.in(1).dtype, [&](auto data, auto parameter) {
      backward<typename decltype(data)::type, typename decltype(parameter)::type>(c, a);
    });
  });
  op.formats([](FormatContext &c, const Attrs &a) { keep_blocks(c, a, 1); });
  op.compose([](ComposeContext &c, const Attrs &a) {
    nn::compose_gradient(c, c.input(0), {c.input(1), c.input(2), c.input(3)}, [&](const std::vector<Entry> &inputs) {
      return forward_graph(c, a, inputs, c.input(4), c.input(5));
    });
  });
}

// Whether batch_norm uses the statistics of the batch, as a number that a graph can multiply with.
struct FlagAttrs {
  bool use_global_stats = false;
};

void register_flag(Registry &registry) {
  auto op = registry.op<FlagAttrs>("batch_flag", "nn");
  op.doc("1 in training without use_global_stats, else 0.");
  op.internal();
  op.depends_on_train();
  op.shape_input("like", "Lends its dtype.").dtypes = kFloats;
  op.output("output");
  op.attr("use_global_stats", &FlagAttrs::use_global_stats, "As in batch_norm.");
  op.infer([](InferContext &c, const FlagAttrs &) { c.output(0, {1}, c.dtype(0)); });
  op.kernel([](KernelContext &c, const FlagAttrs &a) {
    dispatch_floats(c.out(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      *c.out_as<T>(0) = static_cast<Compute<T>>(c.train && !a.use_global_stats);
    });
  });
  op.gradient([](GradientContext &, const FlagAttrs &) {});
}

}  // namespace

CERMET_REGISTER(batch_norm)(Registry &registry) {
  register_forward(registry);
  register_apply(registry);
  register_backward(registry);
  register_flag(registry);
}

}  // namespace cermet
