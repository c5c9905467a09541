// SPDX-License-Identifier: Apache-2.0
// A right-hand matrix that is multiplied by many left-hand ones, one after the other: for float it is packed once.
#pragma once

#include <cstdint>

namespace cermet {

// op(B), k x n, of a row-major B whose rows are `stride` apart.
template <class T>
struct MatrixView {
  const T *data;
  int64_t stride;
  bool transposed;
};

// Elements of memory that packing takes. Packs of neighbouring columns, each a multiple of kPackColumns wide, take
// together what one of all takes.
constexpr int64_t kPackColumns = 32;
template <class T>
int64_t packed_size(int64_t n, int64_t k);
template <class T>
void pack_matrix(const MatrixView<T> &b, int64_t n, int64_t k, T *packed);
// C (+)= A B on this thread; rows of A are `lda` apart and those of C `ldc`. The same values as gemm's.
template <class T>
void multiply_packed(const T *a, int64_t lda, int64_t m, const T *packed, int64_t n, int64_t k, bool add, T *c,
                     int64_t ldc);

}  // namespace cermet
