// SPDX-License-Identifier: Apache-2.0
// Matrix product of row-major matrices: C = alpha * op(A) op(B) + beta * C. OpenBLAS does float and double; the 16-bit
// types are summed in float by a plain loop.
#pragma once

#include <cstdint>

#include "tensor/dtype.h"

namespace cermet {

// op(A) is m x k, op(B) is k x n, C is m x n; op(X) is X, or its transpose where asked for. All matrices are dense: the
// rows of A (as it is stored) follow each other without gaps, and so do those of B and C. With beta 0, C may hold
// anything. Any of m, n, k may be 0.
struct Gemm {
  int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  double alpha = 1, beta = 0;
};

template <class T>
void gemm(const Gemm &g, const T *a, const T *b, T *c);

extern template void gemm(const Gemm &, const float *, const float *, float *);
extern template void gemm(const Gemm &, const double *, const double *, double *);
extern template void gemm(const Gemm &, const Float16 *, const Float16 *, Float16 *);
extern template void gemm(const Gemm &, const BFloat16 *, const BFloat16 *, BFloat16 *);

}  // namespace cermet
