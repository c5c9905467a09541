// SPDX-License-Identifier: Apache-2.0
// NDArray: a typed, strided view of a storage. The view never changes; the values do. Identity matters (a recorder
// knows arrays by it), so arrays are handled by reference.
#pragma once

#include <functional>

#include "tensor/shape.h"
#include "tensor/storage.h"

namespace cermet {

enum class GradReq : int { null = 0, write = 1, add = 3 };

class NDArray : public RefCounted {
 public:
  // A new dense array, not initialised.
  NDArray(Shape shape, DType dtype, Device device = {});
  // A view: strides in elements, offset in bytes from the storage's start.
  NDArray(Ref<Storage> storage, Shape shape, Dims strides, int64_t offset_bytes, DType dtype);
  // A dense view of a whole storage's beginning.
  NDArray(Ref<Storage> storage, Shape shape, DType dtype);

  const Shape &shape() const { return shape_; }
  const Dims &strides() const { return strides_; }
  DType dtype() const { return dtype_; }
  Device device() const { return storage_->device(); }
  const Ref<Storage> &storage() const { return storage_; }
  int64_t numel() const { return numel_; }
  int64_t nbytes() const { return numel_ * dtype_size(dtype_); }
  bool dense() const { return dense_; }
  int64_t offset() const { return offset_; }
  void *data() const { return storage_->data() + offset_; }
  template <class T>
  T *data_as() const {
    return static_cast<T *>(data());
  }

  // Gradient attached by the user (autograd); null if none.
  Ref<NDArray> grad;
  GradReq grad_req = GradReq::null;

 private:
  Ref<Storage> storage_;
  Shape shape_;
  Dims strides_;
  int64_t offset_ = 0, numel_ = 0;
  DType dtype_;
  bool dense_ = true;
};

// A gradient may have a gradient, and so on.
void destroy(NDArray *array);

using ArrayRef = Ref<NDArray>;

// Views. They throw invalid_argument or shape for what does not fit.
ArrayRef slice_view(const NDArray &array, const Dims &begin, const Dims &end, const Dims &step);
ArrayRef reshape_view(const NDArray &array, Shape shape);  // one dimension may be -1; unsupported if it needs a copy
ArrayRef transpose_view(const NDArray &array, const Dims &axes);    // empty: reversed
ArrayRef broadcast_view(const NDArray &array, const Shape &shape);  // stride 0 along stretched axes

// Copies values between views of equal shape, converting the dtype. The views must not overlap in memory unless they
// are the same view. CPU.
void copy_values(const NDArray &source, const NDArray &destination);
bool may_overlap(const NDArray &a, const NDArray &b);
void fill_zero(const NDArray &array);

}  // namespace cermet
