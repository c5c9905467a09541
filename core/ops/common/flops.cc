// SPDX-License-Identifier: Apache-2.0
#include "ops/common/flops.h"

#include <cmath>

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
                 {"linalg_gemm2", many_matrices}};

}  // namespace

double flops(const Definition &op, const KernelContext &context) {
  for (const auto &product : kProducts)
    if (op.name == product.op) return product.count(context);
  return 0;
}

}  // namespace cermet
