// SPDX-License-Identifier: Apache-2.0
// Changes of dtype. Gradients go back in the dtype of the input, whatever the result's was.
#include "ops/common/fill.h"
#include "ops/common/half_lanes.h"
#include "ops/common/infer.h"
#include "ops/common/walk.h"
#include "schema/registry.h"

namespace cermet {

namespace {

struct CastAttrs {
  DType dtype = DType::float32;
};

void change_dtype(const Tensor &in, const Tensor &out) {
  if (in.dtype == out.dtype) return copy_bytes(in.data, out.data, out.nbytes());
  dispatch(in.dtype, [&](auto from) {
    dispatch(out.dtype, [&](auto to) {
      using From = typename decltype(from)::type;
      using To = typename decltype(to)::type;
      parallel_for(out.numel(), kGrain, [&](int64_t begin, int64_t end) {
        if constexpr (std::is_same_v<From, float> && std::is_class_v<To>)
          from_floats(in.as<float>() + begin, end - begin, out.as<To>() + begin);
        else if constexpr (std::is_class_v<From> && std::is_same_v<To, float>)
          to_floats(in.as<From>() + begin, end - begin, out.as<float>() + begin);
        else
          for (int64_t k = begin; k < end; ++k) out.as<To>()[k] = convert<To>(in.as<From>()[k]);
      });
    });
  });
}

template <class A>
void run(KernelContext &c, const A &) {
  change_dtype(c.in(0), c.out(0));
}

template <class A>
void backward(GradientContext &g, const A &) {
  g.set(0, g.apply("cast_like", {g.head(0), g.input(0)}));
}

}  // namespace

CERMET_REGISTER(cast)(Registry &registry) {
  auto op = registry.op<CastAttrs>("cast", "shape");
  op.precision(Precision::own);
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
  op.precision(Precision::own);
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

namespace {
struct MulticastAttrs {
  int64_t num_outputs = 1;
  bool cast_narrow = false;
};

// Of two 16-bit types, neither holds the other's values.
DType wider(DType a, DType b) {
  if (a == b || dtype_size(a) != dtype_size(b)) return dtype_size(a) < dtype_size(b) ? b : a;
  return DType::float32;
}

// The floating-point dtype that all inputs become.
DType common_dtype(const InferContext &c, bool narrow) {
  std::optional<DType> common;
  for (int k = 0; k < c.num_inputs(); ++k) {
    DType dtype = c.dtype(k);
    if (!is_float(dtype)) continue;
    if (!common)
      common = dtype;
    else if (narrow ? dtype_size(dtype) < dtype_size(*common) : true)
      common = narrow ? dtype : wider(*common, dtype);
  }
  return common.value_or(DType::float32);
}
}  // namespace

CERMET_REGISTER(amp_multicast)(Registry &registry) {
  auto op = registry.op<MulticastAttrs>("amp_multicast", "shape");
  op.doc("Several arrays in the widest floating-point dtype of them, or the narrowest.",
         "float16 and bfloat16 together become float32. What is not floating-point passes unchanged.");
  op.precision(Precision::own);
  op.variadic("data", "Arrays; any shapes.", "num_outputs");
  op.variadic_output("output", "The arrays, in order.",
                     [](const MulticastAttrs &, int num_inputs) { return num_inputs; });
  op.attr("num_outputs", &MulticastAttrs::num_outputs, "Number of arrays.").required().min(1);
  op.attr("cast_narrow", &MulticastAttrs::cast_narrow, "Take the narrowest dtype; of several, the first.");
  op.infer([](InferContext &c, const MulticastAttrs &a) {
    DType common = common_dtype(c, a.cast_narrow);
    for (int k = 0; k < c.num_inputs(); ++k) c.output(k, c.shape(k), is_float(c.dtype(k)) ? common : c.dtype(k));
  });
  op.kernel([](KernelContext &c, const MulticastAttrs &) {
    for (size_t k = 0; k < c.outputs.size(); ++k) change_dtype(c.inputs[k], c.outputs[k]);
  });
  op.gradient([](GradientContext &g, const MulticastAttrs &) {
    for (int k = 0; k < g.num_inputs(); ++k)
      if (g.has_head(k)) g.set(k, g.apply("cast_like", {g.head(k), g.input(k)}));
  });
  op.sample({{{"num_outputs", 2}},
             {{{2}, {1.5, -1.5}}, {{1}, {0.1}, DType::float64}},
             {{{2}, {1.5, -1.5}, DType::float64}, {{1}, {0.1}, DType::float64}}});
}

CERMET_REGISTER(cast_like)(Registry &registry) {
  auto op = registry.op<NoAttrs>("cast_like", "shape");
  op.precision(Precision::own);
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
