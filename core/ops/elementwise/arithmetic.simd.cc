// SPDX-License-Identifier: Apache-2.0
// Basic arithmetic, compiled for each instruction set: loops that the compiler turns into vector code. Results are
// those of the functors in binary_functions.h and unary_functions.h.
#include "ops/elementwise/arithmetic.h"

namespace cermet {
namespace CERMET_ISA {

namespace {

struct Add {
  template <class L>
  static L of(L a, L b) {
    return a + b;
  }
};
struct Subtract {
  template <class L>
  static L of(L a, L b) {
    return a - b;
  }
};
struct Multiply {
  template <class L>
  static L of(L a, L b) {
    return a * b;
  }
};
struct Divide {
  template <class L>
  static L of(L a, L b) {
    return a / b;
  }
};
struct Maximum {
  template <class L>
  static L of(L a, L b) {
    return a != a || a > b ? a : b;
  }
};
struct Minimum {
  template <class L>
  static L of(L a, L b) {
    return a != a || a < b ? a : b;
  }
};

template <class F, class L, int mode>
void row(const L *a, const L *b, L *out, int64_t count) {
  L fixed = mode == kLeftFixed ? a[0] : b[0];
  for (int64_t k = 0; k < count; ++k)
    out[k] = F::of(mode == kLeftFixed ? fixed : a[k], mode == kRightFixed ? fixed : b[k]);
}

template <class F>
constexpr FloatRows rows{{row<F, float, 0>, row<F, float, 1>, row<F, float, 2>},
                         {row<F, double, 0>, row<F, double, 1>, row<F, double, 2>}};

}  // namespace

const ArithmeticKernels arithmetic_kernels_table{rows<Add>,    rows<Subtract>, rows<Multiply>,
                                                 rows<Divide>, rows<Maximum>,  rows<Minimum>};

}  // namespace CERMET_ISA
}  // namespace cermet
