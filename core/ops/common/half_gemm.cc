// SPDX-License-Identifier: Apache-2.0
// Products of 16-bit matrices, by the kernels for float: lines become float a block at a time, sums stay float until
// all of k is in them, and are rounded once.
#include <algorithm>

#include "base/parallel.h"
#include "base/per_thread.h"
#include "ops/common/gemm.h"
#include "ops/common/gemm_kernels.h"
#include "ops/common/half_lanes.h"
#include "ops/common/packed_matrix.h"

namespace cermet {

namespace {

using namespace gemm_detail;

constexpr int64_t kRows = 192, kColumns = 128;  // of a tile of sums, which stays in the second cache
static_assert(kColumns % kPackColumns == 0 && kRows % kChunkLines == 0);

struct Buffers {
  alignas(64) float x[kChunkLines * kMaxBlock], y[kPackColumns * kMaxBlock], packed[kColumns * kMaxBlock];
  alignas(64) float sums[kRows * kColumns], scratch[kScratch];
};

// A matrix whose lines lie along k, or across it.
template <class T>
struct Matrix {
  const T *data;
  int64_t stride;
  bool along;

  // `count` lines from `line` on, of k places from `first` on, in `to`.
  Lines lines(int64_t line, int64_t count, int64_t first, int64_t k, float *to) const {
    int64_t rows = along ? count : k, width = along ? k : count;
    const T *from = data + (along ? line * stride + first : first * stride + line);
    for (int64_t row = 0; row < rows; ++row) to_floats(from + row * stride, width, to + row * width);
    return {to, width, along};
  }
};

// Sums of `rows` lines of x with `columns` lines of y.
template <class T>
void sum_tile(const Matrix<T> &x, int64_t row, int64_t rows, const Matrix<T> &y, int64_t column, int64_t columns,
              int64_t k, Buffers &b) {
  const GemmKernels &kernels = gemm_kernels();
  int64_t block = k_block(k);
  for (int64_t first = 0; first < k; first += block) {
    int64_t places = std::min(block, k - first);
    for (int64_t line = 0; line < columns; line += kPackColumns) {
      int64_t count = std::min(kPackColumns, columns - line);
      kernels.pack(y.lines(column + line, count, first, places, b.y), count, places, b.packed + line * places);
    }
    for (int64_t line = 0; line < rows; line += kChunkLines) {
      int64_t count = std::min(kChunkLines, rows - line);
      kernels.multiply(x.lines(row + line, count, first, places, b.x), count, b.packed, columns, places,
                       {b.sums + line * kColumns, kColumns, false, 1, first > 0 ? 1.0f : 0.0f}, b.scratch);
    }
  }
}

template <class T>
void put_row(const Gemm &g, float *sums, int64_t count, T *to) {
  auto alpha = static_cast<float>(g.alpha), beta = static_cast<float>(g.beta);
  if (alpha != 1)
    for (int64_t k = 0; k < count; ++k) sums[k] *= alpha;
  if (beta != 0)
    for (int64_t k = 0; k < count; ++k) sums[k] += beta * static_cast<float>(to[k]);
  from_floats(sums, count, to);
}

}  // namespace

template <class T>
void half_gemm(const Gemm &g, const T *a, const T *b, T *c) {
  Matrix<T> x{a, g.a_stride(), !g.transpose_a}, y{b, g.b_stride(), g.transpose_b};
  int64_t row_tiles = (g.m + kRows - 1) / kRows, column_tiles = (g.n + kColumns - 1) / kColumns;
  parallel_for(row_tiles * column_tiles, 1, [&](int64_t begin, int64_t end) {
    auto &buffers = per_thread<Buffers>();
    for (int64_t tile = begin; tile < end; ++tile) {
      int64_t row = tile / column_tiles * kRows, column = tile % column_tiles * kColumns;
      int64_t rows = std::min(kRows, g.m - row), columns = std::min(kColumns, g.n - column);
      sum_tile(x, row, rows, y, column, columns, g.k, buffers);
      for (int64_t line = 0; line < rows; ++line)
        put_row(g, buffers.sums + line * kColumns, columns, c + (row + line) * g.c_stride() + column);
    }
  });
}

template void half_gemm(const Gemm &, const Float16 *, const Float16 *, Float16 *);
template void half_gemm(const Gemm &, const BFloat16 *, const BFloat16 *, BFloat16 *);

}  // namespace cermet
