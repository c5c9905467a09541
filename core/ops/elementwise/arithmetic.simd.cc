// SPDX-License-Identifier: Apache-2.0
// What arithmetic.h declares, compiled for each instruction set: loops that the compiler turns into vector code.
// Results are those of the functors in binary_functions.h and unary_functions.h.
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

#define CERMET_COMPARISON(Name, op) \
  struct Name {                     \
    template <class L>              \
    static L of(L a, L b) {         \
      return a op b ? L(1) : L(0);  \
    }                               \
  };
CERMET_COMPARISON(Equal, ==)
CERMET_COMPARISON(NotEqual, !=)
CERMET_COMPARISON(Greater, >)
CERMET_COMPARISON(GreaterEqual, >=)
CERMET_COMPARISON(Lesser, <)
CERMET_COMPARISON(LesserEqual, <=)
#undef CERMET_COMPARISON

struct ReluBackward {
  template <class L>
  static L of(L head, L y) {
    return head * (y > 0 ? L(1) : L(0));
  }
};
struct SigmoidBackward {
  template <class L>
  static L of(L head, L y) {
    return head * (y * (1 - y));
  }
};
struct TanhBackward {
  template <class L>
  static L of(L head, L y) {
    return head * (1 - y * y);
  }
};

void negative(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = -x[k];
}
void abs(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = __builtin_fabsf(x[k]);
}
void square(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = x[k] * x[k];
}
void sqrt(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = __builtin_sqrtf(x[k]);
}
void reciprocal(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = 1 / x[k];
}
void relu(const float *x, float *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = x[k] < 0 ? 0 : x[k];
}

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

const ArithmeticKernels arithmetic_kernels_table{rows<Add>,
                                                 rows<Subtract>,
                                                 rows<Multiply>,
                                                 rows<Divide>,
                                                 rows<Maximum>,
                                                 rows<Minimum>,
                                                 rows<Equal>,
                                                 rows<NotEqual>,
                                                 rows<Greater>,
                                                 rows<GreaterEqual>,
                                                 rows<Lesser>,
                                                 rows<LesserEqual>,
                                                 rows<ReluBackward>,
                                                 rows<SigmoidBackward>,
                                                 rows<TanhBackward>,
                                                 negative,
                                                 abs,
                                                 square,
                                                 sqrt,
                                                 reciprocal,
                                                 relu};

}  // namespace CERMET_ISA
}  // namespace cermet
