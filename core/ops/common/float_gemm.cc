// SPDX-License-Identifier: Apache-2.0
// The float matrix product: which kernel a shape takes, and which part of it a thread. Figures of the choices below are
// those of tests/benchmark, two Zen 3 cores, one thread, in GFLOP/s (OpenBLAS 0.3.21, oneDNN 2.6, this; ceiling 100):
//
//   512x512x512         89  87  90     64x512x784 nt      81  90  89     512x784x64 tn     75  92  86
//   2048x1024x256       87  93  87     32x1024x256 nt     72  80  86     8x1000x2048       49  75  74
//   1x1000x2048         7   27  23     4x1000x2048        33  60  45     8x1000x2048 nt    36  35  57
//
// Libraries change the order of additions with the shape, which made results depend on the size of a batch.
#include <algorithm>

#include "base/parallel.h"
#include "base/per_thread.h"
#include "ops/common/gemm.h"
#include "ops/common/gemm_kernels.h"
#include "ops/common/packed_matrix.h"

namespace cermet {

namespace {

using namespace gemm_detail;

constexpr int64_t kPacked = int64_t{1} << 16;       // floats of packed lines at once: half of a common second cache
constexpr int64_t kThreadWork = int64_t{1} << 16;   // multiply-adds that are worth another thread
constexpr int64_t kDynamicWork = int64_t{1} << 24;  // and those beyond which threads claim several parts

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Of each thread that ever multiplied, for as long as it lives.
float *thread_buffer() {
  struct Buffer {
    alignas(64) float values[kPacked + kScratch];
  };
  return per_thread<Buffer>().values;
}

Lines from(Lines lines, int64_t line, int64_t p) {
  lines.data += lines.along ? line * lines.stride + p : p * lines.stride + line;
  return lines;
}

Target at(Target t, int64_t x, int64_t y) {
  t.c += t.transposed ? y * t.stride + x : x * t.stride + y;
  return t;
}

// A product on the way: target(x, y) for m lines of x and n of y.
struct Product {
  Lines x, y;
  int64_t m, n, k;
  Target target;
};

Product exchanged(Product p) {
  p.target.transposed = !p.target.transposed;
  return {p.y, p.x, p.n, p.m, p.k, p.target};
}

bool is_few(const Product &p) {
  const GemmKernels &kernels = gemm_kernels();
  return p.x.along && p.m <= (p.y.along ? kernels.few_along : kernels.few_across);
}

void run_few(const Product &p) {
  const GemmKernels &kernels = gemm_kernels();
  int64_t panels = divide_up(p.n, kernels.panel), grain = std::max<int64_t>(1, kThreadWork / (p.k * kernels.panel));
  // Lines across k are read side by side: the wider a part, the fewer pages and the longer the runs.
  if (!p.y.along) grain = std::max(grain, divide_up(panels, num_threads()));
  parallel_for(panels, grain, [&](int64_t begin, int64_t end) {
    int64_t first = begin * kernels.panel, last = std::min(p.n, end * kernels.panel);
    kernels.few(p.x, p.m, from(p.y, first, 0), last - first, p.k, k_block(p.k), at(p.target, 0, first),
                thread_buffer());
  });
}

// One thread's part: packs some lines of y, a block of k at a time, and streams the lines of x past them.
void run_part(const Product &p) {
  const GemmKernels &kernels = gemm_kernels();
  float *packed = thread_buffer(), *scratch = packed + kPacked;
  int64_t block = k_block(p.k), width = std::max<int64_t>(1, kPacked / block / kernels.panel) * kernels.panel;
  for (int64_t column = 0; column < p.n; column += width) {
    int64_t columns = std::min(width, p.n - column);
    for (int64_t first = 0; first < p.k; first += block) {
      int64_t k = std::min(block, p.k - first);
      Target target = at(p.target, 0, column);
      if (first > 0) target.beta = 1;
      kernels.pack(from(p.y, column, first), columns, k, packed);
      kernels.multiply(from(p.x, 0, first), p.m, packed, columns, k, target, scratch);
    }
  }
}

struct Grid {
  int64_t rows = 1, columns = 1;
};

// Parts of x and of y, `parts` in all or fewer: so that the largest is small, and little is packed twice (packing a
// line costs about as much as multiplying it by a panel's width).
Grid best_grid(const Product &p, int64_t parts, int64_t panel) {
  Grid best;
  double least = 0;
  for (int64_t columns = 1; columns <= parts; ++columns) {
    int64_t rows = parts / columns, width = divide_up(divide_up(p.n, panel), columns) * panel;
    double height = static_cast<double>(divide_up(p.m, rows));
    double cost = static_cast<double>(width) * (height + static_cast<double>(panel));
    if (columns > 1 && cost >= least) continue;
    least = cost;
    best = {rows, columns};
  }
  return best;
}

void run_parts(const Product &p) {
  int64_t panel = gemm_kernels().panel, work = p.m * p.n * p.k;
  int64_t parts = std::clamp<int64_t>(work / kThreadWork, 1, num_threads());
  if (parts > 1 && work / parts > kDynamicWork) parts *= 4;
  Grid grid = best_grid(p, parts, panel);
  int64_t panels = divide_up(p.n, panel);
  parallel_for(grid.rows * grid.columns, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      int64_t row_part = part / grid.columns, column_part = part % grid.columns;
      int64_t first_row = p.m * row_part / grid.rows, last_row = p.m * (row_part + 1) / grid.rows;
      int64_t first = panels * column_part / grid.columns * panel;
      int64_t last = std::min(p.n, panels * (column_part + 1) / grid.columns * panel);
      if (first < last && first_row < last_row)
        run_part({from(p.x, first_row, 0), from(p.y, first, 0), last_row - first_row, last - first, p.k,
                  at(p.target, first_row, first)});
    }
  });
}

}  // namespace

void float_gemm(const Gemm &g, const float *a, const float *b, float *c) {
  Product p{{a, g.a_stride(), !g.transpose_a},
            {b, g.b_stride(), g.transpose_b},
            g.m,
            g.n,
            g.k,
            {c, g.c_stride(), false, static_cast<float>(g.alpha), static_cast<float>(g.beta)}};
  if (is_few(p)) return run_few(p);
  if (is_few(exchanged(p))) return run_few(exchanged(p));
  // Packed are the lines of which there are fewer; lines across k need no turning when they are the packed ones.
  bool exchange = p.y.along && (!p.x.along || 2 * p.m < p.n);
  run_parts(exchange ? exchanged(p) : p);
}

// --- packed once: float in panels, double as lines along k ------------------------------------------
template <class T>
int64_t packed_size(int64_t n, int64_t k) {
  return divide_up(n, kPackColumns) * kPackColumns * k;
}

template <>
void pack_matrix(const MatrixView<float> &b, int64_t n, int64_t k, float *packed) {
  const GemmKernels &kernels = gemm_kernels();
  int64_t block = k_block(k), padded = divide_up(n, kPackColumns) * kPackColumns;
  for (int64_t first = 0; first < k; first += block)
    kernels.pack(from({b.data, b.stride, b.transposed}, 0, first), n, std::min(block, k - first),
                 packed + padded * first);
}

template <>
void multiply_packed(const float *a, int64_t lda, int64_t m, const float *packed, int64_t n, int64_t k, bool add,
                     float *c, int64_t ldc) {
  const GemmKernels &kernels = gemm_kernels();
  int64_t block = k_block(k), padded = divide_up(n, kPackColumns) * kPackColumns;
  if (k == 0 && !add)
    for (int64_t row = 0; row < m; ++row) std::fill_n(c + row * ldc, n, 0.0f);
  for (int64_t first = 0; first < k; first += block)
    kernels.multiply({a + first, lda, true}, m, packed + padded * first, n, std::min(block, k - first),
                     {c, ldc, false, 1, add || first > 0 ? 1.0f : 0.0f}, nullptr);
}

template <>
void pack_matrix(const MatrixView<double> &b, int64_t n, int64_t k, double *packed) {
  for (int64_t column = 0; column < n; ++column)
    for (int64_t p = 0; p < k; ++p)
      packed[column * k + p] = b.data[b.transposed ? column * b.stride + p : p * b.stride + column];
}

template <>
void multiply_packed(const double *a, int64_t lda, int64_t m, const double *packed, int64_t n, int64_t k, bool add,
                     double *c, int64_t ldc) {
  gemm<double>({.m = m, .n = n, .k = k, .transpose_b = true, .beta = add ? 1.0 : 0.0, .lda = lda, .ldc = ldc}, a,
               packed, c);
}

template int64_t packed_size<float>(int64_t, int64_t);
template int64_t packed_size<double>(int64_t, int64_t);

}  // namespace cermet
