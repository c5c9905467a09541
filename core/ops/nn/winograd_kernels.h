// SPDX-License-Identifier: Apache-2.0
// The inner loops of winograd.h, compiled for each instruction set (winograd_kernels.simd.cc).
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace cermet::nn {

constexpr int64_t kWinogradPlaces = 36;  // of a window of 6 x 6, which gives a tile of 4 x 4
constexpr int64_t kWinogradTiles = 24;   // that `product` takes at most
constexpr int64_t kWinogradPanel = 32;   // WinogradKernels::panel at most

// F(4 x 4, 3 x 3) by interpolation at 0, +-a, +-b and infinity. The choice decides the rounding errors: these two give
// half of those of the usual 1 and 2, about twice those of the direct way (found by trying multiples of 1/8).
constexpr float kWinogradA = 0.625f, kWinogradB = 1.5f;

// Images with channels in blocks, cut into tiles of the output: tile t is number t % (rows * columns) of image
// t / (rows * columns).
struct WinogradTiling {
  int64_t in_height, in_width, out_height, out_width, pad_y, pad_x, rows, columns;
};

struct WinogradKernels {
  int64_t block;  // channels in a block
  int64_t panel;  // output channels side by side in a product: two blocks
  // The windows of tiles begin ... end - 1 in one block of channels, transformed. `data`: this block of image 0.
  // Place p of tile t goes to to[p * place_stride + (t - begin) * tile_stride], a block.
  void (*input)(const WinogradTiling &tiling, const float *data, int64_t image_stride, int64_t begin, int64_t end,
                float *to, int64_t place_stride, int64_t tile_stride);
  // A panel of filters for one input channel, transformed: tap k (of 9, row by row) of filter o is taps[o *
  // filter_stride
  // + k], or taps[o * filter_stride + 8 - k] if `reversed`. Place p goes to to[p * place_stride], a panel.
  void (*weight)(const float *taps, int64_t filter_stride, bool reversed, float *to, int64_t place_stride);
  // m[p][t][o] = sum over c of v[p * v_stride + t * channels + c] * u[p * u_stride + c * panel + o].
  void (*product)(const float *v, int64_t v_stride, int64_t tiles, int64_t channels, const float *u, int64_t u_stride,
                  float *m);
  // Tiles begin ... end - 1 of one block of output channels: `m` is the product at that block of the panel, `bias` a
  // block or null, `out` this block of image 0.
  void (*output)(const WinogradTiling &tiling, const float *m, int64_t begin, int64_t end, const float *bias,
                 float *out, int64_t image_stride);
};

CERMET_SIMD(WinogradKernels, winograd_kernels)

}  // namespace cermet::nn
