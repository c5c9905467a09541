// SPDX-License-Identifier: Apache-2.0
#include "dlpack.h"

#include "guard.h"
#include "runtime/engine.h"

using namespace cermet;
using namespace cermet::c_api;

namespace {

constexpr uint64_t kReadOnly = 1;
constexpr uint32_t kMajor = 1;

struct TypeRow {
  DType dtype;
  uint8_t code, bits;
};
const TypeRow kTypes[] = {
    {DType::float32, 2, 32},  {DType::float64, 2, 64}, {DType::float16, 2, 16},
    {DType::bfloat16, 4, 16}, {DType::uint8, 1, 8},    {DType::int8, 0, 8},
    {DType::int32, 0, 32},    {DType::int64, 0, 64},   {DType::bool_, 6, 8},
};

// A managed tensor of ours, with what it points to.
struct Export {
  DLManagedTensorVersioned tensor{};
  ArrayRef array;
  Dims shape, strides;
};

void delete_export(DLManagedTensorVersioned *tensor) { delete static_cast<Export *>(tensor->manager_ctx); }

void delete_import(void *tensor) {
  auto *managed = static_cast<DLManagedTensorVersioned *>(tensor);
  if (managed->deleter) managed->deleter(managed);
}

ArrayRef import(DLManagedTensorVersioned &managed) {
  if (managed.version.major != kMajor)
    throw Error(Status::unsupported, "tensor", "got DLPack version ", managed.version.major, "; want ", kMajor);
  const DLTensor &tensor = managed.dl_tensor;
  if (tensor.device.device_type != 1)
    throw Error(Status::unsupported, "tensor", "got device type ", tensor.device.device_type, "; want 1 (CPU)");
  const TypeRow *type = nullptr;
  for (const TypeRow &row : kTypes)
    if (row.code == tensor.dtype.code && row.bits == tensor.dtype.bits && tensor.dtype.lanes == 1) type = &row;
  if (!type)
    throw Error(Status::dtype, "tensor", "got type code ", int{tensor.dtype.code}, " with ", int{tensor.dtype.bits},
                " bits; want one of Cermet's dtypes");
  Shape shape = shape_of(tensor.shape, tensor.ndim);
  check_shape(shape, type->dtype, "tensor");
  Dims strides = tensor.strides ? Dims(tensor.strides, tensor.strides + tensor.ndim) : dense_strides(shape);
  if (shape.numel() > 0 && !tensor.data) fail_null("tensor.data");
  char *first = static_cast<char *>(tensor.data) + tensor.byte_offset;
  check_aligned(first, type->dtype, "tensor");
  // Bytes from the first element to the last; a negative stride reaches back from it.
  int64_t last = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (strides[axis] > 0 && shape[axis] > 0) last += (shape[axis] - 1) * strides[axis];
  auto storage = make_ref<Storage>(Device{}, first, (last + 1) * dtype_size(type->dtype), nullptr, nullptr);
  if (managed.flags & kReadOnly) {
    auto copy = make_ref<NDArray>(shape, type->dtype);
    copy_values(NDArray(storage, shape, strides, 0, as_bytes(type->dtype)), *copy);
    delete_import(&managed);
    return copy;
  }
  auto array = make_ref<NDArray>(storage, shape, strides, 0, type->dtype);
  storage->on_release(delete_import, &managed);
  return array;
}

}  // namespace

cermet_status cermet_ndarray_to_dlpack(const cermet_ndarray *array, struct DLManagedTensorVersioned **out) {
  CERMET_ENTER(array, out);
  const NDArray &self = object(array);
  wait_to_read(*self.storage());
  self.storage()->expose();
  auto owner = std::make_unique<Export>();
  owner->array = share(array);
  owner->shape = self.shape();
  owner->strides = self.strides();
  auto &tensor = owner->tensor;
  tensor.version = {kMajor, 0};
  tensor.manager_ctx = owner.get();
  tensor.deleter = delete_export;
  tensor.dl_tensor = {self.data(),
                      {static_cast<int32_t>(self.device().type), self.device().id},
                      self.shape().ndim(),
                      {},
                      owner->shape.data(),
                      owner->strides.data(),
                      0};
  for (const TypeRow &row : kTypes)
    if (row.dtype == self.dtype()) tensor.dl_tensor.dtype = {row.code, row.bits, 1};
  *out = &owner.release()->tensor;
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_from_dlpack(struct DLManagedTensorVersioned *tensor, cermet_ndarray **out) {
  CERMET_ENTER(tensor, out);
  put(out, import(*tensor));
  CERMET_LEAVE();
}
