// SPDX-License-Identifier: Apache-2.0
// Numbers about whole arrays that optimizers need: sums of squares, whether all is finite, and the rates of LARS.
#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/parallel.h"
#include "ops/nn/sums.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct ArraysAttrs {
  int64_t num_arrays = 1;
};

struct FiniteAttrs : ArraysAttrs {
  bool init_output = true;
};

struct LarsAttrs {
  double eta = 0, eps = 0, rescale_grad = 1;
};

double sum_of_squares(const Tensor &array) {
  return dispatch_floats(array.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *values = array.as<T>();
    return nn::sum_of<Compute<T>>(array.numel(), [&](int64_t k) {
      auto value = static_cast<Compute<T>>(values[k]);
      return value * value;
    });
  });
}

bool finite(const Tensor &array) {
  return dispatch_floats(array.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    constexpr int64_t kBlock = 4096;  // looked at without a branch
    const T *values = array.as<T>();
    for (int64_t first = 0; first < array.numel(); first += kBlock) {
      bool all = true;
      for (int64_t k = first; k < std::min(array.numel(), first + kBlock); ++k) {
        auto value = static_cast<Compute<T>>(values[k]);
        all &= value - value == 0;
      }
      if (!all) return false;
    }
    return true;
  });
}

void all_finite_kernel(KernelContext &c) {
  std::atomic<bool> all{true};
  parallel_for(static_cast<int64_t>(c.inputs.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k)
      if (!finite(c.in(static_cast<int>(k)))) all = false;
  });
  *c.out_as<float>(0) = all ? 1.0f : 0.0f;
}

template <class A>
void declare_finite(DefinitionBuilder<A> &op) {
  op.output("output", "One number: 1 if all elements are finite, else 0.");
  op.attr("init_output", &A::init_output, "Only for MXNet's files; must be true.");
  op.check([](const A &a) {
    if (!a.init_output) throw Error(Status::unsupported, "init_output", "got false; want true");
  });
  op.infer([](InferContext &c, const A &) { c.output(0, {1}, DType::float32); });
  op.kernel([](KernelContext &c, const A &) { all_finite_kernel(c); });
}

}  // namespace

CERMET_REGISTER(multi_sum_sq)(Registry &registry) {
  auto op = registry.op<ArraysAttrs>("multi_sum_sq", "optimizer");
  op.doc("Sum of squares of each of several arrays.");
  op.variadic("data", "Arrays.", "num_arrays", kFloats);
  op.output("output", "One number an array.");
  op.attr("num_arrays", &ArraysAttrs::num_arrays, "Number of arrays.").min(1);
  op.infer([](InferContext &c, const ArraysAttrs &) { c.output(0, {c.num_inputs()}, DType::float32); });
  op.kernel([](KernelContext &c, const ArraysAttrs &) {
    parallel_for(static_cast<int64_t>(c.inputs.size()), 1, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k)
        c.out_as<float>(0)[k] = static_cast<float>(sum_of_squares(c.in(static_cast<int>(k))));
    });
  });
  op.sample({{{"num_arrays", 2}}, {{{2}, {3, 4}}, {{1}, {-2}}}, {{{2}, {25, 4}}}});
}

CERMET_REGISTER(all_finite)(Registry &registry) {
  auto one = registry.op<FiniteAttrs>("all_finite", "optimizer");
  one.doc("Whether all elements of an array are finite.");
  one.input("data", "Values; any shape.", kFloats);
  declare_finite(one);
  one.sample({{}, {{{2}, {1, 2}}}, {{{1}, {1}}}});
  one.sample({{}, {{{2}, {1, INFINITY}}}, {{{1}, {0}}}});

  auto many = registry.op<FiniteAttrs>("multi_all_finite", "optimizer");
  many.doc("Whether all elements of several arrays are finite.");
  many.variadic("data", "Arrays.", "num_arrays", kFloats);
  many.attr("num_arrays", &FiniteAttrs::num_arrays, "Number of arrays.").min(1);
  declare_finite(many);
  many.sample({{{"num_arrays", 2}}, {{{2}, {1, 2}}, {{1}, {NAN}}}, {{{1}, {0}}}});
}

CERMET_REGISTER(multi_lars)(Registry &registry) {
  auto op = registry.op<LarsAttrs>("multi_lars", "optimizer");
  op.doc("Learning rates of LARS (You et al., 2017), one a layer.",
         "lr * eta * |w| / (rescale_grad * |g| + wd * |w| + eps), or lr where a norm is 0.");
  op.input("lrs", "Learning rates.", kFloats);
  op.input("weights_sum_sq", "Sum of squares of each weight.", kFloats);
  op.input("grads_sum_sq", "Sum of squares of each gradient.", kFloats);
  op.input("wds", "Weight decays.", kFloats);
  op.output("output", "Learning rates.");
  op.in_place(0, 0);
  op.attr("eta", &LarsAttrs::eta, "Trust coefficient.").required();
  op.attr("eps", &LarsAttrs::eps, "Added to the denominator.").required();
  op.attr("rescale_grad", &LarsAttrs::rescale_grad, "Factor of the gradients.");
  op.infer([](InferContext &c, const LarsAttrs &) {
    for (int k = 1; k < 4; ++k) c.expect(k, c.shape(0), c.dtype(0));
    c.output(0, c.shape(0), c.dtype(0));
  });
  op.kernel([](KernelContext &c, const LarsAttrs &a) {
    dispatch_floats(c.in(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      using C = Compute<T>;
      for (int64_t k = 0; k < c.in(0).numel(); ++k) {
        auto at = [&](int input) { return static_cast<C>(c.in_as<T>(input)[k]); };
        C weight = std::sqrt(at(1)), grad = std::sqrt(at(2)) * static_cast<C>(a.rescale_grad);
        bool both = weight > C(0) && grad > C(0);
        C trust = both ? static_cast<C>(a.eta) * weight / (grad + at(3) * weight + static_cast<C>(a.eps)) : C(1);
        c.out_as<T>(0)[k] = at(0) * trust;
      }
    });
  });
  op.sample({{{"eta", 0.5}, {"eps", 0.0}},
             {{{2}, {0.1, 0.2}}, {{2}, {4, 0}}, {{2}, {9, 1}}, {{2}, {0.5, 0}}},
             {{{2}, {0.025, 0.2}}}});
}

}  // namespace cermet
