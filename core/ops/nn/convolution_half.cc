// SPDX-License-Identifier: Apache-2.0
#include "ops/nn/convolution_half.h"

#include <algorithm>

#include "base/parallel.h"
#include "ops/common/half_lanes.h"
#include "ops/common/walk.h"
#include "ops/onednn/usable.h"

namespace cermet::nn {

namespace {

constexpr int64_t kChunkBytes = int64_t{1} << 20;  // of images as float

template <class F>
void dispatch_halves(DType dtype, F &&f) {
  dispatch_in<dtype_bit(DType::float16) | dtype_bit(DType::bfloat16)>(dtype, f);
}

// `count` elements from `offset` on.
void load(const Tensor &from, int64_t offset, const Tensor &to) {
  dispatch_halves(from.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(to.numel(), kGrain, [&](int64_t begin, int64_t end) {
      to_floats(from.as<T>() + offset + begin, end - begin, to.as<float>() + begin);
    });
  });
}
void store(const Tensor &from, const Tensor &to, int64_t offset) {
  dispatch_halves(to.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(from.numel(), kGrain, [&](int64_t begin, int64_t end) {
      from_floats(from.as<float>() + begin, end - begin, to.as<T>() + offset + begin);
    });
  });
}
void add(const Tensor &part, const Tensor &sum) {
  for (int64_t k = 0; k < sum.numel(); ++k) sum.as<float>()[k] += part.as<float>()[k];
}

// The arrays of some images in float, in memory that begins at `data`; null: only sizes are asked for.
class Floats {
 public:
  Floats(const Tensor &data, const Tensor &output, void *memory)
      : data_(data), output_(output), memory_(static_cast<float *>(memory)) {
    int64_t bytes = (data.numel() + output.numel()) / data.shape[0] * static_cast<int64_t>(sizeof(float));
    images_ = std::clamp<int64_t>(kChunkBytes / bytes, 1, data.shape[0]);
    data_part = take(part_of(data, images_));
    output_part = take(part_of(output, images_));
  }

  Tensor take(const Shape &shape) {
    Tensor out{place(), shape, DType::float32};
    used_ += (shape.numel() + 15) / 16 * 16;
    return out;
  }
  // Memory behind all that was taken.
  Workspace rest(const Workspace &all) const {
    int64_t bytes = nbytes();
    return {static_cast<char *>(all.data) + bytes, std::max<int64_t>(0, all.nbytes - bytes)};
  }
  int64_t nbytes() const { return used_ * static_cast<int64_t>(sizeof(float)); }

  // f(first image) with the parts' shapes set to what is left.
  template <class F>
  void each(F f) {
    for (int64_t first = 0; first < data_.shape[0]; first += images_) {
      int64_t count = std::min(images_, data_.shape[0] - first);
      data_part.shape[0] = output_part.shape[0] = count;
      f(first);
    }
  }
  int64_t data_offset(int64_t image) const { return image * (data_.numel() / data_.shape[0]); }
  int64_t output_offset(int64_t image) const { return image * (output_.numel() / output_.shape[0]); }

  Tensor data_part, output_part;

 private:
  static Shape part_of(const Tensor &tensor, int64_t images) {
    Shape shape = tensor.shape;
    shape[0] = images;
    return shape;
  }
  void *place() const {
    alignas(64) static char nowhere[64];
    return memory_ ? static_cast<void *>(memory_ + used_) : nowhere;
  }

  const Tensor &data_, &output_;
  float *memory_;
  int64_t used_ = 0, images_;
};

// The weight and the bias in float, and room for what kernels give of them.
struct Weights {
  Tensor weight, bias, weight_part, bias_part;
  bool has_bias;
  Weights(Floats &floats, const Tensor &like, const Tensor *bias_like, bool gradients) : has_bias(bias_like) {
    weight = floats.take(like.shape);
    if (bias_like) bias = floats.take(bias_like->shape);
    if (!gradients) return;
    weight_part = floats.take(like.shape);
    if (bias_like) bias_part = floats.take(bias_like->shape);
  }
  const Tensor *given_bias() const { return has_bias ? &bias : nullptr; }
  const Tensor *made_bias() const { return has_bias ? &bias_part : nullptr; }
};

}  // namespace

bool half_convolvable(const Tensor &data, const Tensor &output) {
  return dtype_size(data.dtype) == 2 && onednn::usable(DType::float32) && data.numel() > 0 && output.numel() > 0;
}

int64_t half_convolve_workspace(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
                                const Tensor &output) {
  Floats floats(data, output, nullptr);
  Weights w(floats, weight, bias, false);
  int64_t most = 0;
  floats.each([&](int64_t) {
    most = std::max(most,
                    workspace_of(fast_convolution(a, floats.data_part, w.weight, w.given_bias(), floats.output_part)));
  });
  return floats.nbytes() + most;
}

int64_t half_data_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight,
                                 const Tensor &data) {
  Floats floats(data, head, nullptr);
  Weights w(floats, weight, nullptr, false);
  int64_t most = 0;
  floats.each([&](int64_t) {
    most = std::max(most, workspace_of(fast_data_grad(a, floats.output_part, w.weight, floats.data_part)));
  });
  return floats.nbytes() + most;
}

int64_t half_weight_grad_workspace(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data,
                                   const Tensor &weight, const Tensor *bias_grad) {
  Floats floats(data, head, nullptr);
  Weights w(floats, weight, bias_grad, true);
  int64_t most = 0;
  floats.each([&](int64_t) {
    most = std::max(
        most, workspace_of(fast_weight_grad(a, floats.output_part, floats.data_part, w.weight_part, w.made_bias())));
  });
  return floats.nbytes() + most;
}

void half_convolve(const ConvolutionAttrs &a, const Tensor &data, const Tensor &weight, const Tensor *bias,
                   const Tensor &output, Workspace workspace) {
  Floats floats(data, output, workspace.data);
  Weights w(floats, weight, bias, false);
  load(weight, 0, w.weight);
  if (bias) load(*bias, 0, w.bias);
  floats.each([&](int64_t image) {
    load(data, floats.data_offset(image), floats.data_part);
    fast_convolution(a, floats.data_part, w.weight, w.given_bias(), floats.output_part)->run(floats.rest(workspace));
    store(floats.output_part, output, floats.output_offset(image));
  });
}

void half_data_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &weight, const Tensor &data,
                    Workspace workspace) {
  Floats floats(data, head, workspace.data);
  Weights w(floats, weight, nullptr, false);
  load(weight, 0, w.weight);
  floats.each([&](int64_t image) {
    load(head, floats.output_offset(image), floats.output_part);
    fast_data_grad(a, floats.output_part, w.weight, floats.data_part)->run(floats.rest(workspace));
    store(floats.data_part, data, floats.data_offset(image));
  });
}

void half_weight_grad(const ConvolutionAttrs &a, const Tensor &head, const Tensor &data, const Tensor &weight,
                      const Tensor *bias_grad, Workspace workspace) {
  Floats floats(data, head, workspace.data);
  Weights w(floats, weight, bias_grad, true);
  std::fill_n(w.weight.as<float>(), w.weight.numel(), 0.0f);
  if (bias_grad) std::fill_n(w.bias.as<float>(), w.bias.numel(), 0.0f);
  floats.each([&](int64_t image) {
    load(head, floats.output_offset(image), floats.output_part);
    load(data, floats.data_offset(image), floats.data_part);
    fast_weight_grad(a, floats.output_part, floats.data_part, w.weight_part, w.made_bias())
        ->run(floats.rest(workspace));
    add(w.weight_part, w.weight);
    if (bias_grad) add(w.bias_part, w.bias);
  });
  store(w.weight, weight, 0);
  if (bias_grad) store(w.bias, *bias_grad, 0);
}

}  // namespace cermet::nn
