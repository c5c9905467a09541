// SPDX-License-Identifier: Apache-2.0
// What winograd_kernels.h declares.
#include "ops/nn/winograd_kernels.h"

namespace cermet::nn {
namespace CERMET_ISA {

namespace {

#if defined(__AVX512F__)
constexpr int kBlock = 16, kRows = 12;
#elif defined(__AVX2__)
constexpr int kBlock = 8, kRows = 6;
#else
constexpr int kBlock = 4, kRows = 2;  // a size that values are never in: choose_winograd sees to it
#endif
constexpr int kPanel = 2 * kBlock;
static_assert(kPanel <= kWinogradPanel && kWinogradTiles % kRows == 0);

typedef float Vector __attribute__((vector_size(kBlock * sizeof(float))));
typedef float Loose __attribute__((vector_size(kBlock * sizeof(float)), aligned(sizeof(float)), may_alias));

inline Vector load(const float *from) { return *reinterpret_cast<const Loose *>(from); }
inline void store(float *to, Vector value) { *reinterpret_cast<Loose *>(to) = value; }
inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

constexpr float a = kWinogradA, b = kWinogradB, aa = a * a, bb = b * b;

// Six numbers at the points of the transformation, and from there back to four.
inline void to_points(const Vector *d, int stride, Vector *out) {
  Vector d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride], d5 = d[5 * stride];
  Vector even_a = d4 - bb * d2, odd_a = a * (d3 - bb * d1), even_b = d4 - aa * d2, odd_b = b * (d3 - aa * d1);
  out[0] = aa * bb * d0 - (aa + bb) * d2 + d4;
  out[1] = even_a + odd_a;
  out[2] = even_a - odd_a;
  out[3] = even_b + odd_b;
  out[4] = even_b - odd_b;
  out[5] = aa * bb * d1 - (aa + bb) * d3 + d5;
}
inline void from_points(const Vector *m, int stride, Vector *out) {
  Vector sum_a = m[stride] + m[2 * stride], difference_a = m[stride] - m[2 * stride];
  Vector sum_b = m[3 * stride] + m[4 * stride], difference_b = m[3 * stride] - m[4 * stride];
  out[0] = m[0] + sum_a + sum_b;
  out[1] = a * difference_a + b * difference_b;
  out[2] = aa * sum_a + bb * sum_b;
  out[3] = aa * a * difference_a + bb * b * difference_b + m[5 * stride];
}

struct Place {
  int64_t image, y, x;  // of a tile's first output
};
inline Place place_of(const WinogradTiling &t, int64_t tile) {
  int64_t image = tile / (t.rows * t.columns), rest = tile % (t.rows * t.columns);
  return {image, rest / t.columns * 4, rest % t.columns * 4};
}

void input(const WinogradTiling &tiling, const float *data, int64_t image_stride, int64_t begin, int64_t end, float *to,
           int64_t place_stride, int64_t tile_stride) {
  for (int64_t tile = begin; tile < end; ++tile, to += tile_stride) {
    Place place = place_of(tiling, tile);
    const float *image = data + place.image * image_stride;
    int64_t top = place.y - tiling.pad_y, left = place.x - tiling.pad_x;
    Vector window[36], columns[36];  // columns: transformed along y, column by column
    for (int64_t i = 0; i < 6; ++i)
      for (int64_t j = 0; j < 6; ++j) {
        int64_t y = top + i, x = left + j;
        bool inside = y >= 0 && y < tiling.in_height && x >= 0 && x < tiling.in_width;
        window[i * 6 + j] = inside ? load(image + (y * tiling.in_width + x) * kBlock) : Vector{};
      }
    for (int j = 0; j < 6; ++j) to_points(window + j, 6, columns + j * 6);
    for (int i = 0; i < 6; ++i) {
      Vector row[6];
      to_points(columns + i, 6, row);
      for (int j = 0; j < 6; ++j) store(to + (i * 6 + j) * place_stride, row[j]);
    }
  }
}

// Three taps at the six points, over the products of the points' distances.
inline void taps_to_points(const Vector *taps, int stride, Vector *out) {
  constexpr float scale_a = 1 / (2 * aa * (aa - bb)), scale_b = 1 / (2 * bb * (bb - aa));
  Vector first = taps[0], middle = taps[stride], last = taps[2 * stride];
  Vector even_a = (first + aa * last) * scale_a, odd_a = a * scale_a * middle;
  Vector even_b = (first + bb * last) * scale_b, odd_b = b * scale_b * middle;
  out[0] = first * (1 / (aa * bb));
  out[1] = even_a + odd_a;
  out[2] = even_a - odd_a;
  out[3] = even_b + odd_b;
  out[4] = even_b - odd_b;
  out[5] = last;
}

void weight(const float *taps, int64_t filter_stride, bool reversed, float *to, int64_t place_stride) {
  for (int first = 0; first < kPanel; first += kBlock, taps += kBlock * filter_stride, to += kBlock) {
    Vector window[9], columns[18], row[6];  // columns: transformed along y, column by column
    for (int k = 0; k < 9; ++k)
      for (int o = 0; o < kBlock; ++o) window[k][o] = taps[o * filter_stride + (reversed ? 8 - k : k)];
    for (int j = 0; j < 3; ++j) taps_to_points(window + j, 3, columns + j * 6);
    for (int i = 0; i < 6; ++i) {
      taps_to_points(columns + i, 6, row);
      for (int j = 0; j < 6; ++j) store(to + (i * 6 + j) * place_stride, row[j]);
    }
  }
}

// Sums in registers: `rows` tiles by a panel.
template <int rows>
inline void product_rows(const float *v, int64_t channels, const float *u, float *m) {
  Vector low[rows], high[rows];
  for (int r = 0; r < rows; ++r) low[r] = high[r] = Vector{};
  for (int64_t c = 0; c < channels; ++c) {
    Vector first = load(u + c * kPanel), second = load(u + c * kPanel + kBlock);
#pragma GCC unroll 12
    for (int r = 0; r < rows; ++r) {
      float factor = v[r * channels + c];
      low[r] += factor * first;
      high[r] += factor * second;
    }
  }
  for (int r = 0; r < rows; ++r) store(m + r * kPanel, low[r]), store(m + r * kPanel + kBlock, high[r]);
}

void product(const float *v, int64_t v_stride, int64_t tiles, int64_t channels, const float *u, int64_t u_stride,
             float *m) {
  for (int64_t p = 0; p < kWinogradPlaces; ++p, v += v_stride, u += u_stride) {
    int64_t t = 0;
    for (; t + kRows <= tiles; t += kRows, m += kRows * kPanel) product_rows<kRows>(v + t * channels, channels, u, m);
    for (; t + 6 <= tiles; t += 6, m += 6 * kPanel) product_rows<6>(v + t * channels, channels, u, m);
    for (; t + 2 <= tiles; t += 2, m += 2 * kPanel) product_rows<2>(v + t * channels, channels, u, m);
    for (; t < tiles; ++t, m += kPanel) product_rows<1>(v + t * channels, channels, u, m);
  }
}

void output(const WinogradTiling &tiling, const float *m, int64_t begin, int64_t end, const float *bias, float *out,
            int64_t image_stride) {
  Vector offset = bias ? load(bias) : Vector{};
  int64_t place_stride = (end - begin) * kPanel;
  for (int64_t tile = begin; tile < end; ++tile, m += kPanel) {
    Place place = place_of(tiling, tile);
    Vector points[36], columns[24];  // columns: four rows of the tile, column by column
    for (int p = 0; p < 36; ++p) points[p] = load(m + p * place_stride);
    for (int j = 0; j < 6; ++j) from_points(points + j, 6, columns + j * 4);
    int64_t height = least(4, tiling.out_height - place.y), width = least(4, tiling.out_width - place.x);
    float *first = out + place.image * image_stride + (place.y * tiling.out_width + place.x) * kBlock;
    for (int i = 0; i < 4; ++i) {
      if (i >= height) break;
      Vector row[4];
      from_points(columns + i, 4, row);
      for (int64_t j = 0; j < width; ++j) store(first + (i * tiling.out_width + j) * kBlock, row[j] + offset);
    }
  }
}

}  // namespace

const WinogradKernels winograd_kernels_table = {kBlock, kPanel, input, weight, product, output};

}  // namespace CERMET_ISA
}  // namespace cermet::nn
