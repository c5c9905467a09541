// SPDX-License-Identifier: Apache-2.0
// Instruction sets chosen at run time. A file called *.simd.cc is compiled once for each, with CERMET_ISA set to the
// name: it puts its kernels into `namespace cermet::CERMET_ISA` (declared by CERMET_SIMD in its header) and callers
// pick one.
//
// Such files must define everything they use themselves (static or in that namespace) and include no header with inline
// functions that others use too, the standard library's containers above all: the linker keeps one copy of an inline
// function, and it must not be the one made of AVX-512 instructions.
#pragma once

namespace cermet {

enum class Isa { baseline, avx2, avx512 };

// The best that this processor has, or what the environment variable CERMET_ISA (baseline, avx2, avx512) lowers it to.
Isa isa();
const char *isa_name(Isa isa);

}  // namespace cermet

// Declares the three versions of a kernel table and picks one: CERMET_SIMD(UnaryKernels, unary_kernels) declares
// `const UnaryKernels &unary_kernels()`, and each *.simd.cc defines `const UnaryKernels unary_kernels_table` in its
// namespace.
#define CERMET_SIMD(Type, name)        \
  namespace baseline {                 \
  extern const Type name##_table;      \
  }                                    \
  namespace avx2 {                     \
  extern const Type name##_table;      \
  }                                    \
  namespace avx512 {                   \
  extern const Type name##_table;      \
  }                                    \
  inline const Type &name() {          \
    switch (isa()) {                   \
      case Isa::avx512:                \
        return avx512::name##_table;   \
      case Isa::avx2:                  \
        return avx2::name##_table;     \
      default:                         \
        return baseline::name##_table; \
    }                                  \
  }
