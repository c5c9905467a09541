// SPDX-License-Identifier: Apache-2.0
// Regression heads with their gradient built in, one row each: what the output is, and the gradient's form. As in MXNet
// the gradient is divided by the number of outputs a row, not by the batch.
#include <cmath>

#include "autograd/gradient.h"
#include "base/parallel.h"
#include "ops/loss/label.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Loss { linear, logistic, mae };

struct Attrs {
  double grad_scale = 1;
};

struct Row {
  const char *name, *alias, *sparse_alias, *summary, *doc;
  Loss loss;
  std::vector<double> sample_output;  // of data -1, 0.5, 2
};

const std::vector<Row> &rows() {
  static const std::vector<Row> table = {{"linear_regression_output",
                                          "LinearRegressionOutput",
                                          "_sparse_LinearRegressionOutput",
                                          "Identity whose gradient is that of half the squared error.",
                                          "output - label",
                                          Loss::linear,
                                          {-1, 0.5, 2}},
                                         {"logistic_regression_output",
                                          "LogisticRegressionOutput",
                                          "_sparse_LogisticRegressionOutput",
                                          "Sigmoid whose gradient is that of the logistic loss.",
                                          "output - label",
                                          Loss::logistic,
                                          {0.26894142137, 0.62245933120, 0.88079707798}},
                                         {"mae_regression_output",
                                          "MAERegressionOutput",
                                          "_sparse_MAERegressionOutput",
                                          "Identity whose gradient is that of the absolute error.",
                                          "sign(output - label)",
                                          Loss::mae,
                                          {-1, 0.5, 2}}};
  return table;
}

template <class T>
void forward(Loss loss, int64_t count, const T *data, T *output) {
  using C = Compute<T>;
  parallel_for(count, 16384, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k)
      output[k] = loss == Loss::logistic ? T(C(1) / (C(1) + std::exp(-static_cast<C>(data[k])))) : data[k];
  });
}

template <class T, class L>
void backward(Loss loss, int64_t count, double factor, const T *output, const L *label, T *grad) {
  using C = Compute<T>;
  auto scale = static_cast<C>(factor);
  parallel_for(count, 16384, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      C difference = static_cast<C>(output[k]) - static_cast<C>(label[k]);
      if (loss == Loss::mae) difference = static_cast<C>((difference > C(0)) - (difference < C(0)));
      grad[k] = difference * scale;
    }
  });
}

// Data's own shape; a single output a row may do without its last axis.
std::vector<Shape> label_shapes(const Shape &data) {
  std::vector<Shape> out{data};
  if (data.ndim() > 1 && data.product(1, data.ndim()) == 1) out.push_back({data[0]});
  return out;
}

void register_forward(Registry &registry, const Row &row, const std::string &backward_name) {
  auto op = registry.op<Attrs>(row.name, "loss");
  op.precision(Precision::wide);
  op.doc(row.summary, cat("The gradient by the data is (", row.doc,
                          ") * grad_scale / (outputs a row), whatever flows in from above."));
  op.alias(row.alias, row.sparse_alias);
  op.loss();
  op.input("data", "Predictions; the first axis is the batch.", kFloats);
  op.label("label", "What the output should be; shape of data.");
  op.output("output", "Shape of data.");
  op.in_place(0, 0);
  op.attr("grad_scale", &Attrs::grad_scale, "Factor of the gradient.");
  op.infer([](InferContext &c, const Attrs &) {
    loss::expect_label(c, label_shapes(c.shape(0)));
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([loss = row.loss](KernelContext &c, const Attrs &) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      forward<T>(loss, c.in(0).numel(), c.in_as<T>(0), c.out_as<T>(0));
    });
  });
  op.gradient([backward_name](GradientContext &g, const Attrs &) {
    g.set(0, g.apply(backward_name, {g.output(0), g.input(1)}, g.attrs()));
  });
  Sample &sample = op.sample({{}, {{{3, 1}, {-1, 0.5, 2}}, {{3, 1}, {0, 0, 1}}}, {{{3, 1}, row.sample_output}}});
  sample.check_gradient = false;  // it is that of the loss, not of the output
}

void register_backward(Registry &registry, const Row &row, const std::string &name) {
  auto op = registry.op<Attrs>(name.c_str(), "loss");
  op.doc(cat("Gradient of ", row.name, " by its data."));
  op.internal();
  op.input("output", "Predictions.", kFloats);
  op.input("label", "Labels.");
  op.output("grad");
  op.in_place(0, 0);
  op.attr("grad_scale", &Attrs::grad_scale, "Factor of the gradient.");
  op.infer([](InferContext &c, const Attrs &) {
    loss::expect_label(c, label_shapes(c.shape(0)));
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([loss = row.loss](KernelContext &c, const Attrs &a) {
    const Shape &shape = c.in(0).shape;
    double outputs = static_cast<double>(std::max<int64_t>(1, shape.product(std::min(1, shape.ndim()), shape.ndim())));
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      dispatch(c.in(1).dtype, [&](auto label_tag) {
        using L = typename decltype(label_tag)::type;
        backward<T, L>(loss, shape.numel(), a.grad_scale / outputs, c.in_as<T>(0), c.in_as<L>(1), c.out_as<T>(0));
      });
    });
  });
}

}  // namespace

CERMET_REGISTER(regression_output)(Registry &registry) {
  for (const Row &row : rows()) {
    std::string backward_name = cat(row.name, "_backward");
    register_forward(registry, row, backward_name);
    register_backward(registry, row, backward_name);
  }
}

}  // namespace cermet
