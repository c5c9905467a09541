// SPDX-License-Identifier: Apache-2.0
// Functions of two numbers, for the lane types float, double and int64. Integer arithmetic wraps around; dividing an
// integer by zero gives 0.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace cermet::binary {

template <class L>
constexpr bool kInteger = std::is_integral_v<L>;

// Unsigned arithmetic, which wraps around where signed would be undefined.
template <class F>
int64_t wrapped(int64_t a, int64_t b, F f) {
  return static_cast<int64_t>(f(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
}

struct Add {
  template <class L>
  L operator()(L a, L b) const {
    if constexpr (kInteger<L>)
      return wrapped(a, b, [](uint64_t x, uint64_t y) { return x + y; });
    else
      return a + b;
  }
};
struct Subtract {
  template <class L>
  L operator()(L a, L b) const {
    if constexpr (kInteger<L>)
      return wrapped(a, b, [](uint64_t x, uint64_t y) { return x - y; });
    else
      return a - b;
  }
};
struct Multiply {
  template <class L>
  L operator()(L a, L b) const {
    if constexpr (kInteger<L>)
      return wrapped(a, b, [](uint64_t x, uint64_t y) { return x * y; });
    else
      return a * b;
  }
};
struct Divide {
  template <class L>
  L operator()(L a, L b) const {
    if constexpr (kInteger<L>) {
      if (b == 0) return 0;
      return b == -1 ? Subtract()(L(0), a) : a / b;  // the least integer divided by -1 traps
    } else {
      return a / b;
    }
  }
};
// The remainder with the divisor's sign; 0 for the divisor 0.
struct Mod {
  template <class L>
  L operator()(L a, L b) const {
    if (b == 0) return 0;
    L rest;
    if constexpr (kInteger<L>)
      rest = b == -1 ? 0 : a % b;
    else
      rest = std::fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
};
struct Power {
  template <class L>
  L operator()(L a, L b) const {
    if constexpr (kInteger<L>) {
      if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 ? -1 : 1) : 0;  // the fraction 1 / a^-b, truncated
      L out = 1;
      for (; b; b >>= 1, a = Multiply()(a, a))
        if (b & 1) out = Multiply()(out, a);
      return out;
    } else {
      return std::pow(a, b);
    }
  }
};
struct Maximum {
  template <class L>
  L operator()(L a, L b) const {
    return a != a || a > b ? a : b;
  }
};
struct Minimum {
  template <class L>
  L operator()(L a, L b) const {
    return a != a || a < b ? a : b;
  }
};
struct Hypot {
  template <class L>
  L operator()(L a, L b) const {
    if constexpr (kInteger<L>)
      return static_cast<L>(std::hypot(static_cast<double>(a), static_cast<double>(b)));
    else
      return std::hypot(a, b);
  }
};

struct Equal {
  template <class L>
  L operator()(L a, L b) const {
    return L(a == b);
  }
};
struct NotEqual {
  template <class L>
  L operator()(L a, L b) const {
    return L(a != b);
  }
};
struct Greater {
  template <class L>
  L operator()(L a, L b) const {
    return L(a > b);
  }
};
struct GreaterEqual {
  template <class L>
  L operator()(L a, L b) const {
    return L(a >= b);
  }
};
struct Lesser {
  template <class L>
  L operator()(L a, L b) const {
    return L(a < b);
  }
};
struct LesserEqual {
  template <class L>
  L operator()(L a, L b) const {
    return L(a <= b);
  }
};
struct LogicalAnd {
  template <class L>
  L operator()(L a, L b) const {
    return L(a != 0 && b != 0);
  }
};
struct LogicalOr {
  template <class L>
  L operator()(L a, L b) const {
    return L(a != 0 || b != 0);
  }
};
struct LogicalXor {
  template <class L>
  L operator()(L a, L b) const {
    return L((a != 0) != (b != 0));
  }
};

}  // namespace cermet::binary
