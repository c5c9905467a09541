// SPDX-License-Identifier: Apache-2.0
// Changes of dtype. Gradients go back in the dtype of the input, whatever the result's was.
#include "ops/common/fill.h"
#include "ops/common/infer.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct CastAttrs {
  DType dtype = DType::float32;
};

template <class A>
void run(KernelContext &c, const A &) {
  const Tensor &in = c.in(0), &out = c.out(0);
  if (in.dtype == out.dtype) return copy_bytes(in.data, out.data, out.nbytes());
  dispatch(in.dtype, [&](auto from) {
    dispatch(out.dtype, [&](auto to) {
      using From = typename decltype(from)::type;
      using To = typename decltype(to)::type;
      parallel_for(out.numel(), kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t k = begin; k < end; ++k) out.as<To>()[k] = convert<To>(in.as<From>()[k]);
      });
    });
  });
}

template <class A>
void backward(GradientContext &g, const A &) {
  g.set(0, g.apply("cast_like", {g.head(0), g.input(0)}));
}

}  // namespace

CERMET_REGISTER(cast)(Registry &registry) {
  auto op = registry.op<CastAttrs>("cast", "shape");
  op.doc("The values in another dtype.",
         "Floats become integers by dropping the fraction; what lies outside the integer's range becomes its nearest "
         "end, NaN becomes 0. What is not zero becomes true.");
  op.alias("Cast", "_npi_cast", "_npx_cast");
  op.input("data", "Values; any shape.");
  op.output("output");
  op.attr("dtype", &CastAttrs::dtype, "Wanted dtype.").required();
  op.infer([](InferContext &c, const CastAttrs &a) { c.output(0, c.shape(0), a.dtype); });
  op.kernel(run<CastAttrs>);
  op.gradient(backward<CastAttrs>);
  op.sample({{{"dtype", "int32"}}, {{{3}, {1.5, -1.5, 3}}}, {{{3}, {1, -1, 3}, DType::int32}}}).check_gradient = false;
}

CERMET_REGISTER(amp_cast)(Registry &registry) {
  auto op = registry.op<CastAttrs>("amp_cast", "shape");
  op.doc("The values in another floating-point dtype; what is not floating-point passes unchanged.");
  op.input("data", "Values; any shape.");
  op.output("output");
  op.attr("dtype", &CastAttrs::dtype, "Wanted dtype.").required();
  op.infer([](InferContext &c, const CastAttrs &a) {
    c.output(0, c.shape(0), is_float(c.dtype(0)) ? a.dtype : c.dtype(0));
  });
  op.kernel(run<CastAttrs>);
  op.gradient(backward<CastAttrs>);
  op.sample({{{"dtype", "float64"}}, {{{2}, {1.5, -1.5}}}, {{{2}, {1.5, -1.5}, DType::float64}}});
}

CERMET_REGISTER(cast_like)(Registry &registry) {
  auto op = registry.op<NoAttrs>("cast_like", "shape");
  op.internal();
  op.doc("The values in the dtype of another array.");
  op.input("data", "Values; any shape.");
  op.shape_input("like", "Gives the dtype.");
  op.output("output");
  op.infer([](InferContext &c, const NoAttrs &) { c.output(0, c.shape(0), c.dtype(1)); });
  op.kernel(run<NoAttrs>);
  op.gradient(backward<NoAttrs>);
}

}  // namespace cermet
