// SPDX-License-Identifier: Apache-2.0
// Elementwise operators as data: functions of runs of numbers. An operator that states its function this way may run on
// any order of elements in memory, and becomes part of a loop that computes several operators at once.
// Plain pointers, nothing inline: *.simd.cc files fill such tables too.
#pragma once

#include <cstdint>

namespace cermet {

// out[k] = f(x[k]), k < count. `out` may be `x`.
template <class L>
using UnaryRow = void (*)(const L *x, L *out, int64_t count);

struct UnaryKernel {
  UnaryRow<float> float32;
  UnaryRow<double> float64;
  UnaryRow<int64_t> integer;  // null: integers are computed as double, and truncated
};

// out[k] = f(a[k], b[k]), where one side may be a single element.
template <class L>
using BinaryRow = void (*)(const L *a, const L *b, L *out, int64_t count);

enum BinaryMode { kBothVary = 0, kRightFixed = 1, kLeftFixed = 2 };

struct BinaryKernel {
  BinaryRow<float> float32[3];  // by BinaryMode
  BinaryRow<double> float64[3];
  BinaryRow<int64_t> integer[3];
};

// What an operator with given attributes computes: f(x), f(a, b), f(f(a, b), c) and so on, f(x, number) or f(number,
// x).
struct Elementwise {
  enum Form { kUnary, kBinary, kFold, kNumberRight, kNumberLeft } form;
  UnaryKernel unary;
  BinaryKernel binary;
  double number;
};

}  // namespace cermet
