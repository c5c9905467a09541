// SPDX-License-Identifier: Apache-2.0
// The table of dtypes, and conversions to 16 bits.
#include "tensor/dtype.h"

#include <cmath>
#include <random>

#include "check.h"

namespace cermet::test {
namespace {

// The nearest value of T: of all its neighbours of the float-rounded one, by distance, even bits winning ties.
template <class T>
T nearest(double value) {
  T best(static_cast<float>(value));
  for (int step = -1; step <= 1; step += 2) {
    T other = best;
    other.bits = static_cast<uint16_t>(other.bits + step);
    double ours = std::abs(static_cast<double>(best) - value), theirs = std::abs(static_cast<double>(other) - value);
    if (theirs < ours || (theirs == ours && other.bits % 2 == 0)) best = other;
  }
  return best;
}

template <class T>
void expect_nearest(double value) {
  cr_assert_eq(convert<T>(value).bits, nearest<T>(value).bits, "%a: got %a; want %a", value,
               static_cast<double>(convert<T>(value)), static_cast<double>(nearest<T>(value)));
}

template <class T>
void expect_all_nearest() {
  std::mt19937_64 random(1);
  for (int k = 0; k < 20000; ++k) {
    double value =
        std::ldexp(std::uniform_real_distribution<double>(-2, 2)(random), static_cast<int>(random() % 24) - 12);
    expect_nearest<T>(value);
    // just beside the middle of two neighbours, where a float in between would be the middle itself
    T low(static_cast<float>(value)), high = low;
    high.bits = static_cast<uint16_t>(high.bits + 1);
    double middle = (static_cast<double>(low) + static_cast<double>(high)) / 2;
    for (double beside : {middle, middle * (1 + 1e-12), middle * (1 - 1e-12)}) expect_nearest<T>(beside);
  }
}

}  // namespace

Test(dtype, doubles_are_rounded_once) {
  expect_all_nearest<Float16>();
  expect_all_nearest<BFloat16>();
  cr_assert_eq(convert<Float16>(int32_t{2049}).bits, Float16(2048.0f).bits);
  cr_assert(std::isinf(static_cast<float>(convert<Float16>(1e300))));
  cr_assert(std::isinf(static_cast<float>(convert<BFloat16>(-1e300))));
  cr_assert(std::isnan(static_cast<float>(convert<BFloat16>(std::nan("")))));
  cr_assert_eq(convert<Float16>(-1e-300).bits, 0x8000);
}

Test(dtype, sets_follow_from_the_table) {
  cr_assert_eq(kFloats & kInts, 0u);
  for (DType dtype : {DType::float16, DType::bfloat16, DType::float32, DType::float64}) cr_assert(is_float(dtype));
  for (DType dtype : {DType::uint8, DType::int8, DType::int32, DType::int64}) cr_assert(contains(kInts, dtype));
  cr_assert(contains(kAll, DType::bool_) && !contains(kNumbers, DType::bool_));
}

Test(dtype, dispatch_gives_the_type_or_says_what_it_takes) {
  cr_assert_eq(dispatch(DType::bool_, [](auto tag) { return sizeof(typename decltype(tag)::type); }), 1u);
  cr_assert_eq(dispatch_numbers(DType::int64, [](auto tag) { return sizeof(typename decltype(tag)::type); }), 8u);
  try {
    dispatch_floats(DType::int8, [](auto) {});
    cr_assert_fail("int8 is no float");
  } catch (const Error &error) {
    cr_assert_eq(error.status, Status::dtype);
    cr_assert_str_eq(error.what(), "got int8; want one of float32, float64, float16, bfloat16");
  }
}

}  // namespace cermet::test
