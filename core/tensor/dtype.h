// SPDX-License-Identifier: Apache-2.0
// Element types, in one table: enum value, C++ type, name. A new dtype is a new row here (and in cermet/base.h).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include "base/error.h"
#include "tensor/half.h"

namespace cermet {

// X(enumerator, value in MXNet's files and in the ABI, C++ type)
#define CERMET_DTYPES(X) \
  X(float32, 0, float)   \
  X(float64, 1, double)  \
  X(float16, 2, Float16) \
  X(uint8, 3, uint8_t)   \
  X(int32, 4, int32_t)   \
  X(int8, 5, int8_t)     \
  X(int64, 6, int64_t)   \
  X(bool_, 7, bool)      \
  X(bfloat16, 12, BFloat16)

enum class DType : int {
#define CERMET_ROW(name, value, type) name = value,
  CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
};

// A set of dtypes, as a bit mask.
using DTypeSet = uint32_t;
constexpr DTypeSet dtype_bit(DType dtype) { return DTypeSet{1} << static_cast<int>(dtype); }
constexpr DTypeSet kFloats =
    dtype_bit(DType::float32) | dtype_bit(DType::float64) | dtype_bit(DType::float16) | dtype_bit(DType::bfloat16);
constexpr DTypeSet kInts =
    dtype_bit(DType::uint8) | dtype_bit(DType::int32) | dtype_bit(DType::int8) | dtype_bit(DType::int64);
constexpr DTypeSet kNumbers = kFloats | kInts;
constexpr DTypeSet kAll = kNumbers | dtype_bit(DType::bool_);

inline bool contains(DTypeSet set, DType dtype) { return set & dtype_bit(dtype); }
inline bool is_float(DType dtype) { return contains(kFloats, dtype); }

const char *dtype_name(DType dtype);  // "float32"; "unknown" for a value outside the table
bool is_dtype(int value);
int64_t dtype_size(DType dtype);
// Throws invalid_argument for an unknown name.
DType dtype_from_name(const std::string &name);
inline void append(std::string &out, DType dtype) { out += dtype_name(dtype); }
void append_set(std::string &out, DTypeSet set);

template <class T>
struct DTypeOf;
#define CERMET_ROW(name, value, type)            \
  template <>                                    \
  struct DTypeOf<type> {                         \
    static constexpr DType value_ = DType::name; \
  };
CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
template <class T>
constexpr DType dtype_of = DTypeOf<T>::value_;

// The type in which values of T are computed: float for the 16-bit types, T otherwise; and the one in which sums of T
// are kept: float or double, and int64 for integers.
template <class T>
using Compute = std::conditional_t<std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>, float, T>;
template <class T>
using Accumulate = std::conditional_t<std::is_integral_v<T>, int64_t, Compute<T>>;

template <class T>
struct TypeTag {
  using type = T;
};

// f(TypeTag<T>{}) for the C++ type of `dtype`, among all, floats, or numbers. The dtype must be in the set: operators
// check that when they infer.
//   dispatch(dtype, [&](auto tag) { using T = typename decltype(tag)::type; ... });
template <class F>
decltype(auto) dispatch(DType dtype, F &&f) {
  switch (dtype) {
#define CERMET_ROW(name, value, type) \
  case DType::name:                   \
    return f(TypeTag<type>{});
    CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
  }
  throw Error(Status::internal, "dtype", "got ", static_cast<int>(dtype), "; want a known dtype");
}

template <class F>
decltype(auto) dispatch_floats(DType dtype, F &&f) {
  switch (dtype) {
    case DType::float32:
      return f(TypeTag<float>{});
    case DType::float64:
      return f(TypeTag<double>{});
    case DType::float16:
      return f(TypeTag<Float16>{});
    case DType::bfloat16:
      return f(TypeTag<BFloat16>{});
    default:
      throw Error(Status::dtype, "", "got ", dtype, "; want a floating-point dtype");
  }
}

template <class F>
decltype(auto) dispatch_numbers(DType dtype, F &&f) {
  switch (dtype) {
    case DType::uint8:
      return f(TypeTag<uint8_t>{});
    case DType::int8:
      return f(TypeTag<int8_t>{});
    case DType::int32:
      return f(TypeTag<int32_t>{});
    case DType::int64:
      return f(TypeTag<int64_t>{});
    default:
      return dispatch_floats(dtype, f);
  }
}

// Conversion of one value with defined results: floats to integers truncate and saturate, NaN becomes 0, anything that
// is not zero becomes true.
template <class To, class From>
To convert(From from) {
  if constexpr (std::is_same_v<To, From>) {
    return from;
  } else if constexpr (std::is_same_v<To, bool>) {
    return static_cast<Compute<From>>(from) != Compute<From>(0);
  } else if constexpr (std::is_integral_v<To> && !std::is_integral_v<From>) {
    auto value = static_cast<double>(static_cast<Compute<From>>(from));
    constexpr auto low = static_cast<double>(std::numeric_limits<To>::min());
    constexpr auto high = static_cast<double>(std::numeric_limits<To>::max());
    if (value != value) return To(0);
    if (value <= low) return std::numeric_limits<To>::min();
    if (value >= high) return std::numeric_limits<To>::max();
    return static_cast<To>(value);
  } else if constexpr (std::is_integral_v<To>) {
    return static_cast<To>(from);
  } else {
    return static_cast<To>(static_cast<Compute<To>>(static_cast<Compute<From>>(from)));
  }
}

}  // namespace cermet
