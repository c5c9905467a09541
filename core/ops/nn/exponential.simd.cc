// SPDX-License-Identifier: Apache-2.0
// Written as plain loops without branches, which the compiler turns into vector instructions.
#include "ops/nn/exponential.h"

namespace cermet::CERMET_ISA {

namespace {

constexpr int64_t kLanes = 16;

// x = n ln 2 + r with |r| <= ln(2) / 2; then exp(x) = 2^n exp(r). The product n * ln 2 is exact in its high part.
struct Reduced {
  float power, rest;  // 2^n, r
  int32_t n;
};

// 2^n for n from -126 to 127.
inline float power_of_two(int32_t n) {
  return __builtin_bit_cast(float, static_cast<int32_t>(static_cast<uint32_t>(n + 127) << 23));
}

inline Reduced reduce(float x) {
  float n = x * 1.44269504088896341f + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  n -= 12582912.0f;
  float rest = x - n * 0.693359375f;
  rest -= n * -2.12194440054690583e-4f;
  auto whole = static_cast<int32_t>(n);
  return {power_of_two(whole), rest, whole};
}

// exp(r) - 1 by its series; the first term left out is below 6e-9 of the result.
inline float series(float r) {
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  return p * r;
}

// exp(x) for x <= 88; below -87 it stays at exp(-87), which is next to nothing.
inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  Reduced reduced = reduce(x);
  return reduced.power + reduced.power * series(reduced.rest);
}

// The same, and exactly 0 below -87: a masked score of minus infinity must take no part.
inline float vanishing_exponential(float x) {
  float y = exponential(x);
  return x < -87.0f ? 0.0f : y;
}

// exp(x) for every x. The power of two comes in two steps, so that none is out of range where the result is not: small
// results become subnormal, then zero, and large ones infinite.
inline float exponential_of_any(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  Reduced reduced = reduce(x);
  int32_t half = reduced.n >> 1;
  return (1.0f + series(reduced.rest)) * power_of_two(half) * power_of_two(reduced.n - half);
}

// tanh(x) = e / (e + 2) with e = exp(2 |x|) - 1, which loses nothing near 0; beyond 10 it is 1.
inline float hyperbolic_tangent(float x) {
  float size = __builtin_fabsf(x);
  size = size > 10.0f ? 10.0f : size;
  Reduced reduced = reduce(2.0f * size);
  float e = reduced.power * series(reduced.rest) + (reduced.power - 1.0f);
  return __builtin_copysignf(e / (e + 2.0f), x);
}

// A gate at minus infinity is shut: far below zero the exponential is infinite and the result exactly 0.
inline float logistic(float x) { return 1.0f / (1.0f + exponential_of_any(-x)); }

// The normal distribution function, erfc(-x / sqrt(2)) / 2, from exp(-x x / 2). erfc(z) exp(z z) is t p(t) with
// t = 1 / (1 + 0.45 z); p was fitted to it for the least relative error (3e-8), so that nothing cancels far below zero.
inline float normal_distribution(float x, float bell) {
  float t = 1.0f / (1.0f + 0.45f * 0.7071067811865476f * __builtin_fabsf(x));
  float p = -0.0420731994f;
  p = p * t + 0.193652725f;
  p = p * t - 0.305973076f;
  p = p * t + 0.147722433f;
  p = p * t - 0.0254556891f;
  p = p * t + 0.121031534f;
  p = p * t + 0.175032204f;
  p = p * t + 0.228295743f;
  p = p * t + 0.253881959f;
  p = p * t + 0.253885339f;
  float tail = 0.5f * t * p * bell;
  return x < 0 ? tail : 1.0f - tail;
}

void gelu_row(const float *x, float *out, int64_t count) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) out[k] = x[k] * normal_distribution(x[k], exponential(-0.5f * x[k] * x[k]));
}

void gelu_backward_row(const float *head, const float *x, float *out, int64_t count) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) {
    float bell = vanishing_exponential(-0.5f * x[k] * x[k]);
    float near = x[k] > 40.0f ? 40.0f : x[k];  // beyond, the bell is 0, by which infinity must not be multiplied
    near = near < -40.0f ? -40.0f : near;
    out[k] = head[k] * (normal_distribution(x[k], bell) + near * (0.3989422804014327f * bell));  // 1 / sqrt(2 pi)
  }
}

void exp_row(const float *x, float *out, int64_t count) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) out[k] = exponential_of_any(x[k]);
}

void tanh_row(const float *x, float *out, int64_t count) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) out[k] = hyperbolic_tangent(x[k]);
}

void sigmoid_row(const float *x, float *out, int64_t count) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) out[k] = logistic(x[k]);
}

float max_row(const float *x, int64_t count) {
  float lanes[kLanes];
  for (float &lane : lanes) lane = -__builtin_inff();
  int64_t whole = count / kLanes * kLanes;
  for (int64_t k = 0; k < whole; k += kLanes)
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] = x[k + lane] > lanes[lane] ? x[k + lane] : lanes[lane];
  float top = lanes[0];
  for (float lane : lanes) top = lane > top ? lane : top;
  for (int64_t k = whole; k < count; ++k) top = x[k] > top ? x[k] : top;
  return top;
}

// The difference comes first: scale * x - scale * top, with a multiply-add for one product and not for the other, is
// anything but 0 for a large top.
double exp_sum_row(const float *x, float *out, int64_t count, float scale, float top) {
  constexpr int64_t kBlock = 256;  // terms wait here, so that computing and adding are two plain loops
  float terms[kBlock];
  double total = 0;
  for (int64_t first = 0; first < count; first += kBlock) {
    int64_t length = count - first < kBlock ? count - first : kBlock, padded = (length + kLanes - 1) / kLanes * kLanes;
    for (int64_t k = 0; k < length; ++k) {
      float below = scale * (x[first + k] - top);
      terms[k] = vanishing_exponential(below > 0.0f ? 0.0f : below);
    }
    if (out)
      for (int64_t k = 0; k < length; ++k) out[first + k] = terms[k];
    for (int64_t k = length; k < padded; ++k) terms[k] = 0;
    float lanes[kLanes] = {};
    for (int64_t k = 0; k < padded; k += kLanes)
      for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += terms[k + lane];
    for (float lane : lanes) total += static_cast<double>(lane);
  }
  return total;
}

}  // namespace

extern const ExponentialKernels exponential_kernels_table = {exp_row,           tanh_row, sigmoid_row, gelu_row,
                                                             gelu_backward_row, max_row,  exp_sum_row};

}  // namespace cermet::CERMET_ISA
