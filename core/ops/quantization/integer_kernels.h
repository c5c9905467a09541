// SPDX-License-Identifier: Apache-2.0
// Kernels on integers of 8 bits, compiled for each instruction set (integer_kernels.simd.cc). All of them give the same
// numbers: integer sums are exact (modulo 2^32), and what rounds is done with one rounding a step.
//
// A product of int8 or uint8 data with int8 weights widens both to 16 bits: sums of two such products fit 32 bits,
// where the instruction that multiplies 8 bits saturates.
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace cermet::quantized {

constexpr int64_t kPanel = 16;         // filters side by side in packed weights
constexpr int64_t kPair = 2 * kPanel;  // bytes of one pair of terms for all of them
constexpr int64_t kMostRows = 12;      // of a tile
constexpr int64_t kStep = 16;          // elements that are widened at once

// Where a row of terms comes from: an image with channels last, and a window over it; three spatial axes.
struct Gather {
  int64_t in[3], out[3], kernel[3], stride[3], dilate[3], pad[3];
  int64_t image_channels, channels;  // in the image, and those of a row, which begin at the given pointer
  int64_t row_size;                  // elements from one row to the next: terms, filled with zeros
};

template <class T>
struct ByteKernels {
  // clamp(round(x * scale)), ties to even; NaN gives 0.
  void (*quantize)(const float *x, int64_t count, float scale, T *out);
  // `rows` rows of terms, for the outputs from number `first` on. The images end at `end`; up to kStep elements behind
  // the rows are written, too.
  void (*gather)(const Gather &g, const T *images, const T *end, int64_t first, int64_t rows, int16_t *to);
  // clamp(round(sum * factor + shift)), for `count` columns of rows of kPanel sums.
  void (*finish)(const int32_t *sums, int64_t rows, int64_t count, const float *factor, const float *shift, T *out,
                 int64_t stride);
  void (*maximum)(const T *x, int64_t count, T *top);
  void (*add)(const T *x, int64_t count, int32_t *sums);
  // clamp(round(sum / divisor))
  void (*average)(const int32_t *sums, int64_t count, float divisor, T *out);
};

struct IntegerKernels {
  ByteKernels<int8_t> int8;
  ByteKernels<uint8_t> uint8;
  int64_t rows;  // of a tile at most
  // sums[row * kPanel + column] of products of `rows` rows of 2 * pairs terms with a packed panel.
  void (*tile)(const int16_t *terms, int64_t row_size, int64_t rows, const int8_t *panel, int64_t pairs, int32_t *sums);
  // The smallest and largest of all that is not NaN, together with what they are already.
  void (*extremes)(const float *x, int64_t count, float *least, float *most);
  // to[column, row] = from[row, column]
  void (*transpose)(const uint8_t *from, int64_t rows, int64_t columns, uint8_t *to);
};

CERMET_SIMD(IntegerKernels, integer_kernels)

template <class T>
const ByteKernels<T> &byte_kernels();
template <>
inline const ByteKernels<int8_t> &byte_kernels<int8_t>() {
  return integer_kernels().int8;
}
template <>
inline const ByteKernels<uint8_t> &byte_kernels<uint8_t>() {
  return integer_kernels().uint8;
}

}  // namespace cermet::quantized
