// SPDX-License-Identifier: Apache-2.0
#include "ops/common/flops.h"

#include <cmath>

#include "ops/rnn/layer.h"

namespace cermet {

namespace {

double size(const Shape &shape) { return static_cast<double>(shape.numel()); }

// Each element of `dense` meets each element of one row of `weight`.
double rows_of(const Shape &dense, const Shape &weight) {
  return 2 * size(dense) * static_cast<double>(weight.product(1, weight.ndim()));
}

// (m, k) by (k, n): the sizes of the three matrices multiply to (m k n) squared.
double matrices(const KernelContext &c) {
  return 2 * std::round(std::sqrt(size(c.in(0).shape) * size(c.in(1).shape) * size(c.out(0).shape)));
}

// Many (m, k) by (k, n): n is the last axis of the output.
double many_matrices(const KernelContext &c) {
  return 2 * size(c.in(0).shape) * static_cast<double>(c.out(0).shape.back());
}

double by_output(const KernelContext &c) { return rows_of(c.out(0).shape, c.in(1).shape); }
double by_input(const KernelContext &c) { return rows_of(c.in(0).shape, c.in(1).shape); }
double to_weight(const KernelContext &c) { return rows_of(c.in(0).shape, c.out(0).shape); }
double to_adjoint_weight(const KernelContext &c) { return rows_of(c.in(1).shape, c.out(0).shape); }

// Queries by keys, then the weights by values: each element of the queries and of the output meets every key. The
// gradient has two products for each of these; that it computes the weights again is not counted, nor is a mask.
double attention(const Tensor &query, const Tensor &key, const Tensor &out) {
  return 2 * (size(query.shape) + size(out.shape)) * static_cast<double>(key.shape[1]);
}
double attention_forward(const KernelContext &c) { return attention(c.in(0), c.in(1), c.out(0)); }
double attention_backward(const KernelContext &c) { return 2 * attention(c.in(1), c.in(2), c.in(0)); }

// Each step of each sequence meets the weights for the inputs and for the state. The gradient has two products for
// each.
double recurrence(const KernelContext &c, int first) {
  const Shape &data = c.in(first).shape;
  return 2 * static_cast<double>(data.product(0, 2)) * (size(c.in(first + 1).shape) + size(c.in(first + 2).shape));
}
double recurrent_forward(const KernelContext &c) { return recurrence(c, rnn::kData); }
double recurrent_backward(const KernelContext &c) { return 2 * recurrence(c, rnn::kHeads + rnn::kData); }

constexpr struct {
  const char *op;
  double (*count)(const KernelContext &);
} kProducts[] = {{"batch_dot", many_matrices},
                 {"convolution", by_output},
                 {"convolution_data_grad", by_input},
                 {"convolution_weight_grad", to_weight},
                 {"deconvolution", by_input},
                 {"deconvolution_data_grad", by_output},
                 {"deconvolution_weight_grad", to_adjoint_weight},
                 {"dot", matrices},
                 {"fully_connected", by_output},
                 {"fully_connected_data_grad", by_input},
                 {"fully_connected_weight_grad", to_weight},
                 {"linalg_gemm2", many_matrices},
                 {"rnn_layer", recurrent_forward},
                 {"rnn_layer_backward", recurrent_backward},
                 {"scaled_dot_product_attention", attention_forward},
                 {"scaled_dot_product_attention_backward", attention_backward}};

}  // namespace

double flops(const Definition &op, const KernelContext &context) {
  for (const auto &product : kProducts)
    if (op.name == product.op) return product.count(context);
  return 0;
}

}  // namespace cermet
