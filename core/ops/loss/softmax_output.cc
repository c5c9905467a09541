// SPDX-License-Identifier: Apache-2.0
// Softmax head with the gradient of cross-entropy built in, as MXNet has it: the output is the prediction, and the
// gradient of the data is (prediction - one-hot label), scaled, whatever flows in from above.
#include <vector>

#include "autograd/gradient.h"
#include "ops/loss/label.h"
#include "ops/nn/softmax_kernel.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Normalization { null, batch, valid };

struct Attrs {
  double grad_scale = 1, ignore_label = -1, smooth_alpha = 0;
  bool multi_output = false, use_ignore = false, preserve_shape = false, out_grad = false;
  Normalization normalization = Normalization::null;
};

// The classes lie along axis 1, the last axis, or all axes but the first.
nn::AxisView class_view(const Shape &data, const Attrs &a) {
  if (a.multi_output) return nn::axis_view(data, 1);
  if (a.preserve_shape) return nn::axis_view(data, data.ndim() - 1);
  return {data[0], data.product(1, data.ndim()), 1};
}

// Label shapes that fit the data; the first is the one to fill in.
std::vector<Shape> label_shapes(const Shape &data, const Attrs &a) {
  if (data.ndim() < (a.multi_output ? 2 : 1))
    throw Error(Status::shape, "data", "got ", data, "; want at least ", a.multi_output ? 2 : 1, " dimensions");
  Shape dropped(data.begin(), data.end() - 1), kept = data;
  if (a.multi_output) {
    dropped = Shape(data);
    dropped.erase(1);
    kept[1] = 1;
    return {dropped, kept, {data[0], data.product(2, data.ndim())}, data};
  }
  if (a.preserve_shape || data.ndim() <= 2) return {dropped, data};
  return {{data[0]}, dropped, data};
}

template <class T, class L>
void label_gradient(const nn::AxisView &view, const Attrs &a, const T *output, const L *label, T *grad) {
  using C = Compute<T>;
  int64_t valid = 0;
  for (int64_t k = 0; k < view.lines(); ++k) valid += static_cast<double>(label[k]) != a.ignore_label;
  double count = a.normalization == Normalization::null    ? 1
                 : a.normalization == Normalization::batch ? static_cast<double>(view.outer)
                                                           : static_cast<double>(std::max<int64_t>(valid, 1));
  if (a.multi_output && a.normalization != Normalization::valid) count *= static_cast<double>(view.inner);
  auto scale = static_cast<C>(a.grad_scale / count);
  double smooth = a.multi_output ? 0 : a.smooth_alpha;
  auto miss = static_cast<C>(view.size > 1 ? smooth / static_cast<double>(view.size - 1) : 0);
  auto hit = static_cast<C>(1 - smooth);
  parallel_for(view.lines(), nn::line_grain(view), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      int64_t start = view.start(line);
      bool ignored = a.use_ignore && static_cast<double>(label[line]) == a.ignore_label;
      auto target = convert<int64_t>(label[line]);
      for (int64_t k = 0; k < view.size; ++k) {
        int64_t at = start + k * view.inner;
        grad[at] = ignored ? C(0) : (static_cast<C>(output[at]) - (k == target ? hit : miss)) * scale;
      }
    }
  });
}

template <class T, class L>
void probability_gradient(int64_t count, const Attrs &a, const T *output, const L *label, T *grad) {
  using C = Compute<T>;
  for (int64_t k = 0; k < count; ++k)
    grad[k] = (static_cast<C>(output[k]) - static_cast<C>(label[k])) * static_cast<C>(a.grad_scale);
}

// Inputs: output, label, head.
void backward(KernelContext &c, const Attrs &a) {
  if (c.in(0).numel() == 0) return;
  dispatch_floats(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    nn::AxisView view = class_view(c.in(0).shape, a);
    T *grad = c.out_as<T>(0);
    dispatch(c.in(1).dtype, [&](auto label_tag) {
      using L = typename decltype(label_tag)::type;
      if (c.in(1).shape == c.in(0).shape && view.size > 1)
        probability_gradient<T, L>(c.in(0).numel(), a, c.in_as<T>(0), c.in_as<L>(1), grad);
      else
        label_gradient<T, L>(view, a, c.in_as<T>(0), c.in_as<L>(1), grad);
    });
    if (!a.out_grad) return;
    const T *head = c.in_as<T>(2);
    for (int64_t k = 0; k < c.in(0).numel(); ++k)
      grad[k] = static_cast<Compute<T>>(grad[k]) * static_cast<Compute<T>>(head[k]);
  });
}

void declare_attrs(DefinitionBuilder<Attrs> &op) {
  op.attr("grad_scale", &Attrs::grad_scale, "Factor of the gradient.");
  op.attr("ignore_label", &Attrs::ignore_label, "Label whose rows have no gradient, where use_ignore is set.");
  op.attr("multi_output", &Attrs::multi_output, "Classes lie along axis 1, and each further position is an example.");
  op.attr("use_ignore", &Attrs::use_ignore, "Leave rows labelled ignore_label out of the gradient.");
  op.attr("preserve_shape", &Attrs::preserve_shape,
          "Classes lie along the last axis; else along all axes but the first.");
  op.choice(
      "normalization", &Attrs::normalization, {"null", "batch", "valid"},
      "What the gradient is divided by: nothing, the batch size, or the number of labels that are not ignore_label.");
  op.attr("out_grad", &Attrs::out_grad, "Multiply the gradient by the one that flows in.");
  op.attr("smooth_alpha", &Attrs::smooth_alpha,
          "Part of the probability that is spread over the other classes; not used with multi_output, as in MXNet.")
      .min(0)
      .max(1);
}

void register_forward(Registry &registry) {
  auto op = registry.op<Attrs>("softmax_output", "loss");
  op.precision(Precision::wide);
  op.doc(
      "Softmax whose gradient is that of the cross-entropy with the label.",
      "The output is the predicted probability of each class. The gradient by the data is (output - one-hot label) * "
      "grad_scale / count, with count from `normalization`; what flows in from above is ignored unless `out_grad`. A "
      "label "
      "of data's own shape holds probabilities, and then no normalization takes place.");
  op.alias("SoftmaxOutput", "Softmax");
  op.loss({"normalization", {"batch", "valid"}});
  op.input("data", "Scores, (N, classes) as a rule.", kFloats);
  op.label("label", "Class of each row, counted from 0; or probabilities in data's shape.").index = true;
  op.output("output", "Probabilities, shape of data.");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    loss::expect_label(c, label_shapes(c.shape(0), a));
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const Attrs &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      nn::softmax_lines(class_view(c.in(0).shape, a), nn::SoftmaxForm::plain, 1, c.in_as<const T>(0), c.out_as<T>(0));
    });
  });
  op.gradient([](GradientContext &g, const Attrs &) {
    g.set(0, g.apply("softmax_output_backward", {g.output(0), g.input(1), g.head(0)}, g.attrs()));
  });
  Sample &sample = op.sample({{{"normalization", "batch"}},
                              {{{2, 3}, {1, 2, 3, 0, 0, 0}}, {{2}, {2, 0}}},
                              {{{2, 3}, {0.09003057317, 0.24472847105, 0.66524095577, 1.0 / 3, 1.0 / 3, 1.0 / 3}}}});
  sample.check_gradient = false;  // it is that of the loss, not of the output
}

void register_backward(Registry &registry) {
  auto op = registry.op<Attrs>("softmax_output_backward", "loss");
  op.doc("Gradient of softmax_output by its data.");
  op.internal();
  op.input("output", "Probabilities.", kFloats);
  op.input("label", "Labels.");
  op.input("head", "Gradient of the output; used with out_grad.", kFloats);
  op.output("grad");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const Attrs &a) {
    loss::expect_label(c, label_shapes(c.shape(0), a));
    c.expect(2, c.shape(0), c.dtype(0));
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel(backward);
}

}  // namespace

CERMET_REGISTER(softmax_output)(Registry &registry) {
  register_forward(registry);
  register_backward(registry);
}

}  // namespace cermet
