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

}  // namespace cermet::nn
