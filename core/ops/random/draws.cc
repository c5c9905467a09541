// SPDX-License-Identifier: Apache-2.0
// Random numbers of known distributions: one definition each. Element k of a draw is made from counter k (and, where
// one number is not enough, from further counters of its own), so the numbers do not depend on the number of threads.
#include <cmath>
#include <limits>

#include "autograd/gradient.h"
#include "ops/common/walk.h"
#include "ops/random/samplers.h"
#include "schema/registry.h"

namespace cermet {

namespace {

// Attributes of all draws. MXNet's dtype "None" means the distribution's usual one.
struct DrawAttrs {
  std::vector<int64_t> shape;
  std::string ctx;
  std::optional<DType> dtype;
};

template <class F>
void draw(const Tensor &out, F f) {
  dispatch(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(out.numel(), 1 << 12, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) out.as<T>()[k] = convert<T>(f(static_cast<uint64_t>(k)));
    });
  });
}

void expect_finite(const char *attr, double value) {
  if (!std::isfinite(value)) throw Error(Status::invalid_argument, attr, "got ", value, "; want a finite number");
}

// What all draws share: shape, dtype, and no gradient.
template <class A>
void define_draw(DefinitionBuilder<A> &op, DType usual, DTypeSet allowed) {
  op.random();
  op.output("output");
  op.attr("shape", &A::shape, "Shape of the array.").min(0).kind(AttrKind::shape);
  op.attr("ctx", &A::ctx, "Accepted from MXNet's files and ignored: where arrays live is not an attribute.");
  op.attr("dtype", &A::dtype, cat("Dtype of the numbers; ", dtype_name(usual), " where it is absent."));
  op.infer([usual, allowed](InferContext &c, const A &a) {
    DType dtype = a.dtype.value_or(usual);
    if (!contains(allowed, dtype)) {
      std::string want;
      append_set(want, allowed);
      throw Error(Status::dtype, "dtype", "got ", dtype, "; want one of ", want);
    }
    Shape shape(a.shape.begin(), a.shape.end());
    check_shape(shape, dtype);
    c.output(0, shape, dtype);
  });
  op.gradient([](GradientContext &, const A &) {});
}

struct UniformAttrs : DrawAttrs {
  double low = 0, high = 1;
};
struct NormalAttrs : DrawAttrs {
  double loc = 0, scale = 1;
};
struct RandintAttrs : DrawAttrs {
  int64_t low = 0, high = 0;
};
struct BernoulliAttrs : DrawAttrs {
  double prob = 0.5;
};
struct ExponentialAttrs : DrawAttrs {
  double lam = 1;
};
struct GammaAttrs : DrawAttrs {
  double alpha = 1, beta = 1;
};
struct PoissonAttrs : DrawAttrs {
  double lam = 1;
};

}  // namespace

CERMET_REGISTER(random_uniform)(Registry &registry) {
  auto op = registry.op<UniformAttrs>("random_uniform", "random");
  op.doc("Random numbers, equally likely anywhere from `low` to before `high`.");
  op.alias("_random_uniform", "uniform");
  define_draw(op, DType::float32, kFloats);
  op.attr("low", &UniformAttrs::low, "Lower bound.");
  op.attr("high", &UniformAttrs::high, "Upper bound; not below `low`.");
  op.check([](const UniformAttrs &a) {
    expect_finite("low", a.low);
    expect_finite("high", a.high);
    if (!std::isfinite(a.high - a.low))
      throw Error(Status::invalid_argument, "high", "got ", a.high, "; want a finite distance from low, ", a.low);
    if (!(a.low <= a.high))
      throw Error(Status::invalid_argument, "high", "got ", a.high, "; want at least low, ", a.low);
  });
  op.kernel([](KernelContext &c, const UniformAttrs &a) {
    dispatch_floats(c.out(0).dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      auto low = convert<T>(a.low), high = convert<T>(a.high);
      // Rounding to a narrow dtype may reach `high`; such a number becomes `low`.
      draw(c.out(0), [&](uint64_t k) {
        auto x = convert<T>(a.low + (a.high - a.low) * c.random.uniform(k));
        return x < high ? x : low;
      });
    });
  });
  op.sample({{{"low", 3.0}, {"high", 3.0}, {"shape", {2}}}, {}, {{{2}, {3, 3}}}});
}

CERMET_REGISTER(random_normal)(Registry &registry) {
  auto op = registry.op<NormalAttrs>("random_normal", "random");
  op.doc("Random numbers of a normal distribution.");
  op.alias("_random_normal", "normal");
  define_draw(op, DType::float32, kFloats);
  op.attr("loc", &NormalAttrs::loc, "Mean.");
  op.attr("scale", &NormalAttrs::scale, "Standard deviation.").min(0);
  op.check([](const NormalAttrs &a) {
    expect_finite("loc", a.loc);
    expect_finite("scale", a.scale);
  });
  op.kernel([](KernelContext &c, const NormalAttrs &a) {
    draw(c.out(0), [&](uint64_t k) { return a.loc + a.scale * c.random.normal(k); });
  });
  op.sample({{{"loc", 3.0}, {"scale", 0.0}, {"shape", {2}}}, {}, {{{2}, {3, 3}}}});
}

CERMET_REGISTER(random_randint)(Registry &registry) {
  auto op = registry.op<RandintAttrs>("random_randint", "random");
  op.doc("Random integers from `low` to before `high`.");
  op.alias("_random_randint", "_npi_random_randint");
  define_draw(op, DType::int32, dtype_bit(DType::int32) | dtype_bit(DType::int64));
  op.attr("low", &RandintAttrs::low, "Smallest integer.").required();
  op.attr("high", &RandintAttrs::high, "Integer above the largest.").required();
  op.check([](const RandintAttrs &a) {
    if (a.low >= a.high) throw Error(Status::invalid_argument, "high", "got ", a.high, "; want more than low, ", a.low);
    constexpr int64_t least = std::numeric_limits<int32_t>::min(), beyond = -least;
    if (a.dtype.value_or(DType::int32) != DType::int32) return;
    if (a.low < least)
      throw Error(Status::invalid_argument, "low", "got ", a.low, "; want at least ", least, " in int32");
    if (a.high > beyond)
      throw Error(Status::invalid_argument, "high", "got ", a.high, "; want at most ", beyond, " in int32");
  });
  op.kernel([](KernelContext &c, const RandintAttrs &a) {
    uint64_t span = static_cast<uint64_t>(a.high) - static_cast<uint64_t>(a.low);
    draw(c.out(0),
         [&](uint64_t k) { return static_cast<int64_t>(static_cast<uint64_t>(a.low) + c.random.below(k, span)); });
  });
  op.sample({{{"low", 5}, {"high", 6}, {"shape", {2}}}, {}, {{{2}, {5, 5}, DType::int32}}});
}

CERMET_REGISTER(random_bernoulli)(Registry &registry) {
  auto op = registry.op<BernoulliAttrs>("random_bernoulli", "random");
  op.doc("Random ones and zeros.");
  define_draw(op, DType::float32, kAll);
  op.attr("prob", &BernoulliAttrs::prob, "Probability of a one.").min(0).max(1);
  op.kernel([](KernelContext &c, const BernoulliAttrs &a) {
    draw(c.out(0), [&](uint64_t k) { return int64_t{c.random.uniform(k) < a.prob}; });
  });
  op.sample({{{"prob", 1.0}, {"shape", {2}}}, {}, {{{2}, {1, 1}}}});
}

CERMET_REGISTER(random_exponential)(Registry &registry) {
  auto op = registry.op<ExponentialAttrs>("random_exponential", "random");
  op.doc("Random numbers of an exponential distribution, of mean 1 / `lam`.");
  op.alias("_random_exponential");
  define_draw(op, DType::float32, kFloats);
  op.attr("lam", &ExponentialAttrs::lam, "Rate.").above(0);
  op.check([](const ExponentialAttrs &a) { expect_finite("lam", a.lam); });
  op.kernel([](KernelContext &c, const ExponentialAttrs &a) {
    draw(c.out(0), [&](uint64_t k) { return -std::log1p(-c.random.uniform(k)) / a.lam; });
  });
  op.sample({{{"lam", 1e300}, {"shape", {2}}}, {}, {{{2}, {0, 0}}}});
}

CERMET_REGISTER(random_gamma)(Registry &registry) {
  auto op = registry.op<GammaAttrs>("random_gamma", "random");
  op.doc("Random numbers of a gamma distribution, of mean `alpha` * `beta`.");
  op.alias("_random_gamma");
  define_draw(op, DType::float32, kFloats);
  op.attr("alpha", &GammaAttrs::alpha, "Shape of the distribution.").above(0);
  op.attr("beta", &GammaAttrs::beta, "Scale of the distribution.").above(0);
  op.check([](const GammaAttrs &a) {
    expect_finite("alpha", a.alpha);
    expect_finite("beta", a.beta);
  });
  op.kernel([](KernelContext &c, const GammaAttrs &a) {
    draw(c.out(0), [&](uint64_t k) { return a.beta * sample_gamma(c.random, k, a.alpha); });
  });
  op.sample({{{"beta", 1e-300}, {"shape", {2}}}, {}, {{{2}, {0, 0}}}});
}

CERMET_REGISTER(random_poisson)(Registry &registry) {
  auto op = registry.op<PoissonAttrs>("random_poisson", "random");
  op.doc("Random counts of a Poisson distribution, as floating-point numbers.");
  op.alias("_random_poisson");
  define_draw(op, DType::float32, kFloats);
  op.attr("lam", &PoissonAttrs::lam, "Mean.").min(0).max(1e15);
  op.kernel([](KernelContext &c, const PoissonAttrs &a) {
    draw(c.out(0), [&](uint64_t k) { return sample_poisson(c.random, k, a.lam); });
  });
  op.sample({{{"lam", 0.0}, {"shape", {2}}}, {}, {{{2}, {0, 0}}}});
}

}  // namespace cermet
