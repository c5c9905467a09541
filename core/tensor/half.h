// SPDX-License-Identifier: Apache-2.0
// 16-bit floating-point storage types. They convert to float, compute there, and round to nearest even on the way back.
#pragma once

#include <bit>
#include <cstdint>

namespace cermet {

struct Float16 {
  uint16_t bits = 0;
  Float16() = default;
  Float16(float value) : bits(encode(value)) {}  // NOLINT: meant to be implicit, like float from double
  operator float() const { return decode(bits); }

 private:
  static float decode(uint16_t h) {
    uint32_t sign = uint32_t{h & 0x8000u} << 16, exponent = (h >> 10) & 31u, fraction = h & 0x3ffu;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
    if (exponent) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
    float magnitude = static_cast<float>(fraction) * 0x1p-24f;  // zero and subnormals
    return sign ? -magnitude : magnitude;
  }
  static uint16_t encode(float value) {
    uint32_t x = std::bit_cast<uint32_t>(value);
    auto sign = static_cast<uint16_t>((x >> 16) & 0x8000u);
    x &= 0x7fffffffu;
    if (x > 0x7f800000u) return static_cast<uint16_t>(sign | 0x7e00u);   // NaN
    if (x >= 0x477ff000u) return static_cast<uint16_t>(sign | 0x7c00u);  // rounds to infinity
    if (x < 0x38800000u) {  // subnormal: adding 0.5 leaves the rounded fraction in the low bits
      float shifted = std::bit_cast<float>(x) + 0.5f;
      return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - 0x3f000000u));
    }
    uint32_t odd = (x >> 13) & 1u;
    return static_cast<uint16_t>(sign | ((x - 0x38000000u + 0xfffu + odd) >> 13));
  }
};

struct BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  BFloat16(float value) : bits(encode(value)) {}  // NOLINT: meant to be implicit
  operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }

 private:
  static uint16_t encode(float value) {
    uint32_t x = std::bit_cast<uint32_t>(value);
    if ((x & 0x7fffffffu) > 0x7f800000u) return static_cast<uint16_t>((x >> 16) | 0x40u);  // NaN stays NaN
    return static_cast<uint16_t>((x + 0x7fffu + ((x >> 16) & 1u)) >> 16);
  }
};

// A float for values that go on to 16 bits: where something was cut off the last bit is set, so that the second
// rounding gives what one rounding of the double would (Boldo and Melquiond, 2008).
inline float round_to_odd(double value) {
  auto near = static_cast<float>(value);
  auto back = static_cast<double>(near);
  if (back == value || value != value) return near;
  auto bits = std::bit_cast<uint32_t>(near);
  bool away = (back < 0 ? -back : back) > (value < 0 ? -value : value);
  return std::bit_cast<float>((bits - (away ? 1u : 0u)) | 1u);
}

static_assert(sizeof(Float16) == 2 && sizeof(BFloat16) == 2);

}  // namespace cermet
