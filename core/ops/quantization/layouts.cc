// SPDX-License-Identifier: Apache-2.0
#include "ops/quantization/layouts.h"

#include <cstring>

#include "base/parallel.h"
#include "base/text.h"
#include "ops/quantization/integer_kernels.h"

namespace cermet::quantized {

namespace {

const char *const kChannelsLast = "channels last";
const char *const kPanels = "integer panels ";  // and the number of groups

bool begins(const Format *format, const char *name) { return format && format->key.rfind(name, 0) == 0; }

// to[column, row] = from[row, column], in squares that the cache holds.
void transpose(const uint8_t *from, int64_t rows, int64_t columns, uint8_t *to) {
  integer_kernels().transpose(from, rows, columns, to);
}
void transpose(const uint32_t *from, int64_t rows, int64_t columns, uint32_t *to) {
  constexpr int64_t kSquare = 32;
  for (int64_t row = 0; row < rows; row += kSquare)
    for (int64_t column = 0; column < columns; column += kSquare)
      for (int64_t c = column; c < std::min(columns, column + kSquare); ++c)
        for (int64_t r = row; r < std::min(rows, row + kSquare); ++r) to[c * rows + r] = from[r * columns + c];
}

}  // namespace

FormatRef channels_last(const Shape &shape) {
  auto format = std::make_shared<Format>();
  format->name = format->key = kChannelsLast;
  format->nbytes = shape.numel();
  return format;
}

bool is_channels_last(const Format *format) { return begins(format, kChannelsLast); }

void reorder_channels(const Tensor &from, const Tensor &to) {
  const Shape &shape = to.shape;
  int64_t channels = shape[1], plane = shape.product(2, shape.ndim()), image = channels * plane;
  bool last = is_channels_last(to.format);
  auto reorder = [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(shape[0], std::max<int64_t>(1, 65536 / std::max<int64_t>(1, image)), [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n)
        transpose(from.as<T>() + n * image, last ? channels : plane, last ? plane : channels, to.as<T>() + n * image);
    });
  };
  return dtype_size(to.dtype) == 1 ? reorder(TypeTag<uint8_t>{}) : reorder(TypeTag<uint32_t>{});
}

int64_t num_pairs(const Shape &weight) { return (weight.product(1, weight.ndim()) + 1) / 2; }

int64_t panel_bytes(const Shape &weight, int64_t groups) {
  return groups * ((weight[0] / groups + kPanel - 1) / kPanel) * num_pairs(weight) * kPair;
}

FormatRef panels(const Shape &weight, int64_t groups) {
  auto format = std::make_shared<Format>();
  format->name = format->key = cat(kPanels, groups);
  format->nbytes = panel_bytes(weight, groups);
  format->padded = true;
  return format;
}

bool is_panels(const Format *format) { return begins(format, kPanels); }

void pack_panels(const Tensor &weight, int64_t groups, void *packed) {
  const Shape &shape = weight.shape;
  int64_t filters = shape[0] / groups, channels = shape[1], taps = shape.product(2, shape.ndim());
  int64_t pairs = num_pairs(shape), panels = (filters + kPanel - 1) / kPanel;
  std::memset(packed, 0, static_cast<size_t>(panel_bytes(shape, groups)));
  parallel_for(shape[0], 16, [&](int64_t begin, int64_t end) {
    for (int64_t filter = begin; filter < end; ++filter) {
      int64_t group = filter / filters, column = filter % filters;
      const auto *from = weight.as<int8_t>() + filter * channels * taps;
      auto *to =
          static_cast<int8_t *>(packed) + (group * panels + column / kPanel) * pairs * kPair + column % kPanel * 2;
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t tap = 0; tap < taps; ++tap) {
          int64_t term = tap * channels + c;
          to[term / 2 * kPair + term % 2] = from[c * taps + tap];
        }
    }
  });
}

bool is_own(const Format *format) { return is_channels_last(format) || is_panels(format); }

void convert(const Tensor &from, const Tensor &to) {
  if (is_panels(to.format)) return pack_panels(from, std::stoll(to.format->key.substr(std::strlen(kPanels))), to.data);
  reorder_channels(from, to);
}

}  // namespace cermet::quantized
