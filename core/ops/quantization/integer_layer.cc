// SPDX-License-Identifier: Apache-2.0
#include "ops/quantization/integer_layer.h"

#include <cmath>

#include "base/parallel.h"
#include "ops/onednn/usable.h"
#include "ops/quantization/integer_kernels.h"
#include "ops/quantization/layouts.h"

namespace cermet::quantized {

namespace {

using nn::ConvolutionGeometry;

constexpr int64_t kTermBytes = 48 * 1024;    // of rows of terms that are multiplied with one panel after the other
constexpr int64_t kWork = int64_t{1} << 17;  // products that are worth a thread

int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }
int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Rows are places of the output, of all images; each is `pairs` pairs of terms.
struct Product {
  int64_t rows, pairs, panels, chunk, tasks;
  int64_t row_bytes() const { return pairs * 2 * static_cast<int64_t>(sizeof(int16_t)); }
  int64_t chunk_bytes() const { return aligned(chunk * row_bytes() + kStep * static_cast<int64_t>(sizeof(int16_t))); }
  int64_t chunks, parts;  // of the rows, and of the panels where there are few rows

  Product(const ConvolutionGeometry &g, const Shape &weight) {
    int64_t tile = integer_kernels().rows;
    rows = g.batch * g.window.out_size();
    pairs = num_pairs(weight);
    panels = divide_up(g.group_out(), kPanel);
    int64_t work = rows * pairs * panels * kPanel * g.groups;
    int64_t wanted = std::clamp<int64_t>(work / kWork, 1, 4 * num_threads());
    chunk = std::clamp(kTermBytes / row_bytes() / tile, int64_t{1}, int64_t{8}) * tile;
    chunk = std::min(chunk, divide_up(divide_up(rows, wanted), tile) * tile);
    chunks = divide_up(rows, chunk);
    parts = std::clamp<int64_t>(wanted / chunks, 1, panels);
    tasks = chunks * parts * g.groups;
  }
  // Tasks that run at once at most, each with a buffer of its own.
  int64_t slots() const { return std::min<int64_t>(tasks, 2 * num_threads()); }
};

// What a layer needs at hand, laid out in its workspace.
struct Buffers {
  float *factor, *shift;  // one a filter: the result is sum * factor + shift
  int32_t *integer_shift;
  char *data = nullptr, *weight = nullptr, *output = nullptr;  // where the caller's arrays are row-major
  char *terms = nullptr;
  int64_t nbytes;  // of all

  Buffers(const KernelContext &c, const Layer &layer, void *memory) {
    const ConvolutionGeometry &g = layer.geometry;
    nbytes = 0;
    auto take = [&](int64_t bytes) {
      char *out = memory ? static_cast<char *>(memory) + nbytes : nullptr;
      nbytes += aligned(bytes);
      return out;
    };
    factor = reinterpret_cast<float *>(take(g.out_channels * 4));
    shift = reinterpret_cast<float *>(take(g.out_channels * 4));
    integer_shift = reinterpret_cast<int32_t *>(shift);
    if (is_fast(c.in(kWeight).shape, c.out(0).shape)) {
      if (g.window.in_size() > 1 && !is_channels_last(c.in(kData).format)) data = take(c.in(kData).numel());
      if (!is_panels(c.in(kWeight).format)) weight = take(panel_bytes(c.in(kWeight).shape, g.groups));
      if (g.window.out_size() > 1 && !is_channels_last(c.out(0).format)) output = take(c.out(0).nbytes());
      Product product(g, c.in(kWeight).shape);
      terms = take(product.slots() * product.chunk_bytes());
    } else {
      terms = take(g.out_channels * g.batch > 0 ? g.window.out_size() * 4 : 0);
    }
  }
};

void read_weight_levels(const KernelContext &c, double count, float *out, int64_t filters) {
  const Tensor &min = c.in(kMinWeight), &max = c.in(kMaxWeight);
  for (int64_t k = 0; k < filters; ++k) {
    int64_t at = min.numel() == 1 ? 0 : k;
    Tensor low = min, high = max;
    low.data = min.as<float>() + at;
    high.data = max.as<float>() + at;
    out[k] = static_cast<float>(read_range(low, high, "min_weight").reach() / count);
  }
}

// How sums become results. Levels of sums are counted as MXNet does, whole ones; of results and of data that become
// results as quantize_v2 counts them.
void prepare(KernelContext &c, const Layer &layer, const Buffers &buffers) {
  int64_t filters = layer.geometry.out_channels;
  bool sums = c.out(0).dtype == DType::int32;
  DType dtype = c.in(kData).dtype;
  double data = read_range(c, kMinData, "min_data").reach() / (sums ? whole_levels(dtype) : levels(dtype));
  read_weight_levels(c, whole_levels(DType::int8), buffers.factor, filters);
  const Tensor &bias = c.in(kBias);
  double bias_level = 0;
  if (layer.bias && bias.dtype == DType::int8)
    bias_level = read_range(c, kMinBias, "min_bias").reach() / whole_levels(DType::int8);
  auto bias_of = [&](int64_t k) {
    if (!layer.bias) return 0.0;
    return bias.dtype == DType::int8 ? bias_level * bias.as<int8_t>()[k] : double{bias.as<float>()[k]};
  };
  if (sums) {
    double level = data * buffers.factor[0];
    for (int64_t k = 0; k < filters; ++k)
      buffers.integer_shift[k] = cermet::convert<int32_t>(std::nearbyint(bias_of(k) * inverse(level)));
    auto reach = static_cast<float>(level * whole_levels(DType::int32));
    return write_range(c, 1, {-reach, reach});
  }
  Range range = layer.result ? layer.result.range() : Range();
  double scale = layer.result ? inverse(level(c.out(0).dtype, range)) : 1;
  for (int64_t k = 0; k < filters; ++k) {
    buffers.factor[k] = static_cast<float>(data * buffers.factor[k] * scale);
    buffers.shift[k] = static_cast<float>(bias_of(k) * scale);
  }
  if (layer.result) write_range(c, 1, around_zero(c.out(0).dtype, range));
}

// `count` columns of rows of sums, whose first is of filter `filter`, to where the output has them.
void finish(const Tensor &output, const Buffers &buffers, const int32_t *sums, int64_t rows, int64_t filter,
            int64_t count, void *to, int64_t stride) {
  const float *factor = buffers.factor + filter, *shift = buffers.shift + filter;
  if (output.dtype == DType::int8)
    return byte_kernels<int8_t>().finish(sums, rows, count, factor, shift, static_cast<int8_t *>(to), stride);
  if (output.dtype == DType::uint8)
    return byte_kernels<uint8_t>().finish(sums, rows, count, factor, shift, static_cast<uint8_t *>(to), stride);
  for (int64_t row = 0; row < rows; ++row, sums += kPanel)
    for (int64_t k = 0; k < count; ++k)
      if (output.dtype == DType::float32)
        static_cast<float *>(to)[row * stride + k] = static_cast<float>(sums[k]) * factor[k] + shift[k];
      else
        static_cast<int32_t *>(to)[row * stride + k] = static_cast<int32_t>(
            static_cast<uint32_t>(sums[k]) + static_cast<uint32_t>(buffers.integer_shift[filter + k]));
}

Gather gather_of(const ConvolutionGeometry &g, int64_t pairs) {
  Gather out{};
  for (size_t k = 0; k < 3; ++k) {
    out.in[k] = g.window.in[k], out.out[k] = g.window.out[k], out.kernel[k] = g.window.kernel[k];
    out.stride[k] = g.window.stride[k], out.dilate[k] = g.window.dilate[k], out.pad[k] = g.window.pad[k];
  }
  out.image_channels = g.in_channels;
  out.channels = g.group_in();
  out.row_size = 2 * pairs;
  return out;
}

template <class T>
void multiply(const ConvolutionGeometry &g, const Product &p, int64_t slots, const T *data, const int8_t *panels,
              const Buffers &buffers, const Tensor &output) {
  const IntegerKernels &kernels = integer_kernels();
  Gather gather = gather_of(g, p.pairs);
  int64_t size = dtype_size(output.dtype), panel_size = p.pairs * kPair;
  const T *end_of_data = data + g.batch * g.in_channels * g.window.in_size();
  parallel_for(slots, 1, [&](int64_t begin, int64_t end) {
    alignas(64) int32_t sums[kMostRows * kPanel];
    for (int64_t task = p.tasks * begin / slots; task < p.tasks * end / slots; ++task) {
      int64_t part = task % p.parts, group = task / p.parts % g.groups, chunk = task / p.parts / g.groups;
      int64_t first = chunk * p.chunk, rows = std::min(p.chunk, p.rows - first);
      auto *terms = reinterpret_cast<int16_t *>(buffers.terms + begin * p.chunk_bytes());
      byte_kernels<T>().gather(gather, data + group * g.group_in(), end_of_data, first, rows, terms);
      for (int64_t panel = p.panels * part / p.parts; panel < p.panels * (part + 1) / p.parts; ++panel) {
        int64_t column = panel * kPanel, count = std::min(kPanel, g.group_out() - column);
        int64_t filter = group * g.group_out() + column;
        for (int64_t row = 0; row < rows; row += kernels.rows) {
          int64_t some = std::min(kernels.rows, rows - row);
          kernels.tile(terms + row * gather.row_size, gather.row_size, some,
                       panels + (group * p.panels + panel) * panel_size, p.pairs, sums);
          finish(output, buffers, sums, some, filter, count,
                 output.as<char>() + ((first + row) * g.out_channels + filter) * size, g.out_channels);
        }
      }
    }
  });
}

void run_fast(KernelContext &c, const Layer &layer, const Buffers &buffers) {
  const ConvolutionGeometry &g = layer.geometry;
  Tensor data = c.in(kData), output = c.out(0);
  const void *panels = c.in(kWeight).data;
  FormatRef last = channels_last(data.shape);
  if (buffers.data) {
    data.data = buffers.data;
    data.format = last.get();
    reorder_channels(c.in(kData), data);
  }
  if (buffers.weight) {
    pack_panels(c.in(kWeight), g.groups, buffers.weight);
    panels = buffers.weight;
  }
  if (buffers.output) output.data = buffers.output;
  Product product(g, c.in(kWeight).shape);
  int64_t room = c.workspace.nbytes - (buffers.terms - static_cast<char *>(c.workspace.data));
  int64_t slots = std::clamp<int64_t>(room / product.chunk_bytes(), 1, product.slots());
  dispatch_in<kBytes>(data.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    multiply<T>(g, product, slots, data.as<T>(), static_cast<const int8_t *>(panels), buffers, output);
  });
  if (!buffers.output) return;
  output.format = last.get();
  reorder_channels(output, c.out(0));
}

void run_reference(KernelContext &c, const Layer &layer, const Buffers &buffers) {
  const ConvolutionGeometry &g = layer.geometry;
  int64_t plane = g.window.out_size();
  auto *sums = reinterpret_cast<int32_t *>(buffers.terms);
  for (int64_t n = 0; n < g.batch; ++n)
    for (int64_t filter = 0; filter < g.out_channels; ++filter) {
      reference_sums(g, c.in(kData), c.in_as<int8_t>(kWeight), filter, n, sums);
      for (int64_t at = 0; at < plane; ++at)
        finish(c.out(0), buffers, sums + at, 1, filter, 1,
               c.out(0).as<char>() + ((n * g.out_channels + filter) * plane + at) * dtype_size(c.out(0).dtype), 0);
    }
}

}  // namespace

void reference_sums(const ConvolutionGeometry &g, const Tensor &data, const int8_t *weight, int64_t filter, int64_t n,
                    int32_t *sums) {
  const nn::Window &w = g.window;
  int64_t channel = filter / g.group_out() * g.group_in();
  const int8_t *taps = weight + filter * g.group_in() * w.kernel_size();
  dispatch_in<kBytes>(data.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *images = data.as<T>() + (n * g.in_channels + channel) * w.in_size();
    int64_t out = 0;
    for (int64_t z = 0; z < w.out[0]; ++z)
      for (int64_t y = 0; y < w.out[1]; ++y)
        for (int64_t x = 0; x < w.out[2]; ++x, ++out) {
          uint32_t sum = 0;
          int64_t tap = 0;
          for (int64_t kz = 0; kz < w.kernel[0]; ++kz)
            for (int64_t ky = 0; ky < w.kernel[1]; ++ky)
              for (int64_t kx = 0; kx < w.kernel[2]; ++kx, ++tap) {
                int64_t in_z = z * w.stride[0] - w.pad[0] + kz * w.dilate[0];
                int64_t in_y = y * w.stride[1] - w.pad[1] + ky * w.dilate[1];
                int64_t in_x = x * w.stride[2] - w.pad[2] + kx * w.dilate[2];
                if (in_z < 0 || in_z >= w.in[0] || in_y < 0 || in_y >= w.in[1] || in_x < 0 || in_x >= w.in[2]) continue;
                int64_t at = (in_z * w.in[1] + in_y) * w.in[2] + in_x;
                for (int64_t c = 0; c < g.group_in(); ++c)
                  sum += static_cast<uint32_t>(images[c * w.in_size() + at] * taps[c * w.kernel_size() + tap]);
              }
          sums[out] = static_cast<int32_t>(sum);
        }
  });
}

void check_result(const ResultAttrs &a) {
  check_calibrated(a);
  if (a && a.enable_float_output)
    throw Error(Status::invalid_argument, "enable_float_output", "got true; want false with a calibrated range");
}

void infer_layer(InferContext &c, const ResultAttrs &a, const Shape &weight, const Shape &output, bool bias) {
  bool sums = !a && !a.enable_float_output;
  c.expect(kWeight, weight, DType::int8);
  expect_range(c, kMinData);
  Shape levels{1};
  if (c.known(kMinWeight) && c.shape(kMinWeight) != Shape{1} && !sums) levels = {weight[0]};
  for (int k : {kMinWeight, kMaxWeight}) c.expect(k, levels, DType::float32);
  if (bias) {
    bool real = c.known(kBias) && c.dtype(kBias) == DType::float32;
    c.expect(kBias, {weight[0]}, real ? DType::float32 : DType::int8);
    for (int k : {kMinBias, kMaxBias}) {
      if (!real && !c.has(k))
        throw Error(Status::invalid_argument, k == kMinBias ? "min_bias" : "max_bias",
                    "is missing; want the range of an int8 bias");
      if (c.has(k)) c.expect(k, {1}, DType::float32);
    }
  }
  c.output(0, output, a.enable_float_output ? DType::float32 : a ? out_dtype(a.out_type, a) : DType::int32);
  if (!a.enable_float_output) infer_range(c, 1);
}

bool is_fast(const Shape &weight, const Shape &output) {
  return onednn::usable(DType::float32) && weight.numel() > 0 && output.numel() > 0;
}

int64_t layer_workspace(const KernelContext &c, const Layer &layer) { return Buffers(c, layer, nullptr).nbytes; }

void run_layer(KernelContext &c, const Layer &layer) {
  Buffers buffers(c, layer, c.workspace.data);
  prepare(c, layer, buffers);
  if (c.out(0).numel() == 0) return;
  if (is_fast(c.in(kWeight).shape, c.out(0).shape))
    run_fast(c, layer, buffers);
  else
    run_reference(c, layer, buffers);
}

}  // namespace cermet::quantized
