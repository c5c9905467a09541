// SPDX-License-Identifier: Apache-2.0
// cermet/base.h: version, names of values, owned strings and bytes; what must not move is asserted here.
#include "guard.h"

using namespace cermet;
using namespace cermet::c_api;

// What must not move.
CERMET_SAME(CERMET_OK, Status::ok);
CERMET_SAME(CERMET_INVALID_ARGUMENT, Status::invalid_argument);
CERMET_SAME(CERMET_SHAPE, Status::shape);
CERMET_SAME(CERMET_DTYPE, Status::dtype);
CERMET_SAME(CERMET_NOT_FOUND, Status::not_found);
CERMET_SAME(CERMET_UNSUPPORTED, Status::unsupported);
CERMET_SAME(CERMET_OUT_OF_MEMORY, Status::out_of_memory);
CERMET_SAME(CERMET_LIMIT, Status::limit);
CERMET_SAME(CERMET_CORRUPT, Status::corrupt);
CERMET_SAME(CERMET_IO, Status::io);
CERMET_SAME(CERMET_DEVICE, Status::device);
CERMET_SAME(CERMET_CANCELLED, Status::cancelled);
CERMET_SAME(CERMET_TIMEOUT, Status::timeout);
CERMET_SAME(CERMET_PEER_LOST, Status::peer_lost);
CERMET_SAME(CERMET_CLOSED, Status::closed);
CERMET_SAME(CERMET_INTERNAL, Status::internal);
CERMET_SAME(CERMET_FLOAT32, DType::float32);
CERMET_SAME(CERMET_FLOAT64, DType::float64);
CERMET_SAME(CERMET_FLOAT16, DType::float16);
CERMET_SAME(CERMET_UINT8, DType::uint8);
CERMET_SAME(CERMET_INT32, DType::int32);
CERMET_SAME(CERMET_INT8, DType::int8);
CERMET_SAME(CERMET_INT64, DType::int64);
CERMET_SAME(CERMET_BOOL, DType::bool_);
CERMET_SAME(CERMET_BFLOAT16, DType::bfloat16);
CERMET_SAME(CERMET_CPU, DeviceType::cpu);
CERMET_SAME(CERMET_CUDA, DeviceType::cuda);
CERMET_SAME(CERMET_GRAD_NULL, GradReq::null);
CERMET_SAME(CERMET_GRAD_WRITE, GradReq::write);
CERMET_SAME(CERMET_GRAD_ADD, GradReq::add);
CERMET_SAME(CERMET_KIND_OPERATOR, Kind::op);
CERMET_SAME(CERMET_KIND_LAYER, Kind::layer);
CERMET_SAME(CERMET_KIND_OPTIMIZER, Kind::optimizer);
CERMET_SAME(CERMET_KIND_METRIC, Kind::metric);
CERMET_SAME(CERMET_KIND_INITIALIZER, Kind::initializer);
CERMET_SAME(CERMET_KIND_SCHEDULE, Kind::schedule);
static_assert(CERMET_VERSION == CERMET_VERSION_MAJOR * 10000 + CERMET_VERSION_MINOR * 100 + CERMET_VERSION_PATCH);

int32_t cermet_version(void) { return CERMET_VERSION; }

const char *cermet_status_name(cermet_status status) {
  static const char *names[] = {
      "ok", "invalid_argument", "shape",     "dtype",   "not_found", "unsupported", "out_of_memory", "limit", "corrupt",
      "io", "device",           "cancelled", "timeout", "peer_lost", "closed",      "internal"};
  return status >= 0 && status <= CERMET_INTERNAL ? names[status] : "unknown";
}

const char *cermet_dtype_name(cermet_dtype dtype) { return dtype_name(static_cast<DType>(dtype)); }

const char *cermet_device_name(cermet_device device) {
  return device == CERMET_CPU ? "cpu" : device == CERMET_CUDA ? "cuda" : "unknown";
}

int32_t cermet_dtype_size(cermet_dtype dtype) { return static_cast<int32_t>(dtype_size(static_cast<DType>(dtype))); }

cermet_status cermet_dtype_from_name(const char *name, cermet_dtype *out) {
  CERMET_ENTER(name, out);
  *out = static_cast<cermet_dtype>(dtype_from_name(name));
  CERMET_LEAVE();
}

CERMET_COUNTED(cermet_strings, Strings)
CERMET_COUNTED(cermet_bytes, Bytes)

cermet_status cermet_strings_size(const cermet_strings *strings, int32_t *out) {
  CERMET_ENTER(strings, out);
  *out = static_cast<int32_t>(object(strings).values.size());
  CERMET_LEAVE();
}

cermet_status cermet_strings_get(const cermet_strings *strings, int32_t index, const char **out) {
  CERMET_ENTER(strings, out);
  *out = element_at(object(strings).values, index).c_str();
  CERMET_LEAVE();
}

cermet_status cermet_bytes_data(const cermet_bytes *bytes, const void **out_data, int64_t *out_nbytes) {
  CERMET_ENTER(bytes, out_data, out_nbytes);
  *out_data = object(bytes).data.data();
  *out_nbytes = static_cast<int64_t>(object(bytes).data.size());
  CERMET_LEAVE();
}

cermet_status cermet_bytes_text(const cermet_bytes *bytes, const char **out) {
  CERMET_ENTER(bytes, out);
  *out = object(bytes).data.c_str();
  CERMET_LEAVE();
}
