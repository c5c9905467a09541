// SPDX-License-Identifier: Apache-2.0
// Support vector machine head with the gradient of the hinge loss built in.
#include "autograd/gradient.h"
#include "base/parallel.h"
#include "ops/loss/label.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Svm {
  double margin = 1, regularization_coefficient = 1;
  bool use_linear = false;
};

template <class T, class L>
void backward(const Svm &a, int64_t rows, int64_t classes, const T *scores, const L *label, T *grad) {
  using C = Compute<T>;
  auto margin = static_cast<C>(a.margin), factor = static_cast<C>(a.regularization_coefficient);
  parallel_for(rows, 64, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      for (int64_t k = 0; k < classes; ++k) {
        // The wanted class should score above the margin, the others below its negative.
        C sign = k == convert<int64_t>(label[row]) ? C(1) : C(-1);
        C lack = margin - sign * static_cast<C>(scores[row * classes + k]);
        C slope = lack <= C(0) ? C(0) : a.use_linear ? C(1) : C(2) * lack;
        grad[row * classes + k] = -sign * slope * factor;
      }
  });
}

// The inputs are scores and label.
void infer(InferContext &c, const Svm &) {
  if (c.shape(0).ndim() != 2) throw Error(Status::shape, c.input_name(0), "got ", c.shape(0), "; want 2 dimensions");
  loss::expect_label(c, {{c.shape(0)[0]}});
  c.output(0, c.shape(0), c.dtype(0));
}

void declare_attrs(DefinitionBuilder<Svm> &op) {
  op.attr("margin", &Svm::margin, "Distance from 0 that scores should keep.");
  op.attr("regularization_coefficient", &Svm::regularization_coefficient, "Factor of the gradient.");
  op.attr("use_linear", &Svm::use_linear, "Hinge loss; else its square.");
}

}  // namespace

CERMET_REGISTER(svm_output)(Registry &registry) {
  auto op = registry.op<Svm>("svm_output", "loss");
  op.precision(Precision::wide);
  op.doc("Identity whose gradient is that of a one-against-all hinge loss.",
         "The output is the scores; the gradient is that of sum(max(0, margin - sign * score)), squared unless "
         "use_linear, with "
         "sign 1 for the labelled class and -1 for the others. What flows in from above is ignored.");
  op.alias("SVMOutput");
  op.loss();
  op.input("data", "Scores, (N, classes).", kFloats);
  op.label("label", "Class of each row, counted from 0; (N).", kNumbers).index = true;
  op.output("output", "Shape of data.");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer(infer);
  op.kernel([](KernelContext &c, const Svm &) {
    if (c.out(0).data != c.in(0).data) std::copy_n(c.in_as<char>(0), c.in(0).nbytes(), c.out_as<char>(0));
  });
  op.gradient([](GradientContext &g, const Svm &) {
    g.set(0, g.apply("svm_output_backward", {g.output(0), g.input(1)}, g.attrs()));
  });
  op.sample({{}, {{{1, 2}, {0.5, -2}}, {{1}, {0}}}, {{{1, 2}, {0.5, -2}}}}).check_gradient = false;

  auto grad = registry.op<Svm>("svm_output_backward", "loss");
  grad.doc("Gradient of svm_output by its data.");
  grad.internal();
  grad.input("output", "Scores.", kFloats);
  grad.input("label", "Labels.", kNumbers);
  grad.output("grad");
  grad.in_place(0, 0);
  declare_attrs(grad);
  grad.infer(infer);
  grad.kernel([](KernelContext &c, const Svm &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      dispatch_numbers(c.in(1).dtype, [&](auto label_tag) {
        using L = typename decltype(label_tag)::type;
        backward<T, L>(a, c.in(0).shape[0], c.in(0).shape[1], c.in_as<T>(0), c.in_as<L>(1), c.out_as<T>(0));
      });
    });
  });
}

}  // namespace cermet
