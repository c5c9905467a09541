// SPDX-License-Identifier: Apache-2.0
// Where a loss begins and where gradients end.
#include <cstring>

#include "autograd/gradient.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Normalization { batch, null, valid };

struct LossAttrs {
  double grad_scale = 1, valid_thresh = 0;
  Normalization normalization = Normalization::null;
};

void copy_input(KernelContext &c) {
  if (c.out(0).data != c.in(0).data) std::memcpy(c.out(0).data, c.in(0).data, static_cast<size_t>(c.in(0).nbytes()));
}

// Gradient of every element: grad_scale over the batch, or over the number of elements above the threshold.
template <class T>
void fill_gradient(KernelContext &c, const LossAttrs &a) {
  const Tensor &data = c.in(0);
  int64_t count = 1;
  if (a.normalization == Normalization::batch) count = data.shape.ndim() ? data.shape[0] : 1;
  if (a.normalization == Normalization::valid) {
    count = 0;
    for (int64_t k = 0; k < data.numel(); ++k) count += static_cast<double>(data.as<T>()[k]) > a.valid_thresh;
  }
  auto value = static_cast<Compute<T>>(a.grad_scale / static_cast<double>(std::max<int64_t>(count, 1)));
  std::fill_n(c.out_as<T>(0), data.numel(), T(value));
}

void declare_attrs(DefinitionBuilder<LossAttrs> &op) {
  op.attr("grad_scale", &LossAttrs::grad_scale, "Gradient of each element.");
  op.attr("valid_thresh", &LossAttrs::valid_thresh, "Elements above it are valid.");
  op.choice("normalization", &LossAttrs::normalization, {"batch", "null", "valid"},
            "What the gradient is divided by: the first axis' size, nothing, or the number of valid elements.");
}

}  // namespace

CERMET_REGISTER(make_loss)(Registry &registry) {
  auto op = registry.op<LossAttrs>("make_loss", "loss");
  op.precision(Precision::wide);
  op.doc(
      "Declares its input a loss: the output is the input, and its gradient is grad_scale whatever flows in from "
      "above.");
  op.alias("MakeLoss", "_sparse_make_loss");
  op.loss({"normalization", {"batch", "valid"}});
  op.input("data", "Loss; any shape.", kFloats);
  op.output("output", "Shape of data.");
  op.in_place(0, 0);
  declare_attrs(op);
  op.infer([](InferContext &c, const LossAttrs &) { c.output(0, c.shape(0), c.dtype(0)); });
  op.kernel([](KernelContext &c, const LossAttrs &) { copy_input(c); });
  op.gradient(
      [](GradientContext &g, const LossAttrs &) { g.set(0, g.apply("make_loss_backward", {g.input(0)}, g.attrs())); });
  op.sample({{}, {{{2}, {0.5, 2}}}, {{{2}, {0.5, 2}}}}).check_gradient = false;  // what flows in is ignored

  auto backward = registry.op<LossAttrs>("make_loss_backward", "loss");
  backward.doc("Gradient of make_loss.");
  backward.internal();
  backward.input("data", "Loss.", kFloats);
  backward.output("output");
  declare_attrs(backward);
  backward.infer([](InferContext &c, const LossAttrs &) { c.output(0, c.shape(0), c.dtype(0)); });
  backward.kernel([](KernelContext &c, const LossAttrs &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) { fill_gradient<typename decltype(tag)::type>(c, a); });
  });
  backward.gradient([](GradientContext &, const LossAttrs &) {});  // it is constant
}

CERMET_REGISTER(stop_gradient)(Registry &registry) {
  auto op = registry.op<NoAttrs>("stop_gradient", "loss");
  op.doc("Identity through which no gradient flows.");
  op.alias("BlockGrad", "_sparse_stop_gradient");
  op.input("data", "Values; any shape and dtype.");
  op.output("output", "Shape of data.");
  op.in_place(0, 0);
  op.infer([](InferContext &c, const NoAttrs &) { c.output(0, c.shape(0), c.dtype(0)); });
  op.kernel([](KernelContext &c, const NoAttrs &) { copy_input(c); });
  op.gradient([](GradientContext &, const NoAttrs &) {});
  op.sample({{}, {{{2}, {0.5, 2}}}, {{{2}, {0.5, 2}}}}).check_gradient = false;
}

}  // namespace cermet
