// SPDX-License-Identifier: Apache-2.0
// The matrix product against sums in double, on shapes that take each of its kernels and leave a rest in each; and that
// a row does not depend on its company.
#include "ops/common/gemm.h"

#include <random>

#include <criterion/criterion.h>

#include "base/parallel.h"

namespace cermet::test {
namespace {

template <class T>
std::vector<T> random(int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<T> values(static_cast<size_t>(count));
  for (T &value : values) value = static_cast<T>(uniform(generator));
  return values;
}

// Values of op(A) op(B) by the definition; strides are those of `g`.
template <class T>
double element(const Gemm &g, const std::vector<T> &a, const std::vector<T> &b, int64_t row, int64_t column) {
  double sum = 0;
  for (int64_t p = 0; p < g.k; ++p) {
    int64_t at_a = g.transpose_a ? p * g.a_stride() + row : row * g.a_stride() + p;
    int64_t at_b = g.transpose_b ? column * g.b_stride() + p : p * g.b_stride() + column;
    sum += static_cast<double>(a[static_cast<size_t>(at_a)]) * static_cast<double>(b[static_cast<size_t>(at_b)]);
  }
  return sum;
}

template <class T>
void expect_product(Gemm g, double tolerance) {
  int64_t gap = g.lda ? 3 : 0;  // strides wider than the matrices
  if (gap) g.lda = g.ldb = g.ldc = 0, g.lda = g.a_stride() + gap, g.ldb = g.b_stride() + gap, g.ldc = g.n + gap;
  auto a = random<T>((g.transpose_a ? g.k : g.m) * g.a_stride(), 1);
  auto b = random<T>((g.transpose_b ? g.n : g.k) * g.b_stride(), 2);
  auto before = random<T>(g.m * g.c_stride(), 3), c = before;
  if (g.beta == 0)
    for (int64_t row = 0; row < g.m; ++row)
      std::fill_n(c.begin() + row * g.c_stride(), g.n, std::numeric_limits<T>::quiet_NaN());
  gemm(g, a.data(), b.data(), c.data());
  for (int64_t row = 0; row < g.m; ++row)
    for (int64_t column = 0; column < g.c_stride(); ++column) {
      auto at = static_cast<size_t>(row * g.c_stride() + column);
      auto old = static_cast<double>(before[at]), got = static_cast<double>(c[at]);
      double want = column < g.n ? g.alpha * element(g, a, b, row, column) + (g.beta == 0 ? 0 : g.beta * old) : old;
      cr_assert(std::abs(got - want) <= tolerance * std::sqrt(static_cast<double>(g.k)),
                "%ldx%ldx%ld %d%d, (%ld, %ld): got %.9g; want %.9g", g.m, g.n, g.k, g.transpose_a, g.transpose_b, row,
                column, got, want);
    }
}

// Rows [first, last) of A alone, and all of them.
void expect_same_rows(const Gemm &all, int64_t first, int64_t last) {
  auto a = random<float>(all.m * all.k, 1), b = random<float>(all.k * all.n, 2);
  std::vector<float> whole(static_cast<size_t>(all.m * all.n)), part(static_cast<size_t>((last - first) * all.n));
  Gemm some = all;
  some.m = last - first;
  gemm(all, a.data(), b.data(), whole.data());
  gemm(some, a.data() + first * all.k, b.data(), part.data());
  for (size_t k = 0; k < part.size(); ++k)
    cr_assert(part[k] == whole[static_cast<size_t>(first * all.n) + k], "%ld rows of %ldx%ldx%ld differ from %ld",
              some.m, all.m, all.n, all.k, all.m);
}

}  // namespace

Test(gemm, is_the_sum_of_products) {
  const int64_t sizes[][3] = {{1, 1, 5},    {1, 70, 19},  {3, 33, 700}, {4, 1050, 9},  {7, 130, 330},
                              {12, 21, 40}, {13, 17, 70}, {29, 2, 64},  {50, 6, 650},  {6, 300, 1},
                              {64, 64, 64}, {97, 65, 33}, {130, 9, 10}, {31, 270, 25}, {150, 40, 129}};
  for (auto [m, n, k] : sizes)
    for (bool transpose_a : {false, true})
      for (bool transpose_b : {false, true})
        for (bool gaps : {false, true})
          for (double beta : {0.0, 1.0, -0.5}) {
            Gemm g{.m = m, .n = n, .k = k, .transpose_a = transpose_a, .transpose_b = transpose_b};
            g.alpha = beta == 1 ? 1 : 0.75;
            g.beta = beta;
            g.lda = gaps;
            expect_product<float>(g, 1e-6);
            if (m < 50) expect_product<double>(g, 1e-14);
            if (m < 13) expect_product<BFloat16>(g, 2e-2);
          }
}

Test(gemm, threads_change_nothing) {
  int before = num_threads();
  for (bool transpose_b : {false, true})
    for (int64_t m : {1, 5, 40, 200}) {
      Gemm g{.m = m, .n = 333, .k = 600, .transpose_b = transpose_b};
      auto a = random<float>(g.m * g.k, 1), b = random<float>(g.k * g.n, 2);
      std::vector<float> results[2];
      for (int threads : {1, 4}) {
        std::vector<float> &c = results[threads == 4];
        c.resize(static_cast<size_t>(g.m * g.n));
        set_num_threads(threads);
        gemm(g, a.data(), b.data(), c.data());
      }
      cr_assert(results[0] == results[1]);
    }
  set_num_threads(before);
}

Test(gemm, rows_do_not_depend_on_their_company) {
  const int64_t parts[][3] = {{64, 0, 1}, {64, 3, 5}, {64, 20, 33}, {9, 1, 8}, {4, 1, 2}};
  for (bool transpose_b : {false, true})
    for (int64_t n : {1, 3, 40, 333})
      for (auto [m, first, last] : parts)
        expect_same_rows({.m = m, .n = n, .k = 700, .transpose_b = transpose_b}, first, last);
}

}  // namespace cermet::test
