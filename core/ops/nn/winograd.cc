// SPDX-License-Identifier: Apache-2.0
#include "ops/nn/winograd.h"

#include "base/disabled.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ops/nn/winograd_kernels.h"
#include "ops/onednn/convert.h"
#include "ops/onednn/usable.h"

namespace cermet::nn {

namespace {

// Tiles whose windows are transformed before they are multiplied: few enough for the cache, enough for some threads.
constexpr int64_t kChunk = 4 * kWinogradTiles;
// Below this the transformed weight, four times as large, costs more to read than the multiplications that it saves.
constexpr int64_t kFewestTiles = 12;
constexpr int64_t kFewestChannels = 32;

WinogradTiling tiling_of(const Shape &data, const Shape &output, const ConvolutionAttrs &a, WinogradWeight use) {
  int64_t pad[2];
  for (size_t axis = 0; axis < 2; ++axis) {
    int64_t given = a.pad.empty() ? 0 : a.pad[axis];
    pad[axis] = use == WinogradWeight::forward ? given : 2 - given;
  }
  return {data[2], data[3], output[2], output[3], pad[0], pad[1], (output[2] + 3) / 4, (output[3] + 3) / 4};
}

int64_t num_tiles(const Shape &output) { return output[0] * ((output[2] + 3) / 4) * ((output[3] + 3) / 4); }

bool all(const std::vector<int64_t> &values, int64_t wanted) {
  for (int64_t value : values)
    if (value != wanted) return false;
  return true;
}

// The transformed weight: panel by panel of output channels, 36 places of (input channels, panel) each.
FormatRef weight_format(int64_t out_channels, int64_t in_channels, WinogradWeight use) {
  auto format = std::make_shared<Format>();
  format->name = "Winograd's";
  format->key = cat("winograd ", use == WinogradWeight::forward ? "forward " : "data_grad ", winograd_kernels().panel);
  format->nbytes = kWinogradPlaces * out_channels * in_channels * static_cast<int64_t>(sizeof(float));
  format->padded = true;
  return format;
}

}  // namespace

const char *winograd_refusal(const FormatContext &c, const ConvolutionAttrs &a) {
  if (disabled("winograd")) return "CERMET_DISABLE has winograd";
  if (!onednn::usable(c.dtype(0))) return "no float32, or no instructions for it";
  if (a.kernel != std::vector<int64_t>{3, 3}) return "not 3 x 3";
  if (!all(a.stride, 1) || !all(a.dilate, 1) || a.num_group != 1) return "strides, dilation or groups";
  for (int64_t pad : a.pad)
    if (pad > 2) return "padding of more than 2";
  const Shape &data = c.shape(0), &output = c.output_shape(0);
  const WinogradKernels &kernels = winograd_kernels();
  if (kernels.block < 8) return "no float32, or no instructions for it";
  if (data[1] % kernels.block || output[1] % kernels.panel) return "channels that fill no blocks";
  if (data[1] < kFewestChannels || num_tiles(output) < kFewestTiles) return "too small to gain";
  return nullptr;
}

bool choose_winograd(FormatContext &c, const ConvolutionAttrs &a, WinogradWeight use) {
  if (winograd_refusal(c, a)) return false;
  const Shape &data = c.shape(0), &output = c.output_shape(0);
  const WinogradKernels &kernels = winograd_kernels();
  c.want(0, onednn::blocked_format(data, kernels.block));
  c.want(1, weight_format(output[1], data[1], use));
  c.give(0, onednn::blocked_format(output, kernels.block));
  return true;
}

bool is_winograd(const Tensor &weight) { return weight.format && weight.format->key.rfind("winograd", 0) == 0; }

void transform_winograd_weight(const Tensor &weight, const Tensor &transformed) {
  bool forward = transformed.format->key.rfind("winograd forward", 0) == 0;
  // The gradient by the data sums over the filters, with taps in reverse.
  int64_t out_channels = weight.shape[forward ? 0 : 1], in_channels = weight.shape[forward ? 1 : 0];
  const WinogradKernels &kernels = winograd_kernels();
  parallel_for(out_channels / kernels.panel * in_channels, 16, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      int64_t panel = item / in_channels, channel = item % in_channels, filter = panel * kernels.panel;
      kernels.weight(
          weight.as<float>() + (forward ? filter * in_channels + channel : channel * out_channels + filter) * 9,
          (forward ? in_channels : 1) * 9, !forward,
          transformed.as<float>() + (panel * kWinogradPlaces * in_channels + channel) * kernels.panel,
          in_channels * kernels.panel);
    }
  });
}

int64_t winograd_workspace(const Tensor &data, const Tensor &output) {
  return kWinogradPlaces * std::min(kChunk, num_tiles(output.shape)) * data.shape[1] *
         static_cast<int64_t>(sizeof(float));
}

void winograd(const ConvolutionAttrs &a, WinogradWeight use, const Tensor &data, const Tensor &weight,
              const Tensor *bias, const Tensor &output, Workspace workspace) {
  const WinogradKernels &kernels = winograd_kernels();
  WinogradTiling tiling = tiling_of(data.shape, output.shape, a, use);
  int64_t in_channels = data.shape[1], out_channels = output.shape[1], tiles = num_tiles(output.shape);
  int64_t in_plane = tiling.in_height * tiling.in_width, out_plane = tiling.out_height * tiling.out_width;
  int64_t blocks = in_channels / kernels.block, panels = out_channels / kernels.panel;
  auto *windows = static_cast<float *>(workspace.data);
  for (int64_t first = 0; first < tiles; first += kChunk) {
    int64_t count = std::min(kChunk, tiles - first), place_stride = count * in_channels;
    int64_t groups = (count + kWinogradTiles - 1) / kWinogradTiles;
    auto group = [&](int64_t g) {
      int64_t begin = first + g * kWinogradTiles;
      return std::pair(begin, std::min(begin + kWinogradTiles, first + count));
    };
    parallel_for(groups * blocks, 4, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) {
        auto [tile, stop] = group(item / blocks);
        int64_t channel = item % blocks * kernels.block;
        kernels.input(tiling, data.as<float>() + channel * in_plane, in_channels * in_plane, tile, stop,
                      windows + (tile - first) * in_channels + channel, place_stride, in_channels);
      }
    });
    parallel_for(groups * panels, 1, [&](int64_t begin, int64_t end) {
      alignas(64) float products[kWinogradPlaces * kWinogradTiles * kWinogradPanel];
      for (int64_t item = begin; item < end; ++item) {
        auto [tile, stop] = group(item / panels);
        int64_t panel = item % panels;
        kernels.product(windows + (tile - first) * in_channels, place_stride, stop - tile, in_channels,
                        weight.as<float>() + panel * kWinogradPlaces * in_channels * kernels.panel,
                        in_channels * kernels.panel, products);
        for (int64_t half = 0; half < kernels.panel; half += kernels.block) {
          int64_t channel = panel * kernels.panel + half;
          kernels.output(tiling, products + half, tile, stop, bias ? bias->as<float>() + channel : nullptr,
                         output.as<float>() + channel * out_plane, out_channels * out_plane);
        }
      }
    });
  }
}

}  // namespace cermet::nn
