// SPDX-License-Identifier: Apache-2.0
// What half_lanes.h declares. Instructions convert float16 where there are some; the rest are loops over integers that
// the compiler turns into vector code.
#include "ops/common/half_lanes.h"

#if defined(__F16C__)
#include <immintrin.h>
#endif

namespace cermet::half_detail {
namespace CERMET_ISA {

namespace {

inline uint32_t bits_of(float value) { return __builtin_bit_cast(uint32_t, value); }
inline float float_of(uint32_t bits) { return __builtin_bit_cast(float, bits); }

void from_bfloat16(const uint16_t *from, int64_t count, float *to) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) to[k] = float_of(uint32_t{from[k]} << 16);
}

void to_bfloat16(const float *from, int64_t count, uint16_t *to) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) {
    uint32_t x = bits_of(from[k]), rounded = (x + 0x7fffu + ((x >> 16) & 1u)) >> 16, quiet = (x >> 16) | 0x40u;
    to[k] = static_cast<uint16_t>((x & 0x7fffffffu) > 0x7f800000u ? quiet : rounded);
  }
}

#if defined(__F16C__)
constexpr int64_t kLanes = 8;

inline void eight_from_float16(const uint16_t *from, float *to) {
  _mm256_storeu_ps(to, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from))));
}
inline void eight_to_float16(const float *from, uint16_t *to) {
  _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm256_cvtps_ph(_mm256_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT));
}

// What is left over goes through the same instructions.
void from_float16(const uint16_t *from, int64_t count, float *to) {
  int64_t k = 0;
  for (; k + kLanes <= count; k += kLanes) eight_from_float16(from + k, to + k);
  if (k == count) return;
  uint16_t rest[kLanes] = {};
  float floats[kLanes];
  for (int64_t j = k; j < count; ++j) rest[j - k] = from[j];
  eight_from_float16(rest, floats);
  for (int64_t j = k; j < count; ++j) to[j] = floats[j - k];
}
void to_float16(const float *from, int64_t count, uint16_t *to) {
  int64_t k = 0;
  for (; k + kLanes <= count; k += kLanes) eight_to_float16(from + k, to + k);
  if (k == count) return;
  float rest[kLanes] = {};
  uint16_t halves[kLanes];
  for (int64_t j = k; j < count; ++j) rest[j - k] = from[j];
  eight_to_float16(rest, halves);
  for (int64_t j = k; j < count; ++j) to[j] = halves[j - k];
}
#else
// As in tensor/half.h; a shift of the exponent, and subnormals by the sum with a number whose last place they fill.
void from_float16(const uint16_t *from, int64_t count, float *to) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) {
    uint32_t h = from[k], sign = (h & 0x8000u) << 16, magnitude = (h & 0x7fffu) << 13, exponent = h & 0x7c00u;
    float small = float_of(magnitude + 0x38800000u) - 0x1p-14f;
    uint32_t normal = magnitude + 0x38000000u, special = magnitude | 0x7f800000u;
    uint32_t quiet = (h & 0x3ffu) ? special | 0x00400000u : special;
    to[k] = float_of(sign | (exponent == 0 ? bits_of(small) : exponent == 0x7c00u ? quiet : normal));
  }
}
void to_float16(const float *from, int64_t count, uint16_t *to) {
#pragma GCC ivdep
  for (int64_t k = 0; k < count; ++k) {
    uint32_t bits = bits_of(from[k]), sign = (bits >> 16) & 0x8000u, x = bits & 0x7fffffffu;
    uint32_t small = bits_of(float_of(x < 0x38800000u ? x : 0u) + 0.5f) - 0x3f000000u;
    uint32_t normal = (x - 0x38000000u + 0xfffu + ((x >> 13) & 1u)) >> 13;
    uint32_t nan = 0x7e00u | ((x >> 13) & 0x3ffu);
    uint32_t large = x > 0x7f800000u ? nan : 0x7c00u;
    to[k] = static_cast<uint16_t>(sign | (x < 0x38800000u ? small : x >= 0x477ff000u ? large : normal));
  }
}
#endif

}  // namespace

extern const HalfKernels half_kernels_table = {from_float16, from_bfloat16, to_float16, to_bfloat16};

}  // namespace CERMET_ISA
}  // namespace cermet::half_detail
