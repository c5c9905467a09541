// SPDX-License-Identifier: Apache-2.0
// What convolution, its two gradients and deconvolution share: attributes, geometry, reference kernels. Convolution is
// bilinear in data and weight, so three operators are closed under differentiation:
//   convolution(data, weight), convolution_data_grad(head, weight), convolution_weight_grad(head, data).
// Deconvolution is the second of them under another name.
#pragma once

#include "ops/nn/window.h"
#include "ops/onednn/job.h"

namespace cermet::nn {

enum class CudnnTune { off, limited_workspace, fastest };

struct ConvolutionAttrs {
  std::vector<int64_t> kernel, stride, dilate, pad;
  int64_t num_filter = 0, num_group = 1, workspace = 1024;
  bool no_bias = false, cudnn_off = false;
  std::optional<CudnnTune> cudnn_tune;
  std::optional<Layout> layout;
};

// Attributes of all four operators, and the check across them.
template <class A>
void declare_convolution_attrs(DefinitionBuilder<A> &op) {
  op.attr("kernel", &A::kernel, "Size of the window, one number a spatial axis.")
      .required()
      .min(1)
      .max(kMaxWindow)
      .kind(AttrKind::window);
  op.attr("stride", &A::stride, "Step of the window; default 1.").min(1).max(kMaxWindow).kind(AttrKind::window);
  op.attr("dilate", &A::dilate, "Distance between neighbouring taps of the kernel; default 1.")
      .min(1)
      .max(kMaxWindow)
      .kind(AttrKind::window);
  op.attr("pad", &A::pad, "Zeros added at both ends of each spatial axis; default 0.")
      .min(0)
      .max(kMaxWindow)
      .kind(AttrKind::window);
  op.attr("num_filter", &A::num_filter, "Number of output channels.").required().min(1).max(kMaxWindow);
  op.attr("num_group", &A::num_group, "Number of groups into which the channels are split.").min(1).max(kMaxWindow);
  op.attr("workspace", &A::workspace, "Only for MXNet's files; has no effect.").min(0);
  op.attr("no_bias", &A::no_bias, "Leave the bias out.");
  op.choice("cudnn_tune", &A::cudnn_tune, {"off", "limited_workspace", "fastest"},
            "Only for MXNet's files; has no effect.");
  op.attr("cudnn_off", &A::cudnn_off, "Only for MXNet's files; has no effect.");
  op.choice("layout", &A::layout, layout_names(), "Order of the axes; channels first is what there is.");
}
void check_convolution(const ConvolutionAttrs &a);

struct ConvolutionGeometry {
  int64_t batch = 0, groups = 1, in_channels = 0, out_channels = 0;  // channels in all groups together
  Window window;
  int64_t group_in() const { return in_channels / groups; }
  int64_t group_out() const { return out_channels / groups; }
};

// Shape of convolution's output; throws where data and attributes do not fit.
Shape convolution_output(const Shape &data, const ConvolutionAttrs &a);
Shape convolution_weight(const Shape &data, const ConvolutionAttrs &a);
ConvolutionGeometry convolution_geometry(const Shape &data, const Shape &output, const ConvolutionAttrs &a);

// oneDNN's kernels where it has one for these arrays. `bias` and `bias_grad` may be null.
std::optional<onednn::Job> fast_convolution(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight,
                                            const Tensor *bias, const Tensor &output);
std::optional<onednn::Job> fast_data_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight,
                                          const Tensor &data);
std::optional<onednn::Job> fast_weight_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data,
                                            const Tensor &weight, const Tensor *bias_grad);

// Temporary memory of the kernels below.
int64_t convolve_workspace(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
                           const Tensor &output);
int64_t data_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight, const Tensor &data);
int64_t weight_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data, const Tensor &weight,
                              const Tensor *bias_grad);

// Winograd's way (winograd.h), 16 bits' (convolution_half.h) or those, or the reference (convolution_reference.cc),
// which serves every float dtype.
void convolve(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
              const Tensor &output, Workspace workspace);
void convolve_data_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight, const Tensor &data,
                        Workspace workspace);
void convolve_weight_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data, const Tensor &weight,
                          const Tensor *bias_grad, Workspace workspace);
inline int64_t workspace_of(const std::optional<onednn::Job> &job) { return job ? job->workspace_bytes() : 0; }

// The formats in which these kernels want and give their arrays in programs.
void convolution_formats(FormatContext &c, const ConvolutionAttrs &a);
void data_grad_formats(FormatContext &c, const ConvolutionAttrs &a);
void weight_grad_formats(FormatContext &c, const ConvolutionAttrs &a);

template <class T>
void reference_convolution(const ConvolutionGeometry &g, const T *data, const T *weight, const T *bias, T *output);
template <class T>
void reference_data_grad(const ConvolutionGeometry &g, const T *head, const T *weight, T *data);
template <class T>
void reference_weight_grad(const ConvolutionGeometry &g, const T *head, const T *data, T *weight);
template <class T>
void reference_bias_grad(const ConvolutionGeometry &g, const T *head, T *bias);

}  // namespace cermet::nn
