// SPDX-License-Identifier: Apache-2.0
// softmax, log_softmax and softmin along an axis, one row each, and the two gradients that they need.
#include "autograd/gradient.h"
#include "ops/nn/softmax_kernel.h"
#include "ops/nn/sums.h"
#include "schema/registry.h"

namespace cermet {
namespace {

using nn::SoftmaxForm;

enum class FloatType { float16, float32, float64 };

struct Attrs {
  int64_t axis = -1;
  std::optional<double> temperature;
  std::optional<FloatType> dtype;
  std::optional<bool> use_length = false;
};

struct Row {
  const char *name, *alias, *summary;
  SoftmaxForm form;
  double sign;
  std::vector<double> sample;  // of 1, 2, 3
};

std::vector<Row> rows() {
  return {{"softmax",
           "_npx_softmax",
           "Exponentials along an axis, divided by their sum.",
           SoftmaxForm::plain,
           1,
           {0.09003057317, 0.24472847105, 0.66524095577}},
          {"log_softmax",
           "_npx_log_softmax",
           "Logarithm of softmax, without its loss of precision.",
           SoftmaxForm::log,
           1,
           {-2.40760596444, -1.40760596444, -0.40760596444}},
          {"softmin",
           "",
           "Softmax of the negated data.",
           SoftmaxForm::plain,
           -1,
           {0.66524095577, 0.24472847105, 0.09003057317}}};
}

double scale_of(const Row &row, const Attrs &a) { return row.sign / a.temperature.value_or(1); }

DType output_dtype(DType data, const Attrs &a) {
  if (!a.dtype) return data;
  return *a.dtype == FloatType::float16   ? DType::float16
         : *a.dtype == FloatType::float32 ? DType::float32
                                          : DType::float64;
}

void forward(KernelContext &c, const Attrs &a, const Row &row) {
  const Tensor &data = c.in(0);
  nn::AxisView view = nn::axis_view(data.shape, normalize_axis(a.axis, data.shape.ndim()));
  dispatch_floats(data.dtype, [&](auto in_tag) {
    using In = typename decltype(in_tag)::type;
    dispatch_floats(c.out(0).dtype, [&](auto out_tag) {
      using Out = typename decltype(out_tag)::type;
      const In *in = c.in_as<In>(0);
      Out *out = c.out_as<Out>(0);
      if (!c.has(1)) return nn::softmax_lines(view, row.form, scale_of(row, a), in, out);
      dispatch_numbers(c.in(1).dtype, [&](auto length_tag) {
        using L = typename decltype(length_tag)::type;
        const L *lengths = c.in_as<L>(1);
        nn::softmax_lines(view, row.form, scale_of(row, a), in, out,
                          [&](int64_t line) { return convert<int64_t>(lengths[line]); });
      });
    });
  });
}

void register_forward(Registry &registry, const Row &row) {
  auto op = registry.op<Attrs>(row.name, "nn");
  op.precision(Precision::wide);
  bool masked = row.form == SoftmaxForm::plain && row.sign > 0;
  op.doc(row.summary, "The data is divided by `temperature` first.");
  if (*row.alias) op.alias(row.alias);
  op.input("data", "Values; any shape.", kFloats);
  if (masked) {
    op.input("length",
             "Number of elements of each line that count, in data's shape without `axis`; the others become 0.",
             kNumbers | kOwnDType)
        .when = {"use_length", {true}};
  }
  op.output("output", "Shape of data.");
  op.in_place(0, 0);
  op.attr("axis", &Attrs::axis, "Axis along which to normalise.").kind(AttrKind::axis);
  op.attr("temperature", &Attrs::temperature, "Divisor of the data; 1 if absent.").above(0);
  op.choice("dtype", &Attrs::dtype, {"float16", "float32", "float64"}, "Dtype of the output; that of data if absent.");
  op.attr("use_length", &Attrs::use_length,
          masked ? "Whether there is an input `length`." : "Only for MXNet's files; must be false.");
  if (!masked)
    op.check([](const Attrs &a) {
      if (a.use_length.value_or(false)) throw Error(Status::unsupported, "use_length", "got true; want false");
    });
  op.infer([](InferContext &c, const Attrs &a) {
    Shape lines = c.shape(0);
    lines.erase(static_cast<size_t>(normalize_axis(a.axis, lines.ndim())));
    if (c.has(1)) c.expect_shape(1, lines);
    c.output(0, c.shape(0), output_dtype(c.dtype(0), a));
  });
  op.kernel([row](KernelContext &c, const Attrs &a) { forward(c, a, row); });
  op.gradient([row](GradientContext &g, const Attrs &a) {
    const char *name = row.form == SoftmaxForm::log ? "log_softmax_backward" : "softmax_backward";
    g.set(0, g.apply(name, {g.head(0), g.output(0), g.input(0)}, {{"axis", a.axis}, {"scale", scale_of(row, a)}}));
  });
  op.sample({{}, {{{1, 3}, {1, 2, 3}}}, {{{1, 3}, row.sample}}});
  op.sample({{{"axis", 0}, {"temperature", 2.0}}, {{{3, 1}, {2, 4, 6}}}, {{{3, 1}, row.sample}}});
  if (masked)
    op.sample({{{"use_length", true}},
               {{{1, 3}, {1, 2, 3}}, {{1}, {2}, DType::int32}},
               {{{1, 3}, {0.26894142137, 0.73105857863, 0}}}});
}

// Gradients: scale * y * (head - sum(head * y)), and scale * (head - exp(y) * sum(head)) for the logarithm.
struct BackwardAttrs {
  int64_t axis = -1;
  double scale = 1;
};

template <class T, class Y>
void backward_lines(const nn::AxisView &view, SoftmaxForm form, double factor, const Y *head, const Y *output,
                    T *grad) {
  using C = std::conditional_t<std::is_same_v<Y, double>, double, float>;
  auto scale = static_cast<C>(factor);
  parallel_for(view.lines(), nn::line_grain(view), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      int64_t start = view.start(line);
      auto h = [&](int64_t k) { return static_cast<C>(head[start + k * view.inner]); };
      auto y = [&](int64_t k) { return static_cast<C>(output[start + k * view.inner]); };
      bool log = form == SoftmaxForm::log;
      auto total = static_cast<C>(nn::sum_of<C>(view.size, [&](int64_t k) { return log ? h(k) : h(k) * y(k); }));
      for (int64_t k = 0; k < view.size; ++k) {
        C value = log ? h(k) - std::exp(y(k)) * total : y(k) * (h(k) - total);
        grad[start + k * view.inner] = static_cast<T>(static_cast<Compute<T>>(value * scale));
      }
    }
  });
}

void register_backward(Registry &registry, const char *name, SoftmaxForm form) {
  auto op = registry.op<BackwardAttrs>(name, "nn");
  op.doc("Gradient of softmax and its kin, from their output.");
  op.internal();
  op.input("head", "Gradient of the output.", kFloats);
  op.input("output", "The operator's output.", kFloats);
  op.shape_input("data", "Lends its dtype.").dtypes = kFloats;
  op.output("grad");
  op.attr("axis", &BackwardAttrs::axis, "Axis.").kind(AttrKind::axis);
  op.attr("scale", &BackwardAttrs::scale, "Factor of the data.");
  op.infer([](InferContext &c, const BackwardAttrs &a) {
    normalize_axis(a.axis, c.shape(0).ndim());
    c.expect(1, c.shape(0), c.dtype(0));
    c.expect_shape(2, c.shape(0));
    c.output(0, c.shape(2), c.dtype(2));
  });
  op.kernel([form](KernelContext &c, const BackwardAttrs &a) {
    nn::AxisView view = nn::axis_view(c.in(0).shape, normalize_axis(a.axis, c.in(0).shape.ndim()));
    dispatch_floats(c.in(0).dtype, [&](auto head_tag) {
      using Y = typename decltype(head_tag)::type;
      dispatch_floats(c.out(0).dtype, [&](auto tag) {
        using T = typename decltype(tag)::type;
        backward_lines<T, Y>(view, form, a.scale, c.in_as<Y>(0), c.in_as<Y>(1), c.out_as<T>(0));
      });
    });
  });
  op.compose([form](ComposeContext &c, const BackwardAttrs &a) {
    const Entry &head = c.input(0), &y = c.input(1);
    bool log = form == SoftmaxForm::log;
    Entry product = log ? head : c.apply("multiply", {head, y}, {}, "product");
    Entry factor = log ? c.apply("exp", {y}, {}, "exp") : y;
    Entry total = c.apply("sum", {product}, {{"axis", a.axis}, {"keepdims", true}}, "total");
    Entry difference =
        c.apply("subtract", {product, c.apply("multiply", {factor, total}, {}, "share")}, {}, "difference");
    c.output(c.apply("multiply_scalar", {difference}, {{"scalar", a.scale}}));
  });
}

}  // namespace

CERMET_REGISTER(softmax)(Registry &registry) {
  for (const Row &row : rows()) register_forward(registry, row);
  register_backward(registry, "softmax_backward", SoftmaxForm::plain);
  register_backward(registry, "log_softmax_backward", SoftmaxForm::log);
}

}  // namespace cermet
