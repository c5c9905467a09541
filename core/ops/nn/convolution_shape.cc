// SPDX-License-Identifier: Apache-2.0
// Shapes of convolutions, and the choice between oneDNN's kernels and the reference.
#include <algorithm>

#include "ops/nn/convolution.h"
#include "ops/nn/convolution_half.h"
#include "ops/nn/winograd.h"
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

// True where there is something to sum; otherwise the result is filled with zeros (or the bias) by the reference.
bool fast(DType dtype, const Shape &data, const Shape &output) {
  return onednn::usable(dtype) && data.numel() > 0 && output.numel() > 0;
}

onednn::Convolution description(const ConvolutionAttrs &a, const Shape &data, const Shape &weight,
                                const Shape &output) {
  return {data, weight, output, a.num_group, a.stride, a.dilate, a.pad};
}

}  // namespace

int64_t convolve_workspace(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
                           const Tensor &output) {
  if (is_winograd(weight)) return winograd_workspace(data, output);
  if (half_convolvable(data, output)) return half_convolve_workspace(a, data, weight, bias, output);
  return workspace_of(fast_convolution(a, data, weight, bias, output));
}

int64_t data_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight, const Tensor &data) {
  if (is_winograd(weight)) return winograd_workspace(head, data);
  if (half_convolvable(data, head)) return half_data_grad_workspace(a, head, weight, data);
  return workspace_of(fast_data_grad(a, head, weight, data));
}

int64_t weight_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data, const Tensor &weight,
                              const Tensor *bias_grad) {
  if (half_convolvable(data, head)) return half_weight_grad_workspace(a, head, data, weight, bias_grad);
  return workspace_of(fast_weight_grad(a, head, data, weight, bias_grad));
}

std::optional<onednn::Job> fast_convolution(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight,
                                            const Tensor *bias, const Tensor &output) {
  if (!fast(data.dtype, data.shape, output.shape)) return {};
  return onednn::convolution(description(a, data.shape, weight.shape, output.shape), data, weight, bias, output);
}

std::optional<onednn::Job> fast_data_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight,
                                          const Tensor &data) {
  if (!fast(data.dtype, data.shape, head.shape)) return {};
  return onednn::data_grad(description(a, data.shape, weight.shape, head.shape), head, weight, data);
}

std::optional<onednn::Job> fast_weight_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data,
                                            const Tensor &weight, const Tensor *bias_grad) {
  if (!fast(data.dtype, data.shape, head.shape)) return {};
  return onednn::weight_grad(description(a, data.shape, weight.shape, head.shape), head, data, weight, bias_grad);
}

void convolve(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
              const Tensor &output, Workspace workspace) {
  if (is_winograd(weight)) return winograd(a, WinogradWeight::forward, data, weight, bias, output, workspace);
  if (half_convolvable(data, output)) return half_convolve(a, data, weight, bias, output, workspace);
  if (auto job = fast_convolution(a, data, weight, bias, output)) return job->run(workspace);
  dispatch_floats(data.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reference_convolution<T>(convolution_geometry(data.shape, output.shape, a), data.as<T>(), weight.as<T>(),
                             bias ? bias->as<T>() : nullptr, output.as<T>());
  });
}

void convolve_data_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight, const Tensor &data,
                        Workspace workspace) {
  if (is_winograd(weight)) return winograd(a, WinogradWeight::data_grad, head, weight, nullptr, data, workspace);
  if (half_convolvable(data, head)) return half_data_grad(a, head, weight, data, workspace);
  if (auto job = fast_data_grad(a, head, weight, data)) return job->run(workspace);
  dispatch_floats(data.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reference_data_grad<T>(convolution_geometry(data.shape, head.shape, a), head.as<T>(), weight.as<T>(), data.as<T>());
  });
}

void convolve_weight_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data, const Tensor &weight,
                          const Tensor *bias_grad, Workspace workspace) {
  if (half_convolvable(data, head)) return half_weight_grad(a, head, data, weight, bias_grad, workspace);
  if (auto job = fast_weight_grad(a, head, data, weight, bias_grad)) return job->run(workspace);
  dispatch_floats(data.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    ConvolutionGeometry g = convolution_geometry(data.shape, head.shape, a);
    reference_weight_grad<T>(g, head.as<T>(), data.as<T>(), weight.as<T>());
    if (bias_grad) reference_bias_grad<T>(g, head.as<T>(), bias_grad->as<T>());
  });
}

void convolution_formats(FormatContext &c, const ConvolutionAttrs &a) {
  if (!fast(c.dtype(0), c.shape(0), c.output_shape(0)) || choose_winograd(c, a, WinogradWeight::forward)) return;
  auto f = onednn::convolution_formats(description(a, c.shape(0), c.shape(1), c.output_shape(0)), !a.no_bias);
  c.want(0, f.data);
  c.want(1, f.weight);
  c.give(0, f.output);
}

void data_grad_formats(FormatContext &c, const ConvolutionAttrs &a) {
  if (!fast(c.dtype(0), c.output_shape(0), c.shape(0)) || choose_winograd(c, a, WinogradWeight::data_grad)) return;
  auto f = onednn::data_grad_formats(description(a, c.output_shape(0), c.shape(1), c.shape(0)));
  c.want(0, f.output);
  c.want(1, f.weight);
  c.give(0, f.data);
}

void weight_grad_formats(FormatContext &c, const ConvolutionAttrs &a) {
  if (!fast(c.dtype(0), c.shape(1), c.shape(0))) return;
  auto f = onednn::weight_grad_formats(description(a, c.shape(1), c.output_shape(0), c.shape(0)), !a.no_bias);
  c.want(0, f.output);
  c.want(1, f.data);
  c.give(0, f.weight);
}

}  // namespace cermet::nn
