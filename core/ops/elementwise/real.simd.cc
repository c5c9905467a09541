// SPDX-License-Identifier: Apache-2.0
// Written without branches, so that the compiler turns the loops into vector code. Polynomials: S. Moshier, Cephes.
#include "ops/elementwise/real.h"

namespace cermet {
namespace CERMET_ISA {

namespace {

// 2^n times the exponential of what is left of x; the scale comes in two steps, so that neither overflows before the
// result does and small results become subnormal.
inline float exponential(float x) {
  constexpr float kRound = 12582912.0f;  // adding it rounds to an integer, which its low bits then hold
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  float shifted = x * 1.44269504f + kRound, n = shifted - kRound;
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  float y = p * r * r + r + 1.0f;
  int32_t power = __builtin_bit_cast(int32_t, shifted) - 0x4b400000, half = power >> 1;
  float first = __builtin_bit_cast(float, static_cast<int32_t>(static_cast<uint32_t>(half + 127) << 23));
  float second = __builtin_bit_cast(float, static_cast<int32_t>(static_cast<uint32_t>(power - half + 127) << 23));
  return y * first * second;
}

inline float hyperbolic_tangent(float x) {
  float size = __builtin_fabsf(x), z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float small = p * z * x + x;
  float large = __builtin_copysignf(1.0f - 2.0f / (exponential(2.0f * size) + 1.0f), x);
  return size < 0.625f ? small : large;
}

void exp_row(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = exponential(x[k]);
}
void sigmoid_row(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = 1.0f / (1.0f + exponential(-x[k]));
}
void tanh_row(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = hyperbolic_tangent(x[k]);
}

}  // namespace

const RealKernels real_kernels_table{exp_row, sigmoid_row, tanh_row};

}  // namespace CERMET_ISA
}  // namespace cermet
