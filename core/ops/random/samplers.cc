// SPDX-License-Identifier: Apache-2.0
#include "ops/random/samplers.h"

#include "ops/elementwise/special.h"

namespace cermet {

namespace {
// The numbers of one element, in order.
class Sequence {
 public:
  Sequence(const Philox &random, uint64_t element) : random_(random), next_(element << 20) {}
  double uniform() { return random_.uniform(next_++); }
  double normal() { return random_.normal(next_++); }

 private:
  const Philox &random_;
  uint64_t next_;
};
}  // namespace

// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; shapes below 1 by their boost.
double sample_gamma(const Philox &random, uint64_t element, double alpha) {
  Sequence sequence(random, element);
  double boost = 1;
  if (alpha < 1) {
    boost = std::pow(1 - sequence.uniform(), 1 / alpha);
    alpha += 1;
  }
  double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    double x = sequence.normal(), v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    if (std::log(1 - sequence.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return boost * d * v;
  }
}

// Small means: multiply uniforms until they fall below exp(-lam) (Knuth). Large ones: transformed rejection (Hoermann,
// "The transformed rejection method for generating Poisson random variables", 1993, algorithm PTRS).
double sample_poisson(const Philox &random, uint64_t element, double lam) {
  Sequence sequence(random, element);
  if (lam < 10) {
    double limit = std::exp(-lam), product = sequence.uniform(), count = 0;
    for (; product > limit; ++count) product *= sequence.uniform();
    return count;
  }
  double b = 0.931 + 2.53 * std::sqrt(lam), a = -0.059 + 0.02483 * b, inverse = 1.1239 + 1.1328 / (b - 3.4);
  double accept = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    double u = sequence.uniform() - 0.5, v = 1 - sequence.uniform(), us = 0.5 - std::fabs(u);
    double k = std::floor((2 * a / us + b) * u + lam + 0.43);
    if (us >= 0.07 && v <= accept) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse / (a / (us * us) + b)) <= k * std::log(lam) - lam - special::gammaln(k + 1)) return k;
  }
}

}  // namespace cermet
