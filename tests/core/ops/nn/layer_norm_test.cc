// SPDX-License-Identifier: Apache-2.0
// Layer normalisation of float lines side by side against the general loops in double, at lengths that leave a rest.
#include <random>

#include "check.h"
#include "ops/nn/layer_norm_kernels.h"

namespace cermet::test {
namespace {

template <class T>
struct Results {
  std::vector<T> out, mean, deviation, data_grad, gamma_grad, beta_grad;
};

template <class T>
Results<T> run(int64_t lines, int64_t size) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> values(-3, 5);
  auto drawn = [&](int64_t count) {
    std::vector<T> all(static_cast<size_t>(count));
    for (T &value : all) value = static_cast<T>(values(random));
    return all;
  };
  auto data = drawn(lines * size), head = drawn(lines * size), gamma = drawn(size), beta = drawn(size);
  auto wide = static_cast<size_t>(lines * size), narrow = static_cast<size_t>(size), tall = static_cast<size_t>(lines);
  Results<T> r{std::vector<T>(wide), std::vector<T>(tall),   std::vector<T>(tall),
               std::vector<T>(wide), std::vector<T>(narrow), std::vector<T>(narrow)};
  nn::AxisView view{lines, size, 1};
  nn::layer_norm_forward<T, T>(view, 1e-3, data.data(), gamma.data(), beta.data(), r.out.data(), r.mean.data(),
                               r.deviation.data());
  nn::layer_norm_data_grad<T, T>(view, head.data(), data.data(), gamma.data(), r.mean.data(), r.deviation.data(),
                                 r.data_grad.data());
  nn::layer_norm_parameter_grads<T, T>(view, head.data(), data.data(), r.mean.data(), r.deviation.data(),
                                       r.gamma_grad.data(), r.beta_grad.data());
  return r;
}

void expect_close(const std::vector<float> &got, const std::vector<double> &want, double tolerance) {
  for (size_t k = 0; k < want.size(); ++k)
    cr_assert(std::abs(static_cast<double>(got[k]) - want[k]) <= tolerance * (1 + std::abs(want[k])),
              "element %zu of %zu: got %g; want %g", k, want.size(), static_cast<double>(got[k]), want[k]);
}

}  // namespace

Test(layer_norm, float_lines_agree_with_double_at_every_length) {
  for (int64_t lines : {1, 3, 70, 200})
    for (int64_t size : {2, 15, 16, 17, 65, 256, 5000}) {
      Results<float> got = run<float>(lines, size);
      Results<double> want = run<double>(lines, size);
      expect_close(got.out, want.out, 2e-5);
      expect_close(got.mean, want.mean, 1e-6);
      expect_close(got.deviation, want.deviation, 1e-6);
      expect_close(got.data_grad, want.data_grad, 2e-4);
      expect_close(got.gamma_grad, want.gamma_grad, 1e-4);
      expect_close(got.beta_grad, want.beta_grad, 1e-5);
    }
}

}  // namespace cermet::test
