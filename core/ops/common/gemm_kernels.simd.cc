// SPDX-License-Identifier: Apache-2.0
// What gemm_kernels.h declares. A tile is kRows lines of x by two vectors of packed y, whose sums stay in registers.
#include "ops/common/gemm_kernels.h"

namespace cermet::gemm_detail {
namespace CERMET_ISA {

namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16, kRows = 12;
#elif defined(__AVX2__)
constexpr int kLanes = 8, kRows = 6;
#else
constexpr int kLanes = 4, kRows = 6;
#endif
constexpr int kPanel = 2 * kLanes;
constexpr int64_t kFewLines = 4;
constexpr int64_t kAhead = 8;  // steps of k by which packed lines are fetched early

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));
typedef float Loose __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));

typedef float Quad __attribute__((vector_size(16)));
typedef float LooseQuad __attribute__((vector_size(16), aligned(4), may_alias));

constexpr int64_t kLine = 16;  // floats of a cache line

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
// One rounding or two, as in vectors: compilers split some sums of scalars.
inline float multiply_add(float a, float b, float sum) {
#ifdef __FMA__
  return __builtin_fmaf(a, b, sum);
#else
  return a * b + sum;
#endif
}
inline Vector load(const float *from) { return *reinterpret_cast<const Loose *>(from); }
inline void store(float *to, Vector value) { *reinterpret_cast<Loose *>(to) = value; }

// f(0) ... f(count - 1), written out: the numbers are constants, by which arrays of vectors become registers.
template <int k>
struct Number {
  constexpr operator int() const { return k; }
};
#define CERMET_INLINE __attribute__((always_inline))
template <int count, class F>
CERMET_INLINE inline void each(F f) {
  if constexpr (count > 0) {
    each<count - 1>(f);
    f(Number<count - 1>());
  }
}

// --- transposing kLanes vectors ---------------------------------------------------------------------
#if defined(__AVX512F__)
#define CERMET_PAIRS(a, b, i, j, k, l)                                                                              \
  __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4, i + 8, j + 8, k + 8, l + 8, i + 12, j + 12, \
                          k + 12, l + 12)
#elif defined(__AVX2__)
#define CERMET_PAIRS(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4)
#else
#define CERMET_PAIRS(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#endif

// Within each quarter of four lanes: rows first .. first + 3 become columns.
CERMET_INLINE inline void transpose_quads(Vector *x) {
  constexpr int n = kLanes;
  Vector low01 = CERMET_PAIRS(x[0], x[1], 0, n, 1, n + 1), high01 = CERMET_PAIRS(x[0], x[1], 2, n + 2, 3, n + 3);
  Vector low23 = CERMET_PAIRS(x[2], x[3], 0, n, 1, n + 1), high23 = CERMET_PAIRS(x[2], x[3], 2, n + 2, 3, n + 3);
  x[0] = CERMET_PAIRS(low01, low23, 0, 1, n, n + 1), x[1] = CERMET_PAIRS(low01, low23, 2, 3, n + 2, n + 3);
  x[2] = CERMET_PAIRS(high01, high23, 0, 1, n, n + 1), x[3] = CERMET_PAIRS(high01, high23, 2, 3, n + 2, n + 3);
}

CERMET_INLINE inline void transpose(Vector (&x)[kLanes]) {
  each<kLanes / 4>([&](auto quad) CERMET_INLINE { transpose_quads(x + 4 * quad); });
#if defined(__AVX512F__)
  each<4>([&](auto i) CERMET_INLINE {
    Vector a = x[i], b = x[i + 4], c = x[i + 8], d = x[i + 12];
    Vector even = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    Vector odd = __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    Vector next_even = __builtin_shufflevector(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    Vector next_odd = __builtin_shufflevector(c, d, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
#define CERMET_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define CERMET_HIGH(a, b) __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
    x[i] = CERMET_LOW(even, next_even), x[i + 8] = CERMET_HIGH(even, next_even);
    x[i + 4] = CERMET_LOW(odd, next_odd), x[i + 12] = CERMET_HIGH(odd, next_odd);
  });
#elif defined(__AVX2__)
  each<4>([&](auto i) CERMET_INLINE {
    Vector a = x[i], b = x[i + 4];
    x[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    x[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  });
#endif
}

// kLanes lines along k, from place p on, to rows of `stride` floats: one row a place.
inline void transpose_block(const float *lines, int64_t line_stride, float *to, int64_t stride) {
  Vector x[kLanes];
  each<kLanes>([&](auto line) CERMET_INLINE { x[line] = load(lines + line * line_stride); });
  transpose(x);
  each<kLanes>([&](auto p) CERMET_INLINE { store(to + p * stride, x[p]); });
}

// --- packing ----------------------------------------------------------------------------------------
// One panel of `width` lines (one or two vectors), of which n exist.
void pack_panel(Lines y, int64_t n, int64_t k, int64_t width, float *to) {
  int64_t whole_lines = n / kLanes * kLanes, whole_k = k / kLanes * kLanes;
  if (y.along) {
    for (int64_t line = 0; line < whole_lines; line += kLanes) {
      for (int64_t p = 0; p < whole_k; p += kLanes)
        transpose_block(y.data + line * y.stride + p, y.stride, to + p * width + line, width);
      for (int64_t p = whole_k; p < k; ++p)
        for (int64_t j = line; j < line + kLanes; ++j) to[p * width + j] = y.data[j * y.stride + p];
    }
    for (int64_t line = whole_lines; line < n; ++line)
      for (int64_t p = 0; p < k; ++p) to[p * width + line] = y.data[line * y.stride + p];
  } else {
    for (int64_t p = 0; p < k; ++p) {
      const float *from = y.data + p * y.stride;
      for (int64_t line = 0; line < whole_lines; line += kLanes) store(to + p * width + line, load(from + line));
      for (int64_t line = whole_lines; line < n; ++line) to[p * width + line] = from[line];
    }
  }
  if (n < width)
    for (int64_t p = 0; p < k; ++p)
      for (int64_t line = n; line < width; ++line) to[p * width + line] = 0;
}

// Rows of many panels, each read from its begin to its end.
void pack_rows(const float *rows, int64_t stride, int64_t panels, int64_t k, float *to) {
  for (int64_t p = 0; p < k; ++p)
    for (int64_t panel = 0; panel < panels; ++panel) {
      const float *from = rows + p * stride + panel * kPanel;
      float *target = to + (panel * k + p) * kPanel;
      store(target, load(from));
      store(target + kLanes, load(from + kLanes));
    }
}

inline const float *line_of(Lines y, int64_t line) { return y.data + (y.along ? line * y.stride : line); }

void pack(Lines y, int64_t n, int64_t k, float *packed) {
  int64_t line = 0;
  if (!y.along) {
    line = n / kPanel * kPanel;
    pack_rows(y.data, y.stride, line / kPanel, k, packed);
    packed += line * k;
  }
  for (; line < n; line += kPanel) {
    int64_t there = least(kPanel, n - line), width = there <= kLanes ? kLanes : kPanel;
    pack_panel({line_of(y, line), y.stride, y.along}, there, k, width, packed);
    packed += width * k;
  }
}

// --- tiles ------------------------------------------------------------------------------------------
inline void put(Target t, int64_t x, int64_t y, float sum) {
  float *to = t.transposed ? t.c + y * t.stride + x : t.c + x * t.stride + y;
  *to = t.beta == 0 ? t.alpha * sum : t.alpha * sum + t.beta * *to;
}

// The first `count` of some results, which go side by side.
template <int count>
inline void put_beside(float *to, Vector sums, float alpha, float beta) {
  sums *= alpha;
#pragma GCC unroll 4
  for (int first = 0; first + 4 <= count; first += 4) {
    Quad quad = {sums[first], sums[first + 1], sums[first + 2], sums[first + 3]};
    if (beta != 0) quad += beta * *reinterpret_cast<const LooseQuad *>(to + first);
    *reinterpret_cast<LooseQuad *>(to + first) = quad;
  }
#pragma GCC unroll 4
  for (int k = count / 4 * 4; k < count; ++k) to[k] = beta == 0 ? sums[k] : sums[k] + beta * to[k];
}

// Apart from the tile's code, whose registers it would disturb.
template <int rows, int vectors>
__attribute__((noinline)) void put_transposed(Target t, int64_t columns, const float *sums) {
  constexpr int kWhole = rows / kLanes * kLanes, kRest = rows % kLanes;
  for (int v = 0; v < vectors; ++v) {
    int64_t there = least(kLanes, columns - v * kLanes);
    float *to = t.c + v * kLanes * t.stride;
    Vector block[kLanes];
    for (int first = 0; first < kWhole; first += kLanes) {
      for (int r = 0; r < kLanes; ++r) block[r] = load(sums + (first + r) * vectors * kLanes + v * kLanes);
      transpose(block);
      for (int column = 0; column < there; ++column)
        put_beside<kLanes>(to + column * t.stride + first, block[column], t.alpha, t.beta);
    }
    if (kRest == 0) continue;
    for (int r = 0; r < kRest; ++r) block[r] = load(sums + (kWhole + r) * vectors * kLanes + v * kLanes);
    for (int r = kRest; r < kLanes; ++r) block[r] = Vector{};
    transpose(block);
    for (int column = 0; column < there; ++column)
      put_beside<kRest>(to + column * t.stride + kWhole, block[column], t.alpha, t.beta);
  }
}

template <int rows, int vectors>
void tile(const float *x, int64_t stride, const float *y, int64_t y_stride, int64_t k, Target t, int64_t columns) {
  // What the sums go to arrives while they are made.
  if (t.transposed)
    for (int64_t column = 0; column < columns; ++column) __builtin_prefetch(t.c + column * t.stride, 1);
  else
    for (int r = 0; r < rows; ++r) __builtin_prefetch(t.c + r * t.stride, 1);
  Vector sums[rows][vectors];
  each<rows>([&](auto r) CERMET_INLINE { each<vectors>([&](auto v) CERMET_INLINE { sums[r][v] = Vector{}; }); });
  for (int64_t p = 0; p < k; ++p) {
    const float *row = y + p * y_stride;
    __builtin_prefetch(row + kAhead * y_stride);
    Vector places[vectors];
    each<vectors>([&](auto v) CERMET_INLINE { places[v] = load(row + v * kLanes); });
    each<rows>([&](auto r) CERMET_INLINE {
      float factor = x[r * stride + p];
      each<vectors>([&](auto v) CERMET_INLINE { sums[r][v] += factor * places[v]; });
    });
  }
  if (!t.transposed && columns == vectors * kLanes) {
    each<rows>([&](auto r) CERMET_INLINE {
      each<vectors>([&](auto v) CERMET_INLINE {
        float *to = t.c + r * t.stride + v * kLanes;
        store(to, t.beta == 0 ? t.alpha * sums[r][v] : t.alpha * sums[r][v] + t.beta * load(to));
      });
    });
    return;
  }
  float loose[rows * vectors * kLanes];
  each<rows>([&](auto r) CERMET_INLINE {
    each<vectors>([&](auto v) CERMET_INLINE { store(loose + (r * vectors + v) * kLanes, sums[r][v]); });
  });
  if (t.transposed) return put_transposed<rows, vectors>(t, columns, loose);
  for (int r = 0; r < rows; ++r)
    for (int64_t column = 0; column < columns; ++column) put(t, r, column, loose[r * vectors * kLanes + column]);
}

using Tile = void (*)(const float *, int64_t, const float *, int64_t, int64_t, Target, int64_t);
#define CERMET_TILES(rows) \
  { tile<rows, 1>, tile<rows, 2> }
constexpr Tile kTiles[kRows][2] = {CERMET_TILES(1),  CERMET_TILES(2), CERMET_TILES(3), CERMET_TILES(4),
                                   CERMET_TILES(5),  CERMET_TILES(6),
#if defined(__AVX512F__)
                                   CERMET_TILES(7),  CERMET_TILES(8), CERMET_TILES(9), CERMET_TILES(10),
                                   CERMET_TILES(11), CERMET_TILES(12)
#endif
};
#undef CERMET_TILES

inline Target moved(Target t, int64_t x, int64_t y) {
  t.c += t.transposed ? y * t.stride + x : x * t.stride + y;
  return t;
}

// Lines of x that lie along k.
void multiply_along(const float *x, int64_t stride, int64_t m, const float *packed, int64_t n, int64_t k, Target t) {
  // Strips of nearly equal height: short ones use the registers badly.
  int64_t strips = (m + kRows - 1) / kRows, panels = (n + kPanel - 1) / kPanel;
  for (int64_t strip = 0, row = 0; strip < strips; ++strip) {
    int64_t rows = m / strips + (strip < m % strips);
    const float *panel = packed, *next = x + (row + rows) * stride;
    int64_t fetched = 0, credit = 0;
    for (int64_t column = 0; column < n; column += kPanel) {
      int64_t there = least(kPanel, n - column), vectors = there <= kLanes ? 1 : 2;
      // The next strip arrives row by row meanwhile, where there is time for that.
      for (credit += panels < 8 ? 0 : rows; credit >= panels; credit -= panels, ++fetched)
        for (int64_t p = 0; p < k; p += kLine) __builtin_prefetch(next + fetched * stride + p);
      kTiles[rows - 1][vectors - 1](x + row * stride, stride, panel, vectors * kLanes, k, moved(t, row, column), there);
      panel += vectors * kLanes * k;
    }
    row += rows;
  }
}

// The same for lines of y as they are, across k; n is a multiple of a panel.
void multiply_direct(Lines x, int64_t m, const float *y, int64_t y_stride, int64_t n, int64_t k, Target t) {
  int64_t strips = (m + kRows - 1) / kRows;
  for (int64_t column = 0; column < n; column += kPanel)
    for (int64_t strip = 0, row = 0, rows; strip < strips; ++strip, row += rows) {
      rows = m / strips + (strip < m % strips);
      kTiles[rows - 1][1](x.data + row * x.stride, x.stride, y + column, y_stride, k, moved(t, row, column), kPanel);
    }
}

// m lines that lie across k, copied along it.
void turn(Lines x, int64_t m, int64_t k, float *to, int64_t stride) {
  int64_t whole_lines = m / kLanes * kLanes, whole_k = k / kLanes * kLanes;
  for (int64_t p = 0; p < whole_k; p += kLanes) {
    for (int64_t line = 0; line < whole_lines; line += kLanes)
      transpose_block(x.data + p * x.stride + line, x.stride, to + line * stride + p, stride);
    for (int64_t line = whole_lines; line < m; ++line)
      for (int64_t q = p; q < p + kLanes; ++q) to[line * stride + q] = x.data[q * x.stride + line];
  }
  for (int64_t p = whole_k; p < k; ++p)
    for (int64_t line = 0; line < m; ++line) to[line * stride + p] = x.data[p * x.stride + line];
}

void multiply(Lines x, int64_t m, const float *packed, int64_t n, int64_t k, Target t, float *scratch) {
  if (x.along) return multiply_along(x.data, x.stride, m, packed, n, k, t);
  for (int64_t row = 0; row < m; row += kChunkLines) {
    int64_t rows = least(kChunkLines, m - row);
    turn({x.data + row, x.stride, false}, rows, k, scratch, k);
    multiply_along(scratch, k, rows, packed, n, k, moved(t, row, 0));
  }
}

// --- few lines of x: the speed is that at which y comes from memory ---------------------------------
inline void copy(const float *from, int64_t count, float *to) {
  for (int64_t k = 0; k < count; k += kLanes) store(to + k, load(from + k));
}

// sums (of kLanes lines each) += kLanes places of lines, which lie along k, times those of x.
template <int m>
CERMET_INLINE inline void add_places(const float *x, int64_t x_stride, const float *lines, int64_t stride,
                                     int64_t sums_stride, float *sums) {
  Vector places[kLanes];
  each<kLanes>([&](auto j) CERMET_INLINE { places[j] = load(lines + j * stride); });
  transpose(places);
  each<m>([&](auto r) CERMET_INLINE {
    Vector sum = load(sums + r * sums_stride);
    each<kLanes>([&](auto q) CERMET_INLINE { sum += x[r * x_stride + q] * places[q]; });
    store(sums + r * sums_stride, sum);
  });
}

template <int m>
void few_along(Lines x, Lines y, int64_t n, int64_t k, int64_t k_block, Target t, float *pieces) {
  constexpr int64_t kWidth = 4 * kLanes;  // several chains of additions at a time
  // Lines are read in pieces, one after the other: side by side they would drive each other out of the cache where
  // their distance is a power of two.
  constexpr int64_t kPiece = 128, kStride = kPiece + kLine;
  int64_t line = 0;
  for (; line + kWidth <= n; line += kWidth) {
    float totals[m][kWidth] = {}, sums[m][kWidth];
    for (int64_t first = 0; first < k; first += k_block) {
      int64_t end = least(k, first + k_block), p = first;
      for (int r = 0; r < m; ++r)
        for (int j = 0; j < kWidth; ++j) sums[r][j] = 0;
      for (int64_t length; (length = least(kPiece, (end - p) / kLanes * kLanes)) > 0; p += length) {
        for (int64_t j = 0; j < kWidth; ++j) copy(y.data + (line + j) * y.stride + p, length, pieces + j * kStride);
        for (int64_t q = 0; q < length; q += kLanes)
#pragma GCC unroll 1
          for (int64_t v = 0; v < kWidth; v += kLanes)
            add_places<m>(x.data + p + q, x.stride, pieces + v * kStride + q, kStride, kWidth, sums[0] + v);
      }
      for (; p < end; ++p)
        for (int j = 0; j < kWidth; ++j) {
          float place = y.data[(line + j) * y.stride + p];
          for (int r = 0; r < m; ++r) sums[r][j] = multiply_add(x.data[r * x.stride + p], place, sums[r][j]);
        }
      for (int r = 0; r < m; ++r)
        for (int j = 0; j < kWidth; ++j) totals[r][j] += sums[r][j];
    }
    for (int r = 0; r < m; ++r)
      for (int j = 0; j < kWidth; ++j) put(t, r, line + j, totals[r][j]);
  }
  for (; line < n; ++line)
    for (int r = 0; r < m; ++r) {
      float total = 0;
      for (int64_t first = 0; first < k; first += k_block) {
        float sum = 0;
        for (int64_t p = first; p < least(k, first + k_block); ++p)
          sum = multiply_add(x.data[r * x.stride + p], y.data[line * y.stride + p], sum);
        total = first == 0 ? sum : total + sum;
      }
      put(t, r, line, total);
    }
}

// Sums of a line of x that are kept at once.
template <int m>
constexpr int64_t kChunk = m <= 2 ? 1024 : 512;

// sums += kStep places of x times rows of y.
template <int m, int kStep>
void add_rows(const float *x, int64_t x_stride, const float *rows, int64_t stride, int64_t columns, float *sums) {
  float factors[m][kStep];
  for (int r = 0; r < m; ++r)
    for (int q = 0; q < kStep; ++q) factors[r][q] = x[r * x_stride + q];
  int64_t j = 0;
  for (; j + kLanes <= columns; j += kLanes) {
    Vector places[kStep];
    each<kStep>([&](auto q) CERMET_INLINE { places[q] = load(rows + q * stride + j); });
    each<m>([&](auto r) CERMET_INLINE {
      Vector sum = load(sums + r * kChunk<m> + j);
      each<kStep>([&](auto q) CERMET_INLINE { sum += factors[r][q] * places[q]; });
      store(sums + r * kChunk<m> + j, sum);
    });
  }
  for (; j < columns; ++j)
    for (int r = 0; r < m; ++r)
      for (int q = 0; q < kStep; ++q) {
        float &sum = sums[r * kChunk<m> + j];
        sum = multiply_add(factors[r][q], rows[q * stride + j], sum);
      }
}

template <int m>
void few_across(Lines x, Lines y, int64_t n, int64_t k, int64_t k_block, Target t, float *sums) {
  constexpr int kStep = 8;
  float *totals = sums + m * kChunk<m>;
  for (int64_t column = 0; column < n; column += kChunk<m>) {
    int64_t columns = least(kChunk<m>, n - column);
    for (int64_t first = 0; first < k; first += k_block) {
      int64_t end = least(k, first + k_block), p = first;
      for (int64_t at = 0; at < m * kChunk<m>; ++at) sums[at] = 0;
      for (; p + kStep <= end; p += kStep)
        add_rows<m, kStep>(x.data + p, x.stride, y.data + p * y.stride + column, y.stride, columns, sums);
      for (; p < end; ++p)
        add_rows<m, 1>(x.data + p, x.stride, y.data + p * y.stride + column, y.stride, columns, sums);
      for (int64_t at = 0; at < m * kChunk<m>; ++at) totals[at] = first == 0 ? sums[at] : totals[at] + sums[at];
    }
    for (int r = 0; r < m; ++r)
      for (int64_t j = 0; j < columns; ++j) put(t, r, column + j, totals[r * kChunk<m> + j]);
  }
}

// Where there are enough lines of x for tiles, but too few to pack those of y for.
void few_direct(Lines x, int64_t m, Lines y, int64_t n, int64_t k, int64_t k_block, Target t, float *scratch) {
  int64_t whole = n / kPanel * kPanel;
  for (int64_t first = 0; first < k; first += k_block) {
    int64_t length = least(k_block, k - first);
    if (first > 0) t.beta = 1;
    Lines part{x.data + first, x.stride, true};
    multiply_direct(part, m, y.data + first * y.stride, y.stride, whole, length, t);
    if (whole == n) continue;
    pack({y.data + first * y.stride + whole, y.stride, false}, n - whole, length, scratch);
    multiply_along(part.data, part.stride, m, scratch, n - whole, length, moved(t, 0, whole));
  }
}

template <int m>
void few_lines(Lines x, Lines y, int64_t n, int64_t k, int64_t k_block, Target t, float *scratch) {
  if (y.along)
    few_along<m>(x, y, n, k, k_block, t, scratch);
  else
    few_across<m>(x, y, n, k, k_block, t, scratch);
}

void few(Lines x, int64_t m, Lines y, int64_t n, int64_t k, int64_t k_block, Target t, float *scratch) {
  if (m > kFewLines) return few_direct(x, m, y, n, k, k_block, t, scratch);
  constexpr decltype(&few_lines<1>) kernels[] = {few_lines<1>, few_lines<2>, few_lines<3>, few_lines<4>};
  kernels[m - 1](x, y, n, k, k_block, t, scratch);
}

}  // namespace

extern const GemmKernels gemm_kernels_table = {kPanel, kFewLines, 2 * kRows, pack, multiply, few};

}  // namespace CERMET_ISA
}  // namespace cermet::gemm_detail
