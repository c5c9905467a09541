// SPDX-License-Identifier: Apache-2.0
// Runs elementwise kernels over arrays of any dtype, with broadcasting.
#pragma once

#include "ops/elementwise/arithmetic.h"
#include "schema/contexts.h"

namespace cermet {

void run_unary(const UnaryKernel &kernel, const Tensor &x, const Tensor &out);
// Computes in the lane type of `compute`; the inputs broadcast to the output's shape.
void run_binary(const BinaryKernel &kernel, DType compute, const Tensor &a, const Tensor &b, const Tensor &out);

// Kernel tables from functors: struct Add { template <class L> L operator()(L a, L b) const; };
template <class F, class L>
void unary_row(const L *x, L *out, int64_t count) {
  for (int64_t k = 0; k < count; ++k) out[k] = F()(x[k]);
}

template <class F, class L, int mode>
void binary_row(const L *a, const L *b, L *out, int64_t count) {
  L fixed = mode == kLeftFixed ? a[0] : b[0];
  for (int64_t k = 0; k < count; ++k)
    out[k] = F()(mode == kLeftFixed ? fixed : a[k], mode == kRightFixed ? fixed : b[k]);
}

// For functions of real numbers.
template <class F>
constexpr UnaryKernel real_kernel{unary_row<F, float>, unary_row<F, double>, nullptr};
// For functions that are exact on integers.
template <class F>
constexpr UnaryKernel exact_kernel{unary_row<F, float>, unary_row<F, double>, unary_row<F, int64_t>};

template <class F>
constexpr BinaryKernel binary_kernel{{binary_row<F, float, 0>, binary_row<F, float, 1>, binary_row<F, float, 2>},
                                     {binary_row<F, double, 0>, binary_row<F, double, 1>, binary_row<F, double, 2>},
                                     {binary_row<F, int64_t, 0>, binary_row<F, int64_t, 1>, binary_row<F, int64_t, 2>}};

// For functions of real numbers that are only called with floats.
template <class F>
constexpr BinaryKernel real_binary_kernel{
    {binary_row<F, float, 0>, binary_row<F, float, 1>, binary_row<F, float, 2>},
    {binary_row<F, double, 0>, binary_row<F, double, 1>, binary_row<F, double, 2>},
    {}};

// The same with the rows of the best instruction set, where there are such.
inline BinaryKernel with_rows(BinaryKernel kernel, const FloatRows &rows) {
  for (int mode = 0; mode < 3; ++mode) {
    kernel.float32[mode] = rows.float32[mode];
    kernel.float64[mode] = rows.float64[mode];
  }
  return kernel;
}
inline UnaryKernel with_row(UnaryKernel kernel, UnaryRow<float> row) {
  kernel.float32 = row;
  return kernel;
}

}  // namespace cermet
