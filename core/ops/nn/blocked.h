// SPDX-License-Identifier: Apache-2.0
// Kernels on float values in blocks of channels (Format::block): rows of 8 or 16 channels that lie side by side, in the
// best instructions that the processor has. A plane is one block of one image: its positions, a row each.
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace cermet::nn {

// A window over one plane; three spatial axes.
struct BlockedWindow {
  int64_t in[3], out[3], kernel[3], stride[3], pad[3];
};

// One for each size of the block. Per-channel arrays hold a whole block.
struct BlockedKernels {
  // Number, mean and sum of squared distances from the mean of each channel, of the rows together with those that the
  // numbers stand for already (Chan, Golub and LeVeque, 1979).
  void (*moments)(const float *x, int64_t rows, int64_t *count, double *mean, double *distances);
  // out = (x - center) * factor + shift
  void (*affine)(const float *x, int64_t rows, const float *center, const float *factor, const float *shift,
                 float *out);
  // Adds the sums of head, and of head * (x - center).
  void (*head_sums)(const float *head, const float *x, int64_t rows, const float *center, double *sum,
                    double *sum_times);
  // out = (head - offset - (x - center) * slope) * factor
  void (*affine_backward)(const float *head, const float *x, int64_t rows, const float *center, const float *offset,
                          const float *slope, const float *factor, float *out);
  // Maximum, sum or average of each window of a plane; `divisors` (one an output position; null: 1).
  void (*pool_max)(const BlockedWindow &w, const float *x, float *out);
  void (*pool_sum)(const BlockedWindow &w, const float *x, const float *divisors, float *out);
  // Their gradients: `grad` is cleared first.
  void (*pool_max_backward)(const BlockedWindow &w, const float *head, const float *x, float *grad);
  void (*pool_sum_backward)(const BlockedWindow &w, const float *head, const float *divisors, float *grad);
};

struct BlockedTable {
  BlockedKernels of8, of16;
};

CERMET_SIMD(BlockedTable, blocked_table)

inline const BlockedKernels &blocked_kernels(int64_t block) {
  return block == 16 ? blocked_table().of16 : blocked_table().of8;
}

}  // namespace cermet::nn
