// SPDX-License-Identifier: Apache-2.0
// Rows of 16-bit floats against the conversion of one (tensor/half.h): every 16-bit value, floats next to every place
// where rounding changes, and rows of all lengths.
#include "ops/common/half_lanes.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <criterion/criterion.h>

namespace cermet::test {
namespace {

template <class T>
void expect_all_values_come_through() {
  std::vector<T> halves(65536), back(65536);
  for (size_t k = 0; k < halves.size(); ++k) halves[k].bits = static_cast<uint16_t>(k);
  std::vector<float> floats(halves.size());
  to_floats(halves.data(), 65536, floats.data());
  from_floats(floats.data(), 65536, back.data());
  for (size_t k = 0; k < halves.size(); ++k) {
    auto want = static_cast<float>(halves[k]);
    if (std::isnan(want)) {
      cr_assert(std::isnan(floats[k]) && std::isnan(static_cast<float>(back[k])), "%zx is NaN", k);
      cr_assert_eq(std::signbit(floats[k]), std::signbit(want));
    } else {
      cr_assert_eq(std::bit_cast<uint32_t>(floats[k]), std::bit_cast<uint32_t>(want), "%zx", k);
      cr_assert_eq(back[k].bits, halves[k].bits, "%zx", k);
    }
  }
}

template <class T>
void expect_rounding() {
  std::vector<float> floats{0.0f,           -0.0f,          65504,          65519.996f, 65520,        -65520,    1e38f,
                            3e38f,          3.3961776e38f,  1e-45f,         1e-8f,      INFINITY,     -INFINITY, NAN,
                            2.9802322e-08f, 2.9802326e-08f, 5.9604645e-08f, 6.1e-5f,    6.1035156e-5f};
  for (uint32_t half = 0; half < 65536; half += 7) {  // the middle between neighbours, and what lies beside it
    T one;
    one.bits = static_cast<uint16_t>(half);
    auto bits = std::bit_cast<uint32_t>(static_cast<float>(one));
    for (uint32_t middle : {0x1000u, 0x8000u})
      for (uint32_t beside : {~0u, 0u, 1u}) floats.push_back(std::bit_cast<float>((bits | middle) + beside));
  }
  std::mt19937 random(3);
  for (int k = 0; k < 100000; ++k) floats.push_back(std::bit_cast<float>(static_cast<uint32_t>(random())));
  std::vector<T> got(floats.size());
  from_floats(floats.data(), static_cast<int64_t>(floats.size()), got.data());
  for (size_t k = 0; k < floats.size(); ++k) {
    T want(floats[k]);
    if (std::isnan(floats[k]))
      cr_assert(std::isnan(static_cast<float>(got[k])));
    else
      cr_assert_eq(got[k].bits, want.bits, "%a: got %x; want %x", static_cast<double>(floats[k]), got[k].bits,
                   want.bits);
  }
}

template <class T>
void expect_short_rows() {
  for (int64_t count = 0; count < 40; ++count) {
    std::vector<float> floats(static_cast<size_t>(count) + 1, 7.0f), back(floats);
    for (int64_t k = 0; k < count; ++k) floats[static_cast<size_t>(k)] = 0.1f * static_cast<float>(k);
    std::vector<T> halves(floats.size(), T(9.0f));
    from_floats(floats.data(), count, halves.data());
    to_floats(halves.data(), count, back.data());
    for (size_t k = 0; k < static_cast<size_t>(count); ++k) cr_assert_eq(back[k], static_cast<float>(T(floats[k])));
    cr_assert_eq(back.back(), 7.0f, "nothing behind the end is written");
    cr_assert_eq(static_cast<float>(halves.back()), 9.0f);
  }
}

}  // namespace

Test(half_lanes, every_value_comes_through) {
  expect_all_values_come_through<Float16>();
  expect_all_values_come_through<BFloat16>();
}

Test(half_lanes, rounds_to_nearest_even_and_keeps_nan) {
  expect_rounding<Float16>();
  expect_rounding<BFloat16>();
}

Test(half_lanes, rows_of_all_lengths) {
  expect_short_rows<Float16>();
  expect_short_rows<BFloat16>();
}

}  // namespace cermet::test
