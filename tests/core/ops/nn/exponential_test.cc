// SPDX-License-Identifier: Apache-2.0
// The vectorised exponentials against the C library's, in double.
#include "ops/nn/exponential.h"

#include "check.h"

namespace cermet::test {
namespace {

std::vector<float> arguments() {
  std::vector<float> x{0.0f,  -0.0f,  1e-30f, -1e-10f, 1e-4f, 0.3f,   -0.35f,   9.9f,
                       20.0f, -20.0f, 88.0f,  -88.0f,  1e30f, -1e30f, INFINITY, -INFINITY};
  std::mt19937 random(5);
  std::uniform_real_distribution<float> wide(-12, 12);
  for (int k = 0; k < 5000; ++k) x.push_back(wide(random));
  return x;
}

void expect_close(float got, double want, float x) {
  cr_assert(std::abs(got - want) <= 3e-7 * std::abs(want) + 1e-37, "at %g: got %.9g; want %.9g", x, got, want);
}

}  // namespace

Test(exponential, exp_is_right_over_its_whole_range) {
  std::vector<float> x = arguments(), y(x.size());
  for (float edge : {-87.5f, -100.0f, -103.0f, -110.0f, 88.7f, 88.8f, 200.0f}) x.push_back(edge);
  y.resize(x.size());
  exponential_kernels().exp(x.data(), y.data(), static_cast<int64_t>(x.size()));
  for (size_t k = 0; k < x.size(); ++k) {
    auto want = static_cast<float>(std::exp(static_cast<double>(x[k])));  // infinite where float ends
    if (std::isinf(want))
      cr_assert(std::isinf(y[k]) && y[k] > 0, "at %g: got %g", x[k], y[k]);
    else
      cr_assert(std::abs(y[k] - want) <= 3e-7f * want + 3e-45f, "at %g: got %g; want %g", x[k], y[k], want);
  }
}

Test(exponential, tanh_and_sigmoid_are_right_to_the_last_places) {
  std::vector<float> x = arguments(), y(x.size());
  exponential_kernels().tanh(x.data(), y.data(), static_cast<int64_t>(x.size()));
  for (size_t k = 0; k < x.size(); ++k) expect_close(y[k], std::tanh(static_cast<double>(x[k])), x[k]);
  exponential_kernels().sigmoid(x.data(), y.data(), static_cast<int64_t>(x.size()));
  for (size_t k = 0; k < x.size(); ++k) expect_close(y[k], 1 / (1 + std::exp(-static_cast<double>(x[k]))), x[k]);
}

// Relative to the function itself, however small it is; what rounds x x / 2 in the exponent grows with it.
Test(exponential, gelu_and_its_slope_are_right_far_below_zero_too) {
  std::vector<float> x, heads, y, slopes;
  for (float value = -12; value < 12; value += 0.0037f) x.push_back(value), heads.push_back(2 - value);
  y.resize(x.size());
  slopes.resize(x.size());
  exponential_kernels().gelu(x.data(), y.data(), static_cast<int64_t>(x.size()));
  exponential_kernels().gelu_backward(heads.data(), x.data(), slopes.data(), static_cast<int64_t>(x.size()));
  for (size_t k = 0; k < x.size(); ++k) {
    double at = x[k], below = 0.5 * std::erfc(-at * std::sqrt(0.5)),
           density = std::exp(-at * at / 2) / std::sqrt(2 * M_PI);
    double error = 1e-6 + 3e-7 * at * at;
    cr_assert(std::abs(y[k] - at * below) <= error * std::abs(at * below) + 1e-37, "at %g: got %g; want %g", at, y[k],
              at * below);
    double want = heads[k] * (below + at * density), size = std::abs(heads[k]) * (below + std::abs(at) * density);
    cr_assert(std::abs(slopes[k] - want) <= error * size + 1e-37, "slope at %g: got %g; want %g", at, slopes[k], want);
  }
}

Test(exponential, slope_of_gelu_at_huge_arguments) {
  const float x[] = {3e38f, -3e38f, 1e20f, -1e20f, HUGE_VALF, -HUGE_VALF}, heads[] = {1, 1, 1, 1, 1, 1};
  float slopes[6];
  exponential_kernels().gelu_backward(heads, x, slopes, 6);
  for (int k = 0; k < 6; ++k)
    cr_expect(slopes[k] == (x[k] > 0 ? 1 : 0), "at %g: got %g", static_cast<double>(x[k]),
              static_cast<double>(slopes[k]));
}

Test(exponential, sums_of_every_length) {
  std::vector<float> x = arguments();
  x.erase(x.begin(), x.begin() + 16);
  std::vector<float> terms(x.size());
  for (int64_t count : {0, 1, 15, 16, 17, 255, 256, 257, 1000}) {
    float top = exponential_kernels().max(x.data(), count);
    double want = 0;
    for (int64_t k = 0; k < count; ++k)
      want += std::exp(0.5 * static_cast<double>(x[static_cast<size_t>(k)]) - 0.5 * static_cast<double>(top));
    double got = exponential_kernels().exp_sum(x.data(), terms.data(), count, 0.5f, top);
    cr_assert(std::abs(got - want) <= 1e-6 * want, "%lld terms: got %g; want %g", static_cast<long long>(count), got,
              want);
  }
}

Test(exponential, nan_stays_nan) {
  float x = NAN, y = 0;
  exponential_kernels().tanh(&x, &y, 1);
  cr_assert(std::isnan(y));
  exponential_kernels().sigmoid(&x, &y, 1);
  cr_assert(std::isnan(y));
  exponential_kernels().exp(&x, &y, 1);
  cr_assert(std::isnan(y));
  cr_assert(std::isnan(exponential_kernels().exp_sum(&x, nullptr, 1, 1, 0)));
}

}  // namespace cermet::test
