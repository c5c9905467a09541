// SPDX-License-Identifier: Apache-2.0
// Kernels of the float matrix product, compiled for each instruction set (gemm_kernels.simd.cc). float_gemm.h calls
// them.
//
// Every element of a product is made by the same additions in the same order, whatever kernel makes it: blocks of
// `k_block(k)` terms, each a chain of multiply-adds that starts at 0, added up one after the other. So results depend
// neither on threads nor on how a batch of rows is split.
#pragma once

#include <cstdint>

namespace cermet::gemm_detail {

// Lines of k elements: element p of a line is data[line * stride + p], or data[p * stride + line] if not `along`.
struct Lines {
  const float *data;
  int64_t stride;
  bool along;
};

// Where a product goes: element (x, y) is c[x * stride + y], or c[y * stride + x] if `transposed`. It becomes
// alpha * sum + beta * what was there; with beta 0, anything may be there.
struct Target {
  float *c;
  int64_t stride;
  bool transposed;
  float alpha, beta;
};

struct GemmKernels {
  int64_t panel;                  // lines side by side in a packed panel
  int64_t few_along, few_across;  // lines of x at most that `few` takes, where y lies along k and where across
  // Packs n lines of k elements: panels of `panel` lines, the elements of one place side by side; the last panel is
  // filled with zeros. Takes padded(n) * k floats.
  void (*pack)(Lines y, int64_t n, int64_t k, float *packed);
  // target(x, y) for m lines of x and n packed lines, of one block of k. `scratch` holds kScratch floats.
  void (*multiply)(Lines x, int64_t m, const float *packed, int64_t n, int64_t k, Target target, float *scratch);
  // target(x, y) for few lines of x, which lie along k, and n lines of y as they are; for all of k, in blocks of
  // k_block. `scratch` holds kScratch floats.
  void (*few)(Lines x, int64_t m, Lines y, int64_t n, int64_t k, int64_t k_block, Target target, float *scratch);
};

constexpr int64_t kMaxBlock = 320;                     // terms in a block of k at most
constexpr int64_t kChunkLines = 48;                    // lines of x that are turned along k at once
constexpr int64_t kScratch = kChunkLines * kMaxBlock;  // floats

}  // namespace cermet::gemm_detail

// Not for the *.simd.cc file itself: it must define no inline function that others define too.
#ifndef CERMET_ISA
#include "base/isa.h"

namespace cermet::gemm_detail {
CERMET_SIMD(GemmKernels, gemm_kernels)

// Terms in a block of k, but for the last: nearly as many in each.
inline int64_t k_block(int64_t k) {
  if (k == 0) return 1;
  int64_t blocks = (k + kMaxBlock - 1) / kMaxBlock;
  return ((k + blocks - 1) / blocks + 7) / 8 * 8;
}
}  // namespace cermet::gemm_detail
#endif
