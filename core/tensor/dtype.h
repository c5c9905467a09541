// SPDX-License-Identifier: Apache-2.0
// Element types, in one table: enum value, C++ type, name. A new dtype is a new row here (and in cermet/base.h).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "tensor/half.h"

namespace cermet {

// X(enumerator, value in MXNet's files and in the ABI, C++ type, class)
#define CERMET_DTYPES(X)           \
  X(float32, 0, float, floating)   \
  X(float64, 1, double, floating)  \
  X(float16, 2, Float16, floating) \
  X(uint8, 3, uint8_t, integer)    \
  X(int32, 4, int32_t, integer)    \
  X(int8, 5, int8_t, integer)      \
  X(int64, 6, int64_t, integer)    \
  X(bool_, 7, bool, boolean)       \
  X(bfloat16, 12, BFloat16, floating)

enum class DType : int {
#define CERMET_ROW(name, value, type, group) name = value,
  CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
};
enum class DTypeClass { floating, integer, boolean };

// A set of dtypes, as a bit mask.
using DTypeSet = uint32_t;
constexpr DTypeSet dtype_bit(DType dtype) { return DTypeSet{1} << static_cast<int>(dtype); }
constexpr DTypeSet dtypes_of(DTypeClass group) {
  DTypeSet set = 0;
#define CERMET_ROW(name, value, type, its) \
  if (group == DTypeClass::its) set |= dtype_bit(DType::name);
  CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
  return set;
}
constexpr DTypeSet kFloats = dtypes_of(DTypeClass::floating);
constexpr DTypeSet kInts = dtypes_of(DTypeClass::integer);
constexpr DTypeSet kNumbers = kFloats | kInts;
constexpr DTypeSet kAll = kNumbers | dtypes_of(DTypeClass::boolean);

inline bool contains(DTypeSet set, DType dtype) { return set & dtype_bit(dtype); }
inline bool is_float(DType dtype) { return contains(kFloats, dtype); }

const char *dtype_name(DType dtype);  // "float32"; "unknown" for a value outside the table
bool is_dtype(int value);
int64_t dtype_size(DType dtype);
// Throws invalid_argument for an unknown name.
DType dtype_from_name(const std::string &name);
inline void append(std::string &out, DType dtype) { out += dtype_name(dtype); }
void append_set(std::string &out, DTypeSet set);
[[noreturn]] void refuse_dtype(DType dtype, DTypeSet want);

template <class T>
struct DTypeOf;
#define CERMET_ROW(name, value, type, group)     \
  template <>                                    \
  struct DTypeOf<type> {                         \
    static constexpr DType value_ = DType::name; \
  };
CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
template <class T>
constexpr DType dtype_of = DTypeOf<T>::value_;

// The type in which values of T are computed: float for the 16-bit types (half.h), T otherwise; and the one in which
// sums of T are kept: float or double, and int64 for integers.
template <class T>
using Compute = std::conditional_t<std::is_class_v<T>, float, T>;
template <class T>
using Accumulate = std::conditional_t<std::is_integral_v<T>, int64_t, Compute<T>>;

template <class T>
struct TypeTag {
  using type = T;
};

// f(TypeTag<T>{}) for the C++ type of `dtype`, among all, floats, or numbers. The dtype must be in the set: operators
// check that when they infer.
//   dispatch(dtype, [&](auto tag) { using T = typename decltype(tag)::type; ... });
template <DTypeSet set, class F>
decltype(auto) dispatch_in(DType dtype, F &&f) {
  switch (dtype) {
#define CERMET_ROW(name, value, type, group)           \
  case DType::name:                                    \
    if constexpr ((set & dtype_bit(DType::name)) != 0) \
      return f(TypeTag<type>{});                       \
    else                                               \
      break;
    CERMET_DTYPES(CERMET_ROW)
#undef CERMET_ROW
  }
  refuse_dtype(dtype, set);
}

template <class F>
decltype(auto) dispatch(DType dtype, F &&f) {
  return dispatch_in<kAll>(dtype, std::forward<F>(f));
}

template <class F>
decltype(auto) dispatch_floats(DType dtype, F &&f) {
  return dispatch_in<kFloats>(dtype, std::forward<F>(f));
}

template <class F>
decltype(auto) dispatch_numbers(DType dtype, F &&f) {
  return dispatch_in<kNumbers>(dtype, std::forward<F>(f));
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
  } else if constexpr (std::is_class_v<To> && !std::is_class_v<From> && !std::is_same_v<From, float>) {
    return To(round_to_odd(static_cast<double>(from)));
  } else {
    return static_cast<To>(static_cast<Compute<To>>(static_cast<Compute<From>>(from)));
  }
}

}  // namespace cermet
