// SPDX-License-Identifier: Apache-2.0
// Kernels of batch normalisation over the channels of an axis view; P is the type of the parameters: float for 16-bit
// data, else the data's own.
#pragma once

#include "ops/nn/axis_view.h"
#include "tensor/dtype.h"

namespace cermet::nn {

// Mean and 1 / sqrt(variance + eps) of each channel; `variance` is written where it is not null. No elements: 0 and 0.
template <class T, class P>
void channel_statistics(const AxisView &v, const T *data, double eps, P *mean, P *variance, P *inv_std);

// out = (data - mean) * inv_std * gamma + beta; a null gamma is ones.
template <class T, class P>
void normalize_channels(const AxisView &v, const T *data, const P *mean, const P *inv_std, const P *gamma,
                        const P *beta, T *out);

// Gradients. `batch`: mean and inv_std depend on the data; else they are constants.
template <class T, class P>
struct ChannelGradient {
  const T *head, *data;
  const P *gamma, *mean, *inv_std;  // gamma may be null: ones
  T *data_grad;
  P *gamma_grad, *beta_grad;
  bool batch;
};
template <class T, class P>
void channel_gradients(const AxisView &v, const ChannelGradient<T, P> &g);

// The same for float values in blocks of channels.
struct BlockedChannels {
  int64_t batch, channels, rows, block;  // rows: positions of one image
  int64_t blocks() const { return (channels + block - 1) / block; }
};
void blocked_statistics(const BlockedChannels &v, const float *data, double eps, float *mean, float *variance,
                        float *inv_std);
void normalize_blocked(const BlockedChannels &v, const float *data, const float *mean, const float *inv_std,
                       const float *gamma, const float *beta, float *out);
void blocked_gradients(const BlockedChannels &v, const ChannelGradient<float, float> &g);

}  // namespace cermet::nn
