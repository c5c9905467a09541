// SPDX-License-Identifier: Apache-2.0
// Where gradients are multiplied by a number that is not known before they are computed: the scale of a loss
// (train/loss_scale.h). Products are made in float, whatever the dtype of the gradient.
#include "autograd/gradient.h"
#include "base/parallel.h"
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {
namespace {

void expect_factor(InferContext &c, const NoAttrs &) {
  c.expect(1, {1}, DType::float32);
  c.output(0, c.shape(0), c.dtype(0));
}

}  // namespace

CERMET_REGISTER(scale_gradient)(Registry &registry) {
  auto op = registry.op<NoAttrs>("scale_gradient", "loss");
  op.internal();
  op.doc("The values as they are; the gradient is multiplied by a number.");
  op.input("data", "Values; any shape.");
  op.input("factor", "One number.", dtype_bit(DType::float32) | kOwnDType);
  op.output("output");
  op.in_place(0, 0);
  op.infer(expect_factor);
  op.kernel([](KernelContext &c, const NoAttrs &) { copy_bytes(c.in(0).data, c.out(0).data, c.out(0).nbytes()); });
  op.gradient([](GradientContext &g, const NoAttrs &) {
    g.set(0, g.apply("multiply_by_number", {g.head(0), g.input(1)}));
  });
}

CERMET_REGISTER(multiply_by_number)(Registry &registry) {
  auto op = registry.op<NoAttrs>("multiply_by_number", "loss");
  op.internal();
  op.doc("The values, multiplied by a number in float32, or in float64 where they are that.");
  op.input("data", "Values; any shape.", kFloats);
  op.input("factor", "One number.", dtype_bit(DType::float32) | kOwnDType);
  op.output("output");
  op.in_place(0, 0);
  op.infer(expect_factor);
  op.kernel([](KernelContext &c, const NoAttrs &) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      using C = Compute<T>;
      const T *data = c.in_as<T>(0);
      T *out = c.out_as<T>(0);
      auto factor = static_cast<C>(*c.in_as<float>(1));
      parallel_for(c.out(0).numel(), kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t k = begin; k < end; ++k) out[k] = static_cast<C>(data[k]) * factor;
      });
    });
  });
  op.gradient([](GradientContext &g, const NoAttrs &) {
    g.set(0, g.apply("multiply_by_number", {g.head(0), g.input(1)}));
  });
}

}  // namespace cermet
