// SPDX-License-Identifier: Apache-2.0
#include "ops/onednn/convolution.h"

#include "ops/onednn/primitive.h"

namespace cermet::onednn {

namespace {

using dnnl::algorithm;
using dnnl::memory;
using Forward = dnnl::convolution_forward;
using BackwardData = dnnl::convolution_backward_data;
using BackwardWeights = dnnl::convolution_backward_weights;

Key key_of(Kind kind, const Convolution &c) {
  Key key{kind, c.groups};
  append(key, c.data);
  append(key, c.weight);
  append(key, c.output);
  for (const auto *values : {&c.stride, &c.dilate, &c.pad}) append(key, Dims(values->begin(), values->end()));
  return key;
}

// The shapes and numbers in oneDNN's terms: groups are an axis of the weight, and a dilation of 0 is no gap.
struct Terms {
  Dims weight, bias;
  memory::dims stride, dilate, pad, far_pad;

  explicit Terms(const Convolution &c) {
    weight = c.weight;
    bias = {c.weight[0]};
    if (c.groups > 1) {
      weight[0] /= c.groups;
      weight.insert(0, c.groups);
    }
    size_t axes = c.data.size() - 2;
    stride = c.stride.empty() ? memory::dims(axes, 1) : c.stride;
    dilate = c.dilate.empty() ? memory::dims(axes, 1) : c.dilate;
    for (auto &gap : dilate) --gap;
    pad = c.pad.empty() ? memory::dims(axes, 0) : c.pad;
    // The far end has the same padding, unless the output (given by a deconvolution's target_shape) wants another.
    far_pad = pad;
    for (size_t k = 0; k < axes; ++k) {
      int64_t free = c.data[2 + k] + pad[k] - ((dilate[k] + 1) * (c.weight[2 + k] - 1) + 1);
      if ((free + pad[k]) / stride[k] + 1 != c.output[2 + k]) far_pad[k] = (c.output[2 + k] - 1) * stride[k] - free;
    }
  }
};

constexpr auto kAlgorithm = algorithm::convolution_direct;
constexpr auto kTraining = dnnl::prop_kind::forward_training;

Forward::primitive_desc describe(const Convolution &c, const Terms &t) {
  return forward_desc<Forward>(kTraining, kAlgorithm, any(c.data), any(t.weight), any(c.output), t.stride, t.dilate,
                               t.pad, t.far_pad);
}

Prepared prepare_forward(const Convolution &c, bool bias) {
  Terms t(c);
  auto pd = bias ? forward_desc<Forward>(kTraining, kAlgorithm, any(c.data), any(t.weight), plain(t.bias),
                                         any(c.output), t.stride, t.dilate, t.pad, t.far_pad)
                 : describe(c, t);
  Prepared out(Forward(pd), pd.scratchpad_desc());
  out.input(DNNL_ARG_SRC, plain(c.data), pd.src_desc());
  out.input(DNNL_ARG_WEIGHTS, plain(t.weight), pd.weights_desc());
  out.output(DNNL_ARG_DST, plain(c.output), pd.dst_desc());
  if (bias) out.input(DNNL_ARG_BIAS, plain(t.bias), pd.bias_desc());
  return out;
}

Prepared prepare_data_grad(const Convolution &c) {
  Terms t(c);
  auto pd = backward_desc<BackwardData>(describe(c, t), kAlgorithm, any(c.data), any(t.weight), any(c.output), t.stride,
                                        t.dilate, t.pad, t.far_pad);
  Prepared out(BackwardData(pd), pd.scratchpad_desc());
  out.input(DNNL_ARG_DIFF_DST, plain(c.output), pd.diff_dst_desc());
  out.input(DNNL_ARG_WEIGHTS, plain(t.weight), pd.weights_desc());
  out.output(DNNL_ARG_DIFF_SRC, plain(c.data), pd.diff_src_desc());
  return out;
}

Prepared prepare_weight_grad(const Convolution &c, bool bias) {
  Terms t(c);
  auto hint = describe(c, t);
  auto pd = bias ? backward_desc<BackwardWeights>(hint, kAlgorithm, any(c.data), any(t.weight), plain(t.bias),
                                                  any(c.output), t.stride, t.dilate, t.pad, t.far_pad)
                 : backward_desc<BackwardWeights>(hint, kAlgorithm, any(c.data), any(t.weight), any(c.output), t.stride,
                                                  t.dilate, t.pad, t.far_pad);
  Prepared out(BackwardWeights(pd), pd.scratchpad_desc());
  out.input(DNNL_ARG_DIFF_DST, plain(c.output), pd.diff_dst_desc());
  out.input(DNNL_ARG_SRC, plain(c.data), pd.src_desc());
  out.output(DNNL_ARG_DIFF_WEIGHTS, plain(t.weight), pd.diff_weights_desc());
  if (bias) out.output(DNNL_ARG_DIFF_BIAS, plain(t.bias), pd.diff_bias_desc());
  return out;
}

using PreparedRef = std::shared_ptr<const Prepared>;

PreparedRef forward_of(const Convolution &c, bool bias) {
  return prepared(key_of(bias ? kForwardBias : kForward, c), [&] { return prepare_forward(c, bias); });
}
PreparedRef data_grad_of(const Convolution &c) {
  return prepared(key_of(kDataGrad, c), [&] { return prepare_data_grad(c); });
}
PreparedRef weight_grad_of(const Convolution &c, bool bias) {
  return prepared(key_of(bias ? kWeightBiasGrad : kWeightGrad, c), [&] { return prepare_weight_grad(c, bias); });
}

Job job(PreparedRef primitive, Bindings bindings, const Tensor *last) {
  if (last) bindings.push_back(*last);
  return {std::move(primitive), std::move(bindings)};
}

}  // namespace

ConvolutionFormats convolution_formats(const Convolution &c, bool bias) {
  PreparedRef p = forward_of(c, bias);
  return {p->format(0), p->format(1), p->format(2)};
}
ConvolutionFormats data_grad_formats(const Convolution &c) {
  PreparedRef p = data_grad_of(c);
  return {p->format(2), p->format(1), p->format(0)};
}
ConvolutionFormats weight_grad_formats(const Convolution &c, bool bias) {
  PreparedRef p = weight_grad_of(c, bias);
  return {p->format(1), p->format(2), p->format(0)};
}

Job convolution(const Convolution &c, const Tensor &data, const Tensor &weight, const Tensor *bias,
                const Tensor &output) {
  return job(forward_of(c, bias), {data, weight, output}, bias);
}
Job data_grad(const Convolution &c, const Tensor &head, const Tensor &weight, const Tensor &data) {
  return job(data_grad_of(c), {head, weight, data}, nullptr);
}
Job weight_grad(const Convolution &c, const Tensor &head, const Tensor &data, const Tensor &weight,
                const Tensor *bias_grad) {
  return job(weight_grad_of(c, bias_grad), {head, data, weight}, bias_grad);
}

}  // namespace cermet::onednn
