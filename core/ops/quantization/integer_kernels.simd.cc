// SPDX-License-Identifier: Apache-2.0
// What integer_kernels.h declares. Compiled without fused multiply-adds, so that all instruction sets round alike.
#include "ops/quantization/integer_kernels.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace cermet::quantized {
namespace CERMET_ISA {

namespace {

// The nearest integer, ties to even, of a number that is small: added to 1.5 * 2^23, it loses its fraction.
inline float round_small(float x) { return (x + 12582912.0f) - 12582912.0f; }

template <class T>
constexpr bool kSigned = static_cast<T>(-1) < 0;
template <class T>
constexpr float kLeast = kSigned<T> ? -128 : 0;
template <class T>
constexpr float kMost = kSigned<T> ? 127 : 255;

template <class T>
inline T rounded(float x) {
  float inside = x > kLeast<T> ? x : kLeast<T>;
  inside = inside < kMost<T> ? inside : kMost<T>;
  return static_cast<T>(static_cast<int32_t>(round_small(x == x ? inside : 0)));
}

template <class T>
void quantize(const float *x, int64_t count, float scale, T *out) {
  for (int64_t k = 0; k < count; ++k) out[k] = rounded<T>(x[k] * scale);
}

// Copies to 16 bits, in whole steps where that reads nothing behind `end`; what is written too much is written anew.
template <class T>
inline void widen(const T *from, const T *end, int64_t count, int16_t *to) {
  if (end - from >= (count + kStep - 1) / kStep * kStep) {
    for (int64_t k = 0; k < count; k += kStep)
      for (int64_t lane = 0; lane < kStep; ++lane) to[k + lane] = static_cast<int16_t>(int{from[k + lane]});
    return;
  }
#pragma GCC unroll 1
  for (int64_t k = 0; k < count; ++k) to[k] = static_cast<int16_t>(int{from[k]});
}
inline void clear(int64_t count, int16_t *to) {
  for (int64_t k = 0; k < count; ++k) to[k] = 0;
}

// The taps along x of one line of the image (null: outside of it). Neighbouring taps lie side by side.
template <class T>
int16_t *gather_line(const Gather &g, const T *line, const T *end, int64_t x, int16_t *to) {
  int64_t begin = x * g.stride[2] - g.pad[2], taps = g.kernel[2];
  bool inside = line && begin >= 0 && begin + g.dilate[2] * (taps - 1) < g.in[2];
  if (inside && g.dilate[2] == 1 && g.channels == g.image_channels) {
    widen(line + begin * g.channels, end, taps * g.channels, to);
    return to + taps * g.channels;
  }
  for (int64_t tap = 0; tap < taps; ++tap, to += g.channels) {
    int64_t at = begin + tap * g.dilate[2];
    if (line && at >= 0 && at < g.in[2])
      widen(line + at * g.image_channels, end, g.channels, to);
    else
      clear(g.channels, to);
  }
  return to;
}

// The lines of the window at (z, y, x).
template <class T>
int16_t *gather_row(const Gather &g, const T *image, const T *end, const int64_t (&place)[3], int16_t *to) {
  for (int64_t kz = 0; kz < g.kernel[0]; ++kz) {
    int64_t z = place[0] * g.stride[0] - g.pad[0] + kz * g.dilate[0];
    for (int64_t ky = 0; ky < g.kernel[1]; ++ky) {
      int64_t y = place[1] * g.stride[1] - g.pad[1] + ky * g.dilate[1];
      bool inside = z >= 0 && z < g.in[0] && y >= 0 && y < g.in[1];
      const T *line = inside ? image + (z * g.in[1] + y) * g.in[2] * g.image_channels : nullptr;
      to = gather_line(g, line, end, place[2], to);
    }
  }
  return to;
}

template <class T>
void gather(const Gather &g, const T *images, const T *end, int64_t first, int64_t rows, int16_t *to) {
  int64_t plane = g.out[0] * g.out[1] * g.out[2], image = g.in[0] * g.in[1] * g.in[2] * g.image_channels;
  int64_t place[3] = {first % plane / (g.out[1] * g.out[2]), first / g.out[2] % g.out[1], first % g.out[2]};
  images += first / plane * image;
  for (int64_t row = 0; row < rows; ++row, to += g.row_size) {
    int16_t *last = gather_row(g, images, end, place, to);
    if (last < to + g.row_size) *last = 0;  // an odd number of terms
    for (int axis = 2; axis >= 0 && ++place[axis] == g.out[axis]; --axis) {
      place[axis] = 0;
      if (axis == 0) images += image;
    }
  }
}

template <class T>
inline void finish_row(const int32_t *sums, int64_t count, const float *factor, const float *shift, T *out) {
  for (int64_t k = 0; k < count; ++k) out[k] = rounded<T>(static_cast<float>(sums[k]) * factor[k] + shift[k]);
}

template <class T>
void finish(const int32_t *sums, int64_t rows, int64_t count, const float *factor, const float *shift, T *out,
            int64_t stride) {
  for (int64_t row = 0; row < rows; ++row, sums += kPanel, out += stride)
    if (count == kPanel)
      finish_row(sums, kPanel, factor, shift, out);
    else
      finish_row(sums, count, factor, shift, out);
}

template <class T>
void maximum(const T *x, int64_t count, T *top) {
  for (int64_t k = 0; k < count; ++k) top[k] = x[k] > top[k] ? x[k] : top[k];
}

template <class T>
void add(const T *x, int64_t count, int32_t *sums) {
  for (int64_t k = 0; k < count; ++k) sums[k] += x[k];
}

template <class T>
void average(const int32_t *sums, int64_t count, float divisor, T *out) {
  for (int64_t k = 0; k < count; ++k) out[k] = rounded<T>(static_cast<float>(sums[k]) / divisor);
}

typedef uint8_t Bytes __attribute__((vector_size(16)));
typedef uint8_t LooseBytes __attribute__((vector_size(16), aligned(1), may_alias));

// 16 rows of 16 bytes become columns: rows k and k + 8 are interleaved, four times.
void transpose_square(const uint8_t *from, int64_t from_stride, uint8_t *to, int64_t to_stride) {
  Bytes rows[16], mixed[16];
  for (int64_t k = 0; k < 16; ++k) rows[k] = *reinterpret_cast<const LooseBytes *>(from + k * from_stride);
  for (int round = 0; round < 4; ++round) {
    for (int k = 0; k < 8; ++k) {
      mixed[2 * k] =
          __builtin_shufflevector(rows[k], rows[k + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      mixed[2 * k + 1] =
          __builtin_shufflevector(rows[k], rows[k + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (int k = 0; k < 16; ++k) rows[k] = mixed[k];
  }
  for (int64_t k = 0; k < 16; ++k) *reinterpret_cast<LooseBytes *>(to + k * to_stride) = rows[k];
}

void transpose(const uint8_t *from, int64_t rows, int64_t columns, uint8_t *to) {
  int64_t whole_rows = rows / 16 * 16, whole_columns = columns / 16 * 16;
  for (int64_t row = 0; row < whole_rows; row += 16)
    for (int64_t column = 0; column < whole_columns; column += 16)
      transpose_square(from + row * columns + column, columns, to + column * rows + row, rows);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = row < whole_rows ? whole_columns : 0; column < columns; ++column)
      to[column * rows + row] = from[row * columns + column];
}

void extremes(const float *x, int64_t count, float *least, float *most) {
  constexpr int64_t kLanes = 16;
  float low[kLanes], high[kLanes];
  for (int64_t lane = 0; lane < kLanes; ++lane) low[lane] = *least, high[lane] = *most;
  int64_t k = 0;
  for (; k + kLanes <= count; k += kLanes)
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      low[lane] = x[k + lane] < low[lane] ? x[k + lane] : low[lane];
      high[lane] = x[k + lane] > high[lane] ? x[k + lane] : high[lane];
    }
  for (; k < count; ++k) {
    low[0] = x[k] < low[0] ? x[k] : low[0];
    high[0] = x[k] > high[0] ? x[k] : high[0];
  }
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    *least = low[lane] < *least ? low[lane] : *least;
    *most = high[lane] > *most ? high[lane] : *most;
  }
}

// --- products ---------------------------------------------------------------------------------------
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

#if defined(__AVX512BW__)
constexpr int kRows = 12, kVectors = 1;
using Vector = __m512i;
CERMET_INLINE inline Vector zero() { return _mm512_setzero_si512(); }
CERMET_INLINE inline Vector spread(const int16_t *pair) {
  int32_t both;
  __builtin_memcpy(&both, pair, sizeof both);
  return _mm512_set1_epi32(both);
}
CERMET_INLINE inline Vector widened(const int8_t *from) {
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
}
CERMET_INLINE inline Vector add_products(Vector sum, Vector a, Vector b) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
}
CERMET_INLINE inline void store(int32_t *to, Vector value) { _mm512_storeu_si512(to, value); }
#elif defined(__AVX2__)
constexpr int kRows = 6, kVectors = 2;
using Vector = __m256i;
CERMET_INLINE inline Vector zero() { return _mm256_setzero_si256(); }
CERMET_INLINE inline Vector spread(const int16_t *pair) {
  int32_t both;
  __builtin_memcpy(&both, pair, sizeof both);
  return _mm256_set1_epi32(both);
}
CERMET_INLINE inline Vector widened(const int8_t *from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
}
CERMET_INLINE inline Vector add_products(Vector sum, Vector a, Vector b) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}
CERMET_INLINE inline void store(int32_t *to, Vector value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), value);
}
#else
constexpr int kRows = 4;
#endif

#if defined(__AVX2__)
template <int rows>
void tile_of(const int16_t *terms, int64_t row_size, const int8_t *panel, int64_t pairs, int32_t *sums) {
  constexpr int kBytes = static_cast<int>(kPair) / kVectors;
  Vector total[rows * kVectors];
  each<rows * kVectors>([&](auto k) CERMET_INLINE { total[k] = zero(); });
  for (int64_t pair = 0; pair < pairs; ++pair) {
    Vector weights[kVectors];
    each<kVectors>([&](auto v) CERMET_INLINE { weights[v] = widened(panel + pair * kPair + v * kBytes); });
    each<rows>([&](auto row) CERMET_INLINE {
      Vector both = spread(terms + row * row_size + 2 * pair);
      each<kVectors>([&](auto v) CERMET_INLINE {
        Vector &sum = total[row * kVectors + v];
        sum = add_products(sum, both, weights[v]);
      });
    });
  }
  each<rows * kVectors>([&](auto k) CERMET_INLINE { store(sums + k * (kPanel / kVectors), total[k]); });
}
#else
template <int rows>
void tile_of(const int16_t *terms, int64_t row_size, const int8_t *panel, int64_t pairs, int32_t *sums) {
  for (int row = 0; row < rows; ++row, terms += row_size, sums += kPanel) {
    uint32_t total[kPanel] = {};
    for (int64_t pair = 0; pair < pairs; ++pair) {
      int32_t first = terms[2 * pair], second = terms[2 * pair + 1];
      const int8_t *weights = panel + pair * kPair;
      for (int64_t k = 0; k < kPanel; ++k)
        total[k] += static_cast<uint32_t>(first * weights[2 * k] + second * weights[2 * k + 1]);
    }
    for (int64_t k = 0; k < kPanel; ++k) sums[k] = static_cast<int32_t>(total[k]);
  }
}
#endif

template <int rows>
void tile(const int16_t *terms, int64_t row_size, int64_t wanted, const int8_t *panel, int64_t pairs, int32_t *sums) {
  if (wanted == rows) return tile_of<rows>(terms, row_size, panel, pairs, sums);
  if constexpr (rows > 1) tile<rows - 1>(terms, row_size, wanted, panel, pairs, sums);
}

template <class T>
constexpr ByteKernels<T> kBytes{quantize<T>, gather<T>, finish<T>, maximum<T>, add<T>, average<T>};

}  // namespace

static_assert(kRows <= kMostRows);
extern const IntegerKernels integer_kernels_table{kBytes<int8_t>, kBytes<uint8_t>, kRows,
                                                  tile<kRows>,    extremes,        transpose};

}  // namespace CERMET_ISA
}  // namespace cermet::quantized
