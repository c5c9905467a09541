// SPDX-License-Identifier: Apache-2.0
// The vectorised softmax of float lines against the plain one in double.
#include "check.h"
#include "ops/nn/softmax_kernel.h"

namespace cermet::test {
namespace {

using nn::SoftmaxForm;

// Largest difference, relative to the larger of 1 and the value.
double difference(const nn::AxisView &view, SoftmaxForm form, double scale, const std::vector<float> &x,
                  bool in_place) {
  std::vector<double> wide(x.begin(), x.end()), want(x.size());
  std::vector<float> got = x;
  nn::softmax_lines(view, form, scale, wide.data(), want.data());
  std::vector<float> other(x.size());
  nn::softmax_lines(view, form, scale, in_place ? got.data() : x.data(), in_place ? got.data() : other.data());
  const std::vector<float> &result = in_place ? got : other;
  double worst = 0;
  for (size_t k = 0; k < x.size(); ++k)
    worst = std::max(worst, std::abs(result[k] - want[k]) / std::max(1.0, std::abs(want[k])));
  return worst;
}

}  // namespace

Test(softmax, float_lines_agree_with_double_at_every_length) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> values(-30, 30);
  for (int64_t length : {1, 2, 15, 16, 17, 255, 256, 257, 1000})
    for (SoftmaxForm form : {SoftmaxForm::plain, SoftmaxForm::log})
      for (double scale : {1.0, 0.25, -1.0})
        for (bool in_place : {false, true}) {
          std::vector<float> x(static_cast<size_t>(3 * length));
          for (float &value : x) value = values(random);
          cr_expect(difference({3, length, 1}, form, scale, x, in_place) < 2e-6, "length %lld",
                    static_cast<long long>(length));
          cr_expect(difference({1, length, 3}, form, scale, x, in_place) < 2e-6, "length %lld, strided",
                    static_cast<long long>(length));
        }
}

Test(softmax, large_scores_do_not_overflow_and_nan_spreads_over_its_line_only) {
  std::vector<float> x{1e30f, -1e30f, 0, NAN, 1, 2}, y(6);
  nn::softmax_lines({2, 3, 1}, SoftmaxForm::plain, 1, x.data(), y.data());
  cr_expect(y[0] == 1 && y[1] == 0 && y[2] == 0);
  cr_expect(std::isnan(y[3]) && std::isnan(y[4]) && std::isnan(y[5]));
}

// The largest of huge scores has weight 1, whatever the scale rounds to.
Test(softmax, huge_scores_with_a_scale) {
  std::mt19937 random(7);
  for (float size : {1e3f, 1e6f, 1e9f, 1e30f}) {
    std::uniform_real_distribution<float> values(-size, size);
    std::vector<float> x(100), y(100);
    for (float &value : x) value = values(random);
    auto largest = static_cast<size_t>(std::max_element(x.begin(), x.end()) - x.begin());
    nn::softmax_lines({1, 100, 1}, SoftmaxForm::plain, 1 / 0.7, x.data(), y.data());
    cr_expect(std::abs(y[largest] - 1) < 1e-6, "%g: got %g", static_cast<double>(size),
              static_cast<double>(y[largest]));
    nn::softmax_lines({1, 100, 1}, SoftmaxForm::log, 1 / 0.7, x.data(), y.data());
    cr_expect(std::abs(y[largest]) < 1e-6, "%g: got %g", static_cast<double>(size), static_cast<double>(y[largest]));
  }
}

}  // namespace cermet::test
