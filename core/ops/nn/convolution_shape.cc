// SPDX-License-Identifier: Apache-2.0
// Shapes of convolutions, and the choice between oneDNN's kernels and the reference.
#include <algorithm>

#include "ops/nn/convolution.h"
#include "ops/onednn/convolution.h"

namespace cermet::nn {

void check_convolution(const ConvolutionAttrs &a) {
  check_kernel(a.kernel);
  check_axes("stride", a.stride, a.kernel.size());
  check_axes("dilate", a.dilate, a.kernel.size());
  check_axes("pad", a.pad, a.kernel.size());
  check_layout(a.layout, a.kernel.size());
  if (a.num_filter % a.num_group)
    throw Error(Status::invalid_argument, "num_filter", "got ", a.num_filter, "; want a multiple of num_group ",
                a.num_group);
}

Shape convolution_output(const Shape &data, const ConvolutionAttrs &a) {
  size_t axes = a.kernel.size();
  check_data_rank(data, axes);
  if (data[1] % a.num_group)
    throw Error(Status::shape, "data", "got ", data, "; want a number of channels that num_group ", a.num_group,
                " divides");
  Shape out{data[0], a.num_filter};
  for (size_t k = 0; k < axes; ++k) {
    int64_t stride = a.stride.empty() ? 1 : a.stride[k], dilate = a.dilate.empty() ? 1 : a.dilate[k];
    int64_t padded = data[2 + k] + 2 * (a.pad.empty() ? 0 : a.pad[k]), reach = dilate * (a.kernel[k] - 1) + 1;
    if (reach > padded)
      throw Error(Status::shape, "kernel", "got a reach of ", reach, " over spatial axis ", k,
                  "; want at most the padded size ", padded, " of data ", data);
    out.push_back((padded - reach) / stride + 1);
  }
  return out;
}

Shape convolution_weight(const Shape &data, const ConvolutionAttrs &a) {
  Shape out{a.num_filter, data[1] / a.num_group};
  for (int64_t size : a.kernel) out.push_back(size);
  return out;
}

ConvolutionGeometry convolution_geometry(const Shape &data, const Shape &output, const ConvolutionAttrs &a) {
  size_t axes = a.kernel.size();
  Window window{spatial(data),
                spatial(output),
                triple(a.kernel, axes, 1),
                triple(a.stride, axes, 1),
                triple(a.dilate, axes, 1),
                triple(a.pad, axes, 0)};
  return {data[0], a.num_group, data[1], output[1], window};
}

namespace {

// True where there is something to sum; otherwise the result was filled with zeros (or the bias by the reference).
bool fast(DType dtype, const Tensor &data, const Tensor &output) {
  return onednn::usable(dtype) && data.numel() > 0 && output.numel() > 0;
}

onednn::Convolution description(const ConvolutionAttrs &a, const Shape &data, const Shape &weight,
                                const Shape &output) {
  return {data, weight, output, a.num_group, a.stride, a.dilate, a.pad};
}

}  // namespace

void convolve(DType dtype, const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const void *bias,
              const Tensor &output) {
  if (fast(dtype, data, output))
    return onednn::convolution(description(a, data.shape, weight.shape, output.shape), data.as<float>(),
                               weight.as<float>(), static_cast<const float *>(bias), output.as<float>());
  dispatch_floats(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reference_convolution<T>(convolution_geometry(data.shape, output.shape, a), data.as<T>(), weight.as<T>(),
                             static_cast<const T *>(bias), output.as<T>());
  });
}

void convolve_data_grad(DType dtype, const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight,
                        const Tensor &data) {
  if (fast(dtype, data, head))
    return onednn::convolution_data_grad(description(a, data.shape, weight.shape, head.shape), head.as<float>(),
                                         weight.as<float>(), data.as<float>());
  dispatch_floats(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reference_data_grad<T>(convolution_geometry(data.shape, head.shape, a), head.as<T>(), weight.as<T>(), data.as<T>());
  });
}

void convolve_weight_grad(DType dtype, const ConvolutionAttrs &a, const Tensor &head, const Tensor &data,
                          const Tensor &weight) {
  if (fast(dtype, data, head))
    return onednn::convolution_weight_grad(description(a, data.shape, weight.shape, head.shape), head.as<float>(),
                                           data.as<float>(), weight.as<float>());
  dispatch_floats(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reference_weight_grad<T>(convolution_geometry(data.shape, head.shape, a), head.as<T>(), data.as<T>(),
                             weight.as<T>());
  });
}

}  // namespace cermet::nn
