// SPDX-License-Identifier: Apache-2.0
#include "ops/common/gemm.h"

#include <limits>
#include <type_traits>

#include <cblas.h>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/nn/sums.h"

namespace cermet {

namespace {

template <class T>
void scale_rows(const Gemm &g, T *c) {
  for (int64_t k = 0; k < g.m * g.n; ++k)
    c[k] = g.beta == 0 ? T(0) : static_cast<T>(static_cast<Compute<T>>(g.beta) * static_cast<Compute<T>>(c[k]));
}

int blas_size(int64_t value) {
  if (value > std::numeric_limits<int>::max())
    throw Error(Status::limit, "matrix", "got a dimension of ", value, "; want at most ",
                std::numeric_limits<int>::max());
  return static_cast<int>(value);
}

template <class T>
void blas_gemm(const Gemm &g, const T *a, const T *b, T *c) {
  enter_parallel_runtime();
  int m = blas_size(g.m), n = blas_size(g.n), k = blas_size(g.k);
  auto ta = g.transpose_a ? CblasTrans : CblasNoTrans, tb = g.transpose_b ? CblasTrans : CblasNoTrans;
  int lda = g.transpose_a ? m : k, ldb = g.transpose_b ? k : n;
  if constexpr (std::is_same_v<T, float>)
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, static_cast<float>(g.alpha), a, lda, b, ldb, static_cast<float>(g.beta),
                c, n);
  else
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, g.alpha, a, lda, b, ldb, g.beta, c, n);
}

// One result: BLAS would add up in the narrow type, and in an order of its own.
template <class T>
void inner_product(const Gemm &g, const T *a, const T *b, T *c) {
  double sum = g.alpha * nn::sum_of<T>(g.k, [&](int64_t k) { return a[k] * b[k]; });
  *c = static_cast<T>(g.beta == 0 ? sum : sum + g.beta * static_cast<double>(*c));
}

template <class T>
void plain_gemm(const Gemm &g, const T *a, const T *b, T *c) {
  int64_t a_row = g.transpose_a ? 1 : g.k, a_column = g.transpose_a ? g.m : 1;
  int64_t b_row = g.transpose_b ? 1 : g.n, b_column = g.transpose_b ? g.k : 1;
  auto alpha = static_cast<float>(g.alpha), beta = static_cast<float>(g.beta);
  parallel_for(g.m, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      for (int64_t column = 0; column < g.n; ++column) {
        float sum = 0;
        for (int64_t k = 0; k < g.k; ++k)
          sum +=
              static_cast<float>(a[row * a_row + k * a_column]) * static_cast<float>(b[k * b_row + column * b_column]);
        T &out = c[row * g.n + column];
        out = alpha * sum + (g.beta == 0 ? 0.0f : beta * static_cast<float>(out));
      }
  });
}

}  // namespace

template <class T>
void gemm(const Gemm &g, const T *a, const T *b, T *c) {
  if (g.m == 0 || g.n == 0) return;
  if (g.k == 0)
    scale_rows(g, c);
  else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
    g.m == 1 && g.n == 1 ? inner_product(g, a, b, c) : blas_gemm(g, a, b, c);
  else
    plain_gemm(g, a, b, c);
}

template void gemm(const Gemm &, const float *, const float *, float *);
template void gemm(const Gemm &, const double *, const double *, double *);
template void gemm(const Gemm &, const Float16 *, const Float16 *, Float16 *);
template void gemm(const Gemm &, const BFloat16 *, const BFloat16 *, BFloat16 *);

}  // namespace cermet
