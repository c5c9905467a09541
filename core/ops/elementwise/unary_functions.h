// SPDX-License-Identifier: Apache-2.0
// Functions of one number, for the lane types float and double; those said to be exact, for int64 too.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "ops/elementwise/special.h"

namespace cermet::unary {

constexpr double kPi = 3.14159265358979323846;

// Exact on integers.
struct Negative {
  template <class L>
  L operator()(L x) const {
    if constexpr (std::is_integral_v<L>)
      return static_cast<L>(-static_cast<uint64_t>(x));
    else
      return -x;
  }
};
struct Abs {
  template <class L>
  L operator()(L x) const {
    if constexpr (std::is_integral_v<L>)
      return x < 0 ? Negative()(x) : x;
    else
      return std::fabs(x);
  }
};
struct Sign {
  template <class L>
  L operator()(L x) const {
    return L((x > 0) - (x < 0));
  }
};
struct Square {
  template <class L>
  L operator()(L x) const {
    if constexpr (std::is_integral_v<L>)
      return static_cast<L>(static_cast<uint64_t>(x) * static_cast<uint64_t>(x));
    else
      return x * x;
  }
};
struct Relu {
  template <class L>
  L operator()(L x) const {
    return x < 0 ? L(0) : x;
  }
};
struct LogicalNot {
  template <class L>
  L operator()(L x) const {
    return L(x == 0);
  }
};
// Roundings leave integers as they are.
template <class F>
struct Rounding {
  template <class L>
  L operator()(L x) const {
    if constexpr (std::is_integral_v<L>)
      return x;
    else
      return F()(x);
  }
};

// Functors of the standard library's functions.
#define CERMET_FUNCTION(Name, expression) \
  struct Name {                           \
    template <class L>                    \
    L operator()(L x) const {             \
      return static_cast<L>(expression);  \
    }                                     \
  };
CERMET_FUNCTION(FloatCeil, std::ceil(x))
CERMET_FUNCTION(FloatFloor, std::floor(x))
CERMET_FUNCTION(FloatRound, std::round(x))
CERMET_FUNCTION(FloatTrunc, std::trunc(x))
// MXNet's: halves go down.
CERMET_FUNCTION(FloatRint, x - std::floor(x) <= std::ceil(x) - x ? std::floor(x) : std::ceil(x))
using Ceil = Rounding<FloatCeil>;
using Floor = Rounding<FloatFloor>;
using Round = Rounding<FloatRound>;
using Trunc = Rounding<FloatTrunc>;
using Rint = Rounding<FloatRint>;

CERMET_FUNCTION(Sqrt, std::sqrt(x))
CERMET_FUNCTION(Rsqrt, 1 / std::sqrt(x))
CERMET_FUNCTION(Cbrt, std::cbrt(x))
CERMET_FUNCTION(Rcbrt, 1 / std::cbrt(x))
CERMET_FUNCTION(Exp, std::exp(x))
CERMET_FUNCTION(Expm1, std::expm1(x))
CERMET_FUNCTION(Log, std::log(x))
CERMET_FUNCTION(Log10, std::log10(x))
CERMET_FUNCTION(Log2, std::log2(x))
CERMET_FUNCTION(Log1p, std::log1p(x))
CERMET_FUNCTION(Sin, std::sin(x))
CERMET_FUNCTION(Cos, std::cos(x))
CERMET_FUNCTION(Tan, std::tan(x))
CERMET_FUNCTION(Arcsin, std::asin(x))
CERMET_FUNCTION(Arccos, std::acos(x))
CERMET_FUNCTION(Arctan, std::atan(x))
CERMET_FUNCTION(Sinh, std::sinh(x))
CERMET_FUNCTION(Cosh, std::cosh(x))
CERMET_FUNCTION(Tanh, std::tanh(x))
CERMET_FUNCTION(Arcsinh, std::asinh(x))
CERMET_FUNCTION(Arccosh, std::acosh(x))
CERMET_FUNCTION(Arctanh, std::atanh(x))
CERMET_FUNCTION(Degrees, x *L(180 / kPi))
CERMET_FUNCTION(Radians, x *L(kPi / 180))
CERMET_FUNCTION(Reciprocal, 1 / x)
CERMET_FUNCTION(Sigmoid, 1 / (1 + std::exp(-x)))
CERMET_FUNCTION(Softsign, x / (1 + std::fabs(x)))
CERMET_FUNCTION(Erf, std::erf(x))
CERMET_FUNCTION(Erfinv, special::erfinv(x))
CERMET_FUNCTION(Gamma, std::tgamma(x))
CERMET_FUNCTION(Gammaln, special::gammaln(x))
CERMET_FUNCTION(Digamma, special::digamma(x))
CERMET_FUNCTION(Trigamma, special::trigamma(x))
#undef CERMET_FUNCTION

}  // namespace cermet::unary
