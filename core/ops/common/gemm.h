// SPDX-License-Identifier: Apache-2.0
// Matrix product of row-major matrices: C = alpha * op(A) op(B) + beta * C. Float has own kernels (gemm_kernels.h),
// OpenBLAS does double, and the 16-bit types are summed in float.
//
// A row of a float product depends on that row of A and on B alone: not on the number of threads, nor on which other
// rows are in A, as long as A is not transposed.
#pragma once

#include <cstdint>

#include "tensor/dtype.h"

namespace cermet {

// op(A) is m x k, op(B) is k x n, C is m x n; op(X) is X, or its transpose where asked for. The rows of A (as it is
// stored) are `lda` elements apart, and so on; 0: they follow each other without gaps. With beta 0, C may hold
// anything. Any of m, n, k may be 0.
struct Gemm {
  int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  double alpha = 1, beta = 0;
  int64_t lda = 0, ldb = 0, ldc = 0;

  int64_t a_stride() const { return lda ? lda : transpose_a ? m : k; }
  int64_t b_stride() const { return ldb ? ldb : transpose_b ? k : n; }
  int64_t c_stride() const { return ldc ? ldc : n; }
};

template <class T>
void gemm(const Gemm &g, const T *a, const T *b, T *c);

// The one for float (float_gemm.cc); k is above 0.
void float_gemm(const Gemm &g, const float *a, const float *b, float *c);
// And the one for 16-bit types (half_gemm.cc), summed in float and rounded once.
template <class T>
void half_gemm(const Gemm &g, const T *a, const T *b, T *c);

extern template void gemm(const Gemm &, const float *, const float *, float *);
extern template void gemm(const Gemm &, const double *, const double *, double *);
extern template void gemm(const Gemm &, const Float16 *, const Float16 *, Float16 *);
extern template void gemm(const Gemm &, const BFloat16 *, const BFloat16 *, BFloat16 *);

}  // namespace cermet
