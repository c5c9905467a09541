// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

#include "base/utf8.h"
#include "schema/placement.h"

namespace cermet::c_api {

void fail_handle(uint32_t got, uint32_t want, const std::string &argument) {
  const auto &wanted = kHandles[want - kFirstMark];
  if (got >= kFirstMark && got - kFirstMark < std::size(kHandles))
    throw Error(Status::invalid_argument, argument, "got a ", kHandles[got - kFirstMark], "; want a ", wanted);
  throw Error(Status::closed, argument, "got a handle that was released; want a ", wanted);
}

bool flag_of(int32_t value, const char *argument) {
  if (value != 0 && value != 1) throw Error(Status::invalid_argument, argument, "got ", value, "; want 0 or 1");
  return value == 1;
}

std::string text_of(const char *text, const char *argument) {
  if (!is_utf8(text)) throw Error(Status::invalid_argument, argument, "got ", quoted(text), "; want UTF-8");
  return text;
}

int32_t check_count(int32_t count, const char *argument) {
  if (count < 0) throw Error(Status::invalid_argument, argument, "got ", count, "; want at least 0");
  return count;
}

void check_aligned(const void *data, DType dtype, const char *argument) {
  if (reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(dtype_size(dtype)) != 0)
    throw Error(Status::invalid_argument, argument, "got an address that is not aligned to ", dtype_size(dtype),
                " bytes");
}

std::string_view bytes_of(const void *data, int64_t nbytes) {
  if (nbytes < 0) throw Error(Status::invalid_argument, "nbytes", "got ", nbytes, "; want at least 0");
  return {static_cast<const char *>(data), static_cast<size_t>(nbytes)};
}

Dims dims_of(const int64_t *values, int32_t count, const char *argument) {
  check_count(count, argument);
  if (count > 0 && !values) fail_null(argument);
  return Dims(values, values + count);
}

Shape shape_of(const int64_t *shape, int32_t ndim) {
  check_count(ndim, "ndim");
  if (ndim > kMaxRank) throw Error(Status::shape, "shape", "got rank ", ndim, "; want at most ", kMaxRank);
  return Shape(dims_of(shape, ndim, "shape"));
}

std::vector<std::string> names_of(const char *const *names, int32_t num_names) {
  check_count(num_names, "num_names");
  if (num_names > 0 && !names) fail_null("names");
  std::vector<std::string> out;
  for (int32_t k = 0; k < num_names; ++k) {
    if (!names[k]) fail_null(cat("names[", k, "]").c_str());
    out.push_back(text_of(names[k], cat("names[", k, "]").c_str()));
  }
  return out;
}

std::vector<ArrayRef> arrays_of(cermet_ndarray *const *arrays, int32_t num_arrays, const char *argument,
                                bool nullable) {
  check_count(num_arrays, argument);
  if (num_arrays > 0 && !arrays) fail_null(argument);
  std::vector<ArrayRef> out(static_cast<size_t>(num_arrays));
  share_arrays(arrays, num_arrays, argument, nullable, out);
  return out;
}

void share_arrays(cermet_ndarray *const *arrays, int32_t num_arrays, const char *argument, bool nullable,
                  std::span<ArrayRef> out) {
  if (num_arrays > 0 && !arrays) fail_null(argument);
  for (int32_t k = 0; k < num_arrays; ++k) {
    if (arrays[k] ? !usable(arrays[k]) : !nullable) refuse(arrays[k], cat(argument, "[", k, "]"));
    out[static_cast<size_t>(k)] = share(arrays[k]);
  }
}

DType dtype_of_code(cermet_dtype dtype) {
  if (!is_dtype(static_cast<int>(dtype)))
    throw Error(Status::invalid_argument, "dtype", "got ", static_cast<int>(dtype), "; want a value of cermet_dtype");
  return static_cast<DType>(dtype);
}

Device device_of(cermet_device device, int32_t device_id) {
  Device out{static_cast<DeviceType>(device), device_id};
  check_device(out);
  return out;
}

GradReq grad_req_of(cermet_grad_req grad_req) {
  if (grad_req != CERMET_GRAD_NULL && grad_req != CERMET_GRAD_WRITE && grad_req != CERMET_GRAD_ADD)
    throw Error(Status::invalid_argument, "grad_req", "got ", static_cast<int>(grad_req), "; want 0, 1 or 3");
  return static_cast<GradReq>(grad_req);
}

const Definition &definition_of(const cermet_def *def, Kind kind) {
  const Definition &out = object(def);
  if (out.kind != kind)
    throw Error(Status::invalid_argument, "def", "got ", kind_name(out.kind), " ", quoted(out.name), "; want ",
                kind == Kind::op || kind == Kind::optimizer || kind == Kind::initializer ? "an " : "a ",
                kind_name(kind));
  return out;
}

AttrList attr_list_of(const Definition &def, const cermet_attrs *attrs) {
  if (!attrs) return {};
  if (&object(attrs).def != &def)
    throw Error(Status::invalid_argument, "attrs", "got attributes of ", quoted(object(attrs).def.name),
                "; want those of ", quoted(def.name));
  return object(attrs).given;
}

Attrs attrs_of(const Definition &def, const cermet_attrs *attrs) {
  if (!attrs) return Attrs(def, {});
  attr_list_of(def, attrs);
  return object(const_cast<cermet_attrs *>(attrs)).values();
}

Attrs call_attrs(const Definition &def, const cermet_attrs *attrs, int32_t num_inputs) {
  if (def.count_attr.empty()) return attrs_of(def, attrs);
  return Attrs(def, with_count(def, attr_list_of(def, attrs), static_cast<size_t>(num_inputs)));
}

const Attrs &AttrsHandle::values() {
  if (!fresh_.load(std::memory_order_acquire)) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!fresh_.load(std::memory_order_relaxed)) {
      parsed_ = Attrs(def, given);
      fresh_.store(true, std::memory_order_release);
    }
  }
  return parsed_;
}

}  // namespace cermet::c_api
