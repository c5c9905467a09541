// SPDX-License-Identifier: Apache-2.0
#include "ops/elementwise/special.h"

#include <cmath>
#include <limits>

#include <math.h>

namespace cermet::special {

namespace {
constexpr double kPi = 3.14159265358979323846;
}

// Start by Winitzki's approximation (2008), or the slope at 0 where that one cancels; then Halley's steps on erf(y) =
// x, done on erfc where x is close to 1.
double erfinv(double x) {
  if (!(std::fabs(x) < 1)) return std::fabs(x) == 1 ? x * std::numeric_limits<double>::infinity() : std::nan("");
  double size = std::fabs(x), tail = std::log1p(-x * x), a = 0.147, b = 2 / (kPi * a) + tail / 2;
  double y = size < 1e-3 ? size * std::sqrt(kPi) / 2 : std::sqrt(std::sqrt(b * b - tail / a) - b);
  for (int step = 0; step < 3 && y > 0; ++step) {
    double error = size < 0.5 ? std::erf(y) - size : (1 - size) - std::erfc(y);
    double slope = 2 / std::sqrt(kPi) * std::exp(-y * y), newton = error / slope;
    y -= newton / (1 + y * newton);
  }
  return std::copysign(y, x);
}

double gammaln(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}

// Reflection for negative numbers, the recurrence up to 10, then the asymptotic series (Abramowitz and
// Stegun 6.3, 6.4).
double digamma(double x) {
  if (x <= 0) {
    if (x == std::floor(x)) return std::nan("");
    return digamma(1 - x) - kPi / std::tan(kPi * x);
  }
  double sum = 0;
  for (; x < 10; ++x) sum -= 1 / x;
  double r = 1 / (x * x);
  double series = r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132)))));
  return sum + std::log(x) - 0.5 / x - series;
}

double trigamma(double x) {
  if (x <= 0) {
    if (x == std::floor(x)) return std::numeric_limits<double>::infinity();
    double s = std::sin(kPi * x);
    return kPi * kPi / (s * s) - trigamma(1 - x);
  }
  double sum = 0;
  for (; x < 10; ++x) sum += 1 / (x * x);
  double r = 1 / (x * x);
  double series = r * (1.0 / 6 - r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66)))));
  return sum + 1 / x + r / 2 + series / x;
}

}  // namespace cermet::special
