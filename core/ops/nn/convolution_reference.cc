// SPDX-License-Identifier: Apache-2.0
// Convolution and its gradients as plain sums, for every dtype, one to three axes, groups, strides and dilations.
#include "base/parallel.h"
#include "ops/nn/convolution.h"
#include "ops/nn/sums.h"

namespace cermet::nn {

namespace {

// Calls f(tap, in_offset) for each tap of the window at output position `at` that lies inside the input plane.
template <class F>
void for_taps(const Window &w, const Triple &at, F &&f) {
  int64_t tap = 0;
  for (int64_t kz = 0; kz < w.kernel[0]; ++kz) {
    int64_t z = at[0] * w.stride[0] - w.pad[0] + kz * w.dilate[0];
    for (int64_t ky = 0; ky < w.kernel[1]; ++ky) {
      int64_t y = at[1] * w.stride[1] - w.pad[1] + ky * w.dilate[1];
      for (int64_t kx = 0; kx < w.kernel[2]; ++kx, ++tap) {
        int64_t x = at[2] * w.stride[2] - w.pad[2] + kx * w.dilate[2];
        if (z >= 0 && z < w.in[0] && y >= 0 && y < w.in[1] && x >= 0 && x < w.in[2])
          f(tap, (z * w.in[1] + y) * w.in[2] + x);
      }
    }
  }
}

// Calls f(at, out_offset) for all output positions.
template <class F>
void for_outputs(const Window &w, F &&f) {
  int64_t offset = 0;
  for (int64_t z = 0; z < w.out[0]; ++z)
    for (int64_t y = 0; y < w.out[1]; ++y)
      for (int64_t x = 0; x < w.out[2]; ++x, ++offset) f(Triple{z, y, x}, offset);
}

}  // namespace

template <class T>
void reference_convolution(const ConvolutionGeometry &g, const T *data, const T *weight, const T *bias, T *output) {
  const Window &w = g.window;
  parallel_for(g.batch * g.out_channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane) {
      int64_t n = plane / g.out_channels, filter = plane % g.out_channels, group = filter / g.group_out();
      const T *images = data + (n * g.in_channels + group * g.group_in()) * w.in_size();
      const T *taps = weight + filter * g.group_in() * w.kernel_size();
      for_outputs(w, [&](const Triple &at, int64_t offset) {
        Compute<T> sum = bias ? static_cast<Compute<T>>(bias[filter]) : Compute<T>(0);
        for_taps(w, at, [&](int64_t tap, int64_t in) {
          for (int64_t c = 0; c < g.group_in(); ++c)
            sum += static_cast<Compute<T>>(images[c * w.in_size() + in]) *
                   static_cast<Compute<T>>(taps[c * w.kernel_size() + tap]);
        });
        output[plane * w.out_size() + offset] = sum;
      });
    }
  });
}

// Scatters each head value over the window it came from: one input plane is one task, so sums are always in one order.
template <class T>
void reference_data_grad(const ConvolutionGeometry &g, const T *head, const T *weight, T *data) {
  const Window &w = g.window;
  parallel_for(g.batch * g.in_channels, 1, [&](int64_t begin, int64_t end) {
    std::vector<Compute<T>> sums(static_cast<size_t>(w.in_size()));
    for (int64_t plane = begin; plane < end; ++plane) {
      int64_t n = plane / g.in_channels, channel = plane % g.in_channels, group = channel / g.group_in();
      std::fill(sums.begin(), sums.end(), Compute<T>(0));
      for (int64_t f = group * g.group_out(); f < (group + 1) * g.group_out(); ++f) {
        const T *heads = head + (n * g.out_channels + f) * w.out_size();
        const T *taps = weight + (f * g.group_in() + channel % g.group_in()) * w.kernel_size();
        for_outputs(w, [&](const Triple &at, int64_t offset) {
          auto value = static_cast<Compute<T>>(heads[offset]);
          for_taps(w, at, [&](int64_t tap, int64_t in) {
            sums[static_cast<size_t>(in)] += value * static_cast<Compute<T>>(taps[tap]);
          });
        });
      }
      for (int64_t k = 0; k < w.in_size(); ++k) data[plane * w.in_size() + k] = sums[static_cast<size_t>(k)];
    }
  });
}

template <class T>
void reference_weight_grad(const ConvolutionGeometry &g, const T *head, const T *data, T *weight) {
  const Window &w = g.window;
  parallel_for(g.out_channels * g.group_in(), 1, [&](int64_t begin, int64_t end) {
    std::vector<Compute<T>> sums(static_cast<size_t>(w.kernel_size()));
    for (int64_t row = begin; row < end; ++row) {
      int64_t f = row / g.group_in(), group = f / g.group_out(), channel = group * g.group_in() + row % g.group_in();
      std::fill(sums.begin(), sums.end(), Compute<T>(0));
      for (int64_t n = 0; n < g.batch; ++n) {
        const T *heads = head + (n * g.out_channels + f) * w.out_size();
        const T *image = data + (n * g.in_channels + channel) * w.in_size();
        for_outputs(w, [&](const Triple &at, int64_t offset) {
          auto value = static_cast<Compute<T>>(heads[offset]);
          for_taps(w, at, [&](int64_t tap, int64_t in) {
            sums[static_cast<size_t>(tap)] += value * static_cast<Compute<T>>(image[in]);
          });
        });
      }
      for (int64_t k = 0; k < w.kernel_size(); ++k) weight[row * w.kernel_size() + k] = sums[static_cast<size_t>(k)];
    }
  });
}

template <class T>
void reference_bias_grad(const ConvolutionGeometry &g, const T *head, T *bias) {
  int64_t plane = g.window.out_size();
  parallel_for(g.out_channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t f = begin; f < end; ++f) {
      double total = 0;
      for (int64_t n = 0; n < g.batch; ++n) {
        const T *values = head + (n * g.out_channels + f) * plane;
        total += sum_of<Compute<T>>(plane, [&](int64_t k) { return static_cast<Compute<T>>(values[k]); });
      }
      bias[f] = static_cast<T>(static_cast<Compute<T>>(total));
    }
  });
}

#define CERMET_INSTANTIATE(T)                                                                             \
  template void reference_convolution(const ConvolutionGeometry &, const T *, const T *, const T *, T *); \
  template void reference_data_grad(const ConvolutionGeometry &, const T *, const T *, T *);              \
  template void reference_weight_grad(const ConvolutionGeometry &, const T *, const T *, T *);            \
  template void reference_bias_grad(const ConvolutionGeometry &, const T *, T *);
CERMET_INSTANTIATE(float)
CERMET_INSTANTIATE(double)
CERMET_INSTANTIATE(Float16)
CERMET_INSTANTIATE(BFloat16)
#undef CERMET_INSTANTIATE

}  // namespace cermet::nn
