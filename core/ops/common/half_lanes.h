// SPDX-License-Identifier: Apache-2.0
// Rows of 16-bit floats to float and back, rounded to nearest even, as tensor/half.h does it for one.
#pragma once

#include <cstdint>

namespace cermet::half_detail {

struct HalfKernels {
  void (*from_float16)(const uint16_t *from, int64_t count, float *to);
  void (*from_bfloat16)(const uint16_t *from, int64_t count, float *to);
  void (*to_float16)(const float *from, int64_t count, uint16_t *to);
  void (*to_bfloat16)(const float *from, int64_t count, uint16_t *to);
};

}  // namespace cermet::half_detail

// Not for the *.simd.cc file itself: it must define no inline function that others define too.
#ifndef CERMET_ISA
#include "base/isa.h"
#include "tensor/half.h"

namespace cermet {

namespace half_detail {
CERMET_SIMD(HalfKernels, half_kernels)
}  // namespace half_detail

inline void to_floats(const Float16 *from, int64_t count, float *to) {
  half_detail::half_kernels().from_float16(&from->bits, count, to);
}
inline void to_floats(const BFloat16 *from, int64_t count, float *to) {
  half_detail::half_kernels().from_bfloat16(&from->bits, count, to);
}
inline void from_floats(const float *from, int64_t count, Float16 *to) {
  half_detail::half_kernels().to_float16(from, count, &to->bits);
}
inline void from_floats(const float *from, int64_t count, BFloat16 *to) {
  half_detail::half_kernels().to_bfloat16(from, count, &to->bits);
}

}  // namespace cermet
#endif
