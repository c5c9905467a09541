// SPDX-License-Identifier: Apache-2.0
// Values held within two bounds.
#include "ops/common/expression.h"
#include "ops/common/infer.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {

namespace {
struct ClipAttrs {
  double a_min = 0, a_max = 0;
};

void run(KernelContext &c, const ClipAttrs &a) {
  dispatch_numbers(c.in(0).dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *in = c.in_as<T>(0);
    T *out = c.out_as<T>(0);
    parallel_for(c.out(0).numel(), kGrain, [&](int64_t begin, int64_t end) {
      // Copies, since what is captured by reference could change with each write.
      auto low = convert<Compute<T>>(a.a_min), high = convert<Compute<T>>(a.a_max);
      const T *from = in;
      T *to = out;
      for (int64_t k = begin; k < end; ++k) {
        Compute<T> x = from[k];
        x = x < low ? low : x;
        to[k] = static_cast<T>(x > high ? high : x);
      }
    });
  });
}
}  // namespace

CERMET_REGISTER(clip)(Registry &registry) {
  auto op = registry.op<ClipAttrs>("clip", "elementwise");
  op.doc(
      "Holds values within bounds: what is less than `a_min` becomes `a_min`, what is more than `a_max` becomes "
      "`a_max`.",
      "The gradient passes where the value lies within the bounds or on one of them. NaN stays NaN.");
  op.alias("_npi_clip", "_sparse_clip");
  op.input("data", "Values; any shape.", kNumbers);
  op.output("output");
  op.in_place(0, 0);
  op.attr("a_min", &ClipAttrs::a_min, "Lower bound.").required();
  op.attr("a_max", &ClipAttrs::a_max, "Upper bound.").required();
  op.infer(infer_like_input<ClipAttrs>);
  op.kernel(run);
  op.gradient([](GradientContext &g, const ClipAttrs &a) {
    Expr head(g, g.head(0)), x(g, g.input(0));
    g.set(0, (head * x.scalar("greater_equal_scalar", a.a_min) * x.scalar("lesser_equal_scalar", a.a_max)).entry());
  });
  op.sample({{{"a_min", -1.0}, {"a_max", 2.0}}, {{{4}, {-3, -0.5, 1, 5}}}, {{{4}, {-1, -0.5, 1, 2}}}});
}

}  // namespace cermet
