// SPDX-License-Identifier: Apache-2.0
#include "ops/common/gemm.h"

#include <algorithm>
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
  for (int64_t row = 0; row < g.m; ++row, c += g.c_stride())
    for (int64_t k = 0; k < g.n; ++k)
      c[k] = g.beta == 0 ? T(0) : static_cast<T>(static_cast<Compute<T>>(g.beta) * static_cast<Compute<T>>(c[k]));
}

int blas_size(int64_t value) {
  if (value > std::numeric_limits<int>::max())
    throw Error(Status::limit, "matrix", "got a dimension of ", value, "; want at most ",
                std::numeric_limits<int>::max());
  return static_cast<int>(value);
}

void blas_gemm(const Gemm &g, const double *a, const double *b, double *c) {
  LibraryThreads threads;
  cblas_dgemm(CblasRowMajor, g.transpose_a ? CblasTrans : CblasNoTrans, g.transpose_b ? CblasTrans : CblasNoTrans,
              blas_size(g.m), blas_size(g.n), blas_size(g.k), g.alpha, a, blas_size(g.a_stride()), b,
              blas_size(g.b_stride()), g.beta, c, blas_size(g.c_stride()));
}

// Whether the result is a column of products of lines that lie side by side in memory.
bool is_column(const Gemm &g) {
  bool a_lines = !g.transpose_a || (g.m == 1 && g.a_stride() == 1);
  return g.n == 1 && a_lines && (g.transpose_b || g.b_stride() == 1);
}

// Summed in double: BLAS would add up in the narrow type, and in an order of its own.
template <class T>
void inner_products(const Gemm &g, const T *a, const T *b, T *c) {
  int64_t step = g.transpose_a ? 0 : g.a_stride();
  parallel_for(g.m, std::max<int64_t>(1, 65536 / g.k), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T *line = a + row * step;
      T &out = c[row * g.c_stride()];
      double sum = g.alpha * nn::sum_of<T>(g.k, [&](int64_t k) { return line[k] * b[k]; });
      out = static_cast<T>(g.beta == 0 ? sum : sum + g.beta * static_cast<double>(out));
    }
  });
}

}  // namespace

template <class T>
void gemm(const Gemm &g, const T *a, const T *b, T *c) {
  if (g.m == 0 || g.n == 0) return;
  if (g.k == 0) return scale_rows(g, c);
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
    if (is_column(g)) return inner_products(g, a, b, c);
  if constexpr (std::is_same_v<T, float>)
    float_gemm(g, a, b, c);
  else if constexpr (std::is_same_v<T, double>)
    blas_gemm(g, a, b, c);
  else
    half_gemm(g, a, b, c);
}

template void gemm(const Gemm &, const float *, const float *, float *);
template void gemm(const Gemm &, const double *, const double *, double *);
template void gemm(const Gemm &, const Float16 *, const Float16 *, Float16 *);
template void gemm(const Gemm &, const BFloat16 *, const BFloat16 *, BFloat16 *);

}  // namespace cermet
