// SPDX-License-Identifier: Apache-2.0
// Rectifiers that are not zero below zero: leaky, prelu (learned slope), rrelu (random slope), elu, selu, gelu.
#include <cmath>

#include "ops/nn/composed_gradient.h"
#include "ops/nn/elementwise.h"
#include "ops/nn/exponential.h"
#include "ops/nn/sums.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Leaky { elu, gelu, leaky, prelu, rrelu, selu };

struct Attrs {
  Leaky act_type = Leaky::leaky;
  double slope = 0.25, lower_bound = 0.125, upper_bound = 0.334;
};

constexpr double kSeluScale = 1.0507009873554805, kSeluAlpha = 1.6732632423543772;  // Klambauer et al., 2017

// Value and slope of the forms without an array of slopes. `s` is the attribute slope, or the mean slope of rrelu.
template <class C>
C value(Leaky form, C s, C x) {
  switch (form) {
    case Leaky::elu:
      return x > C(0) ? x : s * std::expm1(x);
    case Leaky::selu:
      return C(kSeluScale) * (x > C(0) ? x : C(kSeluAlpha) * std::expm1(x));
    case Leaky::gelu:
      return C(0.5) * x * std::erfc(x * C(-0.7071067811865476));  // 1 + erf would cancel far below zero
    default:
      return x > C(0) ? x : s * x;
  }
}
template <class C>
C slope_at(Leaky form, C s, C x) {
  switch (form) {
    case Leaky::elu:
      return x > C(0) ? C(1) : s * std::exp(x);
    case Leaky::selu:
      return C(kSeluScale) * (x > C(0) ? C(1) : C(kSeluAlpha) * std::exp(x));
    case Leaky::gelu:
      return C(0.5) * std::erfc(x * C(-0.7071067811865476)) +
             x * C(0.3989422804014327) * std::exp(C(-0.5) * x * x);  // 1 / sqrt(2 pi)
    default:
      return x > C(0) ? C(1) : s;
  }
}

double fixed_slope(const Attrs &a) {
  return a.act_type == Leaky::rrelu ? (a.lower_bound + a.upper_bound) / 2 : a.slope;
}

// prelu: which of the slopes belongs to element k. One slope for all, or one a channel (axis 1, or the only axis).
struct SlopeIndex {
  int64_t channels, inner;
  SlopeIndex(const Shape &data, const Shape &gamma)
      : channels(gamma.numel()), inner(data.ndim() > 1 ? data.product(2, data.ndim()) : 1) {}
  int64_t operator()(int64_t k) const { return channels == 1 ? 0 : k / inner % channels; }
};

Shape gamma_shape(const Shape &data) { return {data.ndim() > 1 ? data[1] : data.ndim() == 1 ? data[0] : 1}; }

template <class T>
void forward_prelu(KernelContext &c) {
  using C = Compute<T>;
  const T *data = c.in_as<T>(0), *gamma = c.in_as<T>(1);
  T *out = c.out_as<T>(0);
  SlopeIndex slope(c.in(0).shape, c.in(1).shape);
  parallel_for(c.in(0).numel(), nn::kElementGrain, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      auto x = static_cast<C>(data[k]);
      out[k] = x > C(0) ? x : static_cast<C>(gamma[slope(k)]) * x;
    }
  });
}

// rrelu in training: the slope of each element is drawn and kept in the hidden output.
template <class T>
void forward_random(KernelContext &c, const Attrs &a) {
  using C = Compute<T>;
  const T *data = c.in_as<T>(0);
  T *out = c.out_as<T>(0), *slopes = c.out_as<T>(1);
  parallel_for(c.in(0).numel(), 2048, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      auto x = static_cast<C>(data[k]);
      double drawn = c.train
                         ? a.lower_bound + (a.upper_bound - a.lower_bound) * c.random.uniform(static_cast<uint64_t>(k))
                         : fixed_slope(a);
      slopes[k] = x > C(0) ? C(1) : static_cast<C>(drawn);
      out[k] = x * static_cast<C>(slopes[k]);
    }
  });
}

void forward(KernelContext &c, const Attrs &a) {
  if (a.act_type == Leaky::gelu && c.in(0).dtype == DType::float32) {
    const float *x = c.in_as<float>(0);
    float *out = c.out_as<float>(0);
    return parallel_for(c.in(0).numel(), nn::kElementGrain, [&](int64_t begin, int64_t end) {
      exponential_kernels().gelu(x + begin, out + begin, end - begin);
    });
  }
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (a.act_type == Leaky::prelu) return forward_prelu<T>(c);
    if (a.act_type == Leaky::rrelu) return forward_random<T>(c, a);
    auto s = static_cast<Compute<T>>(a.slope);
    nn::map_floats(c,
                   [form = a.act_type, s](auto x) { return value<decltype(x)>(form, static_cast<decltype(x)>(s), x); });
  });
}

// Inputs: head, data, gamma. Outputs: gradients of data and gamma.
template <class T>
void prelu_backward(KernelContext &c) {
  using C = Compute<T>;
  const T *head = c.in_as<T>(0), *data = c.in_as<T>(1), *gamma = c.in_as<T>(2);
  T *data_grad = c.out_as<T>(0), *gamma_grad = c.out_as<T>(1);
  int64_t count = c.in(1).numel();
  SlopeIndex slope(c.in(1).shape, c.in(2).shape);
  parallel_for(count, nn::kElementGrain, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      C factor = static_cast<C>(data[k]) > C(0) ? C(1) : static_cast<C>(gamma[slope(k)]);
      data_grad[k] = static_cast<C>(head[k]) * factor;
    }
  });
  auto term = [&](int64_t k) {
    return static_cast<C>(data[k]) > C(0) ? C(0) : static_cast<C>(head[k]) * static_cast<C>(data[k]);
  };
  if (slope.channels == 1) {
    *gamma_grad = static_cast<T>(static_cast<C>(nn::sum_of<C>(count, term)));
    return;
  }
  int64_t step = slope.channels * slope.inner, outer = step ? count / step : 0;
  parallel_for(slope.channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t channel = begin; channel < end; ++channel) {
      double sum = 0;
      for (int64_t o = 0; o < outer; ++o)
        sum += nn::sum_of<C>(slope.inner, [&](int64_t k) { return term(o * step + channel * slope.inner + k); });
      gamma_grad[channel] = static_cast<T>(static_cast<C>(sum));
    }
  });
}

// The function in other operators, for second derivatives: below and above zero apart.
Entry forward_graph(ComposeContext &c, const Attrs &a, const Entry &x) {
  auto node = [&](const char *op, const std::vector<Entry> &args, double scalar) {
    return c.apply(op, args, {{"scalar", scalar}}, "inner");
  };
  if (a.act_type == Leaky::gelu) {
    Entry erf = c.apply("erf", {node("multiply_scalar", {x}, 0.7071067811865476)}, {}, "erf");
    return c.apply("multiply", {node("multiply_scalar", {x}, 0.5), node("add_scalar", {erf}, 1)}, {}, "product");
  }
  Entry above = node("maximum_scalar", {x}, 0), below = node("minimum_scalar", {x}, 0);
  bool exponential = a.act_type == Leaky::elu || a.act_type == Leaky::selu, selu = a.act_type == Leaky::selu;
  if (exponential) below = c.apply("expm1", {below}, {}, "expm1");
  below = node("multiply_scalar", {below}, selu ? kSeluScale * kSeluAlpha : a.slope);
  if (selu) above = node("multiply_scalar", {above}, kSeluScale);
  return c.apply("add", {above, below}, {}, "result");
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.choice(
      "act_type", &Attrs::act_type, {"elu", "gelu", "leaky", "prelu", "rrelu", "selu"},
      "leaky: slope * x below zero; prelu: the same with learned slopes; rrelu: slopes drawn in training; elu: slope * "
      "(exp(x) - 1) below zero; selu: elu with fixed scales; gelu: x times the normal distribution function.");
  op.attr("slope", &Attrs::slope, "Slope of leaky, scale of elu.");
  op.attr("lower_bound", &Attrs::lower_bound, "Smallest slope of rrelu.").min(0).max(1);
  op.attr("upper_bound", &Attrs::upper_bound, "Largest slope of rrelu.").min(0).max(1);
  op.check([](const Attrs &a) {
    if (a.lower_bound > a.upper_bound)
      throw Error(Status::invalid_argument, "lower_bound", "got ", a.lower_bound, "; want at most upper_bound ",
                  a.upper_bound);
  });
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("leaky_relu", "nn");
  op.doc("Rectifiers that are not zero below zero, chosen by name.");
  op.alias("LeakyReLU", "_npx_leaky_relu");
  op.random();
  op.depends_on_train();
  op.input("data", "Values; channels along axis 1.", kFloats);
  op.parameter("gamma", "Slopes of prelu: one a channel, or a single one.", kFloats).when = {"act_type", {"prelu"}};
  op.output("output", "Shape of data.");
  op.hidden_output("mask", "Slopes that rrelu drew.").when = {"act_type", {"rrelu"}};
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    bool single = c.known(1) && c.shape(1).numel() == 1;
    c.expect(1, single ? c.shape(1) : gamma_shape(c.shape(0)), c.dtype(0));
    c.output(0, c.shape(0), c.dtype(0));
    if (a.act_type == Leaky::rrelu) c.output(1, c.shape(0), c.dtype(0));
  });
  op.kernel(forward);
  op.gradient([](GradientContext &g, const Attrs &a) {
    if (a.act_type == Leaky::prelu) {
      Entry both = g.apply("prelu_backward", {g.head(0), g.input(0), g.input(1)});
      g.set(0, both);
      g.set(1, {both.node, 1});
    } else if (a.act_type == Leaky::rrelu) {
      g.set(0, g.apply("multiply", {g.head(0), g.output(1)}));
    } else {
      g.set(0, g.apply("leaky_relu_backward", {g.head(0), g.input(0)}, g.attrs()));
    }
  });
  SampleArray data{{1, 2, 2}, {-2, -1, 0.5, 3}};
  auto sample = [&](AttrList attrs, std::vector<double> values) {
    op.sample({std::move(attrs), {data}, {{{1, 2, 2}, std::move(values)}}});
  };
  sample({}, {-0.5, -0.25, 0.5, 3});
  sample({{"act_type", "elu"}, {"slope", 2.0}}, {-1.72932943353, -1.26424111766, 0.5, 3});
  sample({{"act_type", "selu"}}, {-1.52016646860, -1.11133073781, 0.52535049368, 3.15210296207});
  sample({{"act_type", "gelu"}}, {-0.04550026390, -0.15865525393, 0.34573123064, 2.99595030591});
  sample({{"act_type", "rrelu"}, {"lower_bound", 0.1}, {"upper_bound", 0.3}}, {-0.4, -0.2, 0.5, 3});
  op.sample({{{"act_type", "prelu"}}, {data, {{2}, {0.1, 0.2}}}, {{{1, 2, 2}, {-0.2, -0.1, 0.5, 3}}}});
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("leaky_relu_backward", "nn");
  op.doc("Gradient of leaky_relu where its slopes are fixed.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Values.", kFloats);
  op.output("output");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &) {
    c.expect(0, c.shape(1), c.dtype(1));
    c.output(0, c.shape(1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    if (a.act_type == Leaky::gelu && c.in(1).dtype == DType::float32) {
      const float *head = c.in_as<float>(0), *x = c.in_as<float>(1);
      float *out = c.out_as<float>(0);
      return parallel_for(c.in(1).numel(), nn::kElementGrain, [&](int64_t begin, int64_t end) {
        exponential_kernels().gelu_backward(head + begin, x + begin, out + begin, end - begin);
      });
    }
    nn::map_floats_2(c, [form = a.act_type, s = a.slope](auto head, auto x) {
      return head * slope_at<decltype(x)>(form, static_cast<decltype(x)>(s), x);
    });
  });
  op.compose([](ComposeContext &c, const Attrs &a) {
    nn::compose_gradient(c, c.input(0), {c.input(1)},
                         [&](const std::vector<Entry> &inputs) { return forward_graph(c, a, inputs[0]); });
  });
}

void register_prelu_backward(Registry &registry) {
  auto op = registry.op<NoAttrs>("prelu_backward", "nn");
  op.doc("Gradients of leaky_relu's prelu by data and slopes.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("data", "Values.", kFloats);
  op.input("gamma", "Slopes.", kFloats);
  op.output("data_grad");
  op.output("gamma_grad");
  op.infer([](InferContext &c, const NoAttrs &) {
    c.expect(0, c.shape(1), c.dtype(1));
    c.expect(2, c.shape(2).numel() == 1 ? c.shape(2) : gamma_shape(c.shape(1)), c.dtype(1));
    for (int k = 0; k < 2; ++k) c.output(k, c.shape(k + 1), c.dtype(1));
  });
  op.kernel([](KernelContext &c, const NoAttrs &) {
    dispatch_floats(c.in(1).dtype, [&](auto tag) { prelu_backward<typename decltype(tag)::type>(c); });
  });
  // The channels are moved to the last axis, where the slopes broadcast.
  op.compose([](ComposeContext &c, const NoAttrs &) {
    AttrList swap{{"dim1", 1}, {"dim2", -1}}, zero{{"scalar", 0.0}};
    nn::compose_gradient(c, c.input(0), {c.input(1), c.input(2)}, [&](const std::vector<Entry> &inputs) {
      Entry data = c.apply("swapaxes", {inputs[0]}, swap, "moved");
      Entry below = c.apply("multiply", {c.apply("minimum_scalar", {data}, zero, "below"), inputs[1]}, {}, "sloped");
      Entry out = c.apply("add", {c.apply("maximum_scalar", {data}, zero, "above"), below}, {}, "result");
      return c.apply("swapaxes", {out}, swap, "back");
    });
  });
}

}  // namespace

CERMET_REGISTER(leaky_relu)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
  register_prelu_backward(registry);
}

}  // namespace cermet
