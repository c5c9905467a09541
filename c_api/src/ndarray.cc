// SPDX-License-Identifier: Apache-2.0
// cermet/ndarray.h, but for DLPack and files.
#include "guard.h"
#include "runtime/engine.h"
#include "runtime/invoke.h"
#include "runtime/ordered_copy.h"

using namespace cermet;
using namespace cermet::c_api;

CERMET_COUNTED(cermet_ndarray, NDArray)

namespace {

void check_nbytes(int64_t nbytes, const Shape &shape, DType dtype) {
  check_shape(shape, dtype);
  int64_t wanted = shape.numel() * dtype_size(dtype);
  if (nbytes != wanted)
    throw Error(Status::invalid_argument, "nbytes", "got ", nbytes, "; want ", wanted, " for shape ", shape, " of ",
                dtype);
}

// A dense array over memory that is the caller's for the time of the call.
ArrayRef borrowed(const void *data, const Shape &shape, DType dtype) {
  int64_t nbytes = shape.numel() * dtype_size(dtype);
  auto storage = make_ref<Storage>(Device{}, const_cast<void *>(data), nbytes, nullptr, nullptr);
  return make_ref<NDArray>(std::move(storage), shape, dtype);
}

}  // namespace

cermet_status cermet_ndarray_create(const int64_t *shape, int32_t ndim, cermet_dtype dtype, cermet_device device,
                                    int32_t device_id, cermet_ndarray **out) {
  CERMET_ENTER(out);
  auto array = make_ref<NDArray>(shape_of(shape, ndim), dtype_of_code(dtype), device_of(device, device_id));
  fill_zero(*array);
  put(out, std::move(array));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_from_data(const void *data, int64_t nbytes, const int64_t *shape, int32_t ndim,
                                       cermet_dtype dtype, cermet_ndarray **out) {
  CERMET_ENTER(out);
  Shape dims = shape_of(shape, ndim);
  check_nbytes(nbytes, dims, dtype_of_code(dtype));
  if (nbytes > 0 && !data) fail_null("data");
  auto array = make_ref<NDArray>(dims, dtype_of_code(dtype));
  if (nbytes > 0) copy_values(*borrowed(data, dims, as_bytes(dtype_of_code(dtype))), *array);
  put(out, std::move(array));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_from_memory(void *data, int64_t nbytes, const int64_t *shape, int32_t ndim,
                                         cermet_dtype dtype, void (*payload_free)(void *payload), void *payload,
                                         cermet_ndarray **out) {
  CERMET_ENTER(data, out);
  Shape dims = shape_of(shape, ndim);
  DType type = dtype_of_code(dtype);
  check_nbytes(nbytes, dims, type);
  check_aligned(data, type, "data");
  // The release function is armed last: on failure the memory stays the caller's.
  auto storage = make_ref<Storage>(Device{}, data, nbytes, nullptr, nullptr);
  auto array = make_ref<NDArray>(storage, dims, type);
  storage->on_release(payload_free, payload);
  put(out, std::move(array));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_shape(const cermet_ndarray *array, const int64_t **out_shape, int32_t *out_ndim) {
  CERMET_ENTER(array, out_shape, out_ndim);
  const Shape &shape = object(array).shape();
  *out_shape = shape.empty() ? nullptr : shape.data();
  *out_ndim = shape.ndim();
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_dtype(const cermet_ndarray *array, cermet_dtype *out) {
  CERMET_ENTER(array, out);
  *out = static_cast<cermet_dtype>(object(array).dtype());
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_device(const cermet_ndarray *array, cermet_device *out, int32_t *out_device_id) {
  CERMET_ENTER(array, out, out_device_id);
  *out = static_cast<cermet_device>(object(array).device().type);
  *out_device_id = object(array).device().id;
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_size(const cermet_ndarray *array, int64_t *out) {
  CERMET_ENTER(array, out);
  *out = object(array).numel();
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_nbytes(const cermet_ndarray *array, int64_t *out) {
  CERMET_ENTER(array, out);
  *out = object(array).nbytes();
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_is_dense(const cermet_ndarray *array, int32_t *out) {
  CERMET_ENTER(array, out);
  *out = object(array).dense();
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_notify(const cermet_ndarray *array, void (*callback)(void *payload), void *payload) {
  CERMET_ENTER(array, callback);
  notify(object(array).storage(), callback, payload);
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_wait(const cermet_ndarray *array) {
  CERMET_ENTER(array);
  wait_to_read(*object(array).storage());
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_read(const cermet_ndarray *array, void *data, int64_t nbytes) {
  CERMET_ENTER(array);
  const NDArray &source = object(array);
  check_nbytes(nbytes, source.shape(), source.dtype());
  if (nbytes > 0 && !data) fail_null("data");
  wait_to_read(*source.storage());
  if (nbytes > 0) ordered_copy(source, *borrowed(data, source.shape(), source.dtype()));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_write(cermet_ndarray *array, const void *data, int64_t nbytes) {
  CERMET_ENTER(array);
  const NDArray &destination = object(array);
  check_nbytes(nbytes, destination.shape(), destination.dtype());
  if (nbytes > 0 && !data) fail_null("data");
  if (nbytes > 0) ordered_copy(*borrowed(data, destination.shape(), as_bytes(destination.dtype())), destination);
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_copy_to(const cermet_ndarray *array, cermet_ndarray *destination) {
  CERMET_ENTER(array, destination);
  if (!(object(array).shape() == object(destination).shape()))
    throw Error(Status::shape, "destination", "got ", object(destination).shape(), "; want ", object(array).shape());
  ordered_copy(object(array), object(destination));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_copy(const cermet_ndarray *array, cermet_ndarray **out) {
  CERMET_ENTER(array, out);
  const NDArray &source = object(array);
  auto fresh = make_ref<NDArray>(source.shape(), source.dtype(), source.device());
  ordered_copy(source, *fresh);
  put(out, std::move(fresh));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_data(cermet_ndarray *array, void **out) {
  CERMET_ENTER(array, out);
  const NDArray &self = object(array);
  if (!self.dense()) throw Error(Status::unsupported, "array", "got a view with strides; want a dense array");
  if (self.device().type != DeviceType::cpu)
    throw Error(Status::unsupported, "array", "got an array on ", self.device(), "; want one on the CPU");
  wait_to_read(*self.storage());
  self.storage()->expose();
  *out = self.data();
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_slice(const cermet_ndarray *array, const int64_t *begin, const int64_t *end,
                                   const int64_t *step, int32_t num_axes, cermet_ndarray **out) {
  CERMET_ENTER(array, out);
  put(out, slice_view(object(array), dims_of(begin, num_axes, "begin"), dims_of(end, num_axes, "end"),
                      dims_of(step, num_axes, "step")));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_reshape(const cermet_ndarray *array, const int64_t *shape, int32_t ndim,
                                     cermet_ndarray **out) {
  CERMET_ENTER(array, out);
  put(out, reshape_view(object(array), shape_of(shape, ndim)));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_transpose(const cermet_ndarray *array, const int64_t *axes, int32_t num_axes,
                                       cermet_ndarray **out) {
  CERMET_ENTER(array, out);
  put(out, transpose_view(object(array), dims_of(axes, num_axes, "axes")));
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_attach_grad(cermet_ndarray *array, cermet_grad_req grad_req) {
  CERMET_ENTER(array);
  NDArray &self = object(array);
  GradReq request = grad_req_of(grad_req);
  if (request == GradReq::null) {
    self.grad = nullptr;
  } else {
    if (!is_float(self.dtype()))
      throw Error(Status::dtype, "array", "got ", self.dtype(), "; want a floating-point dtype");
    auto grad = make_ref<NDArray>(self.shape(), self.dtype(), self.device());
    fill_zero(*grad);
    self.grad = std::move(grad);
  }
  self.grad_req = request;
  CERMET_LEAVE();
}

cermet_status cermet_ndarray_grad(const cermet_ndarray *array, cermet_ndarray **out) {
  CERMET_ENTER(array, out);
  if (!object(array).grad) throw Error(Status::not_found, "array", "has no gradient attached");
  put(out, object(array).grad);
  CERMET_LEAVE();
}
