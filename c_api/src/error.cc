// SPDX-License-Identifier: Apache-2.0
// The thread's error slot. Keeping an error in it needs no allocation, and a thread that ends leaves nothing behind.
#include <cstring>
#include <new>

#include "base/per_thread.h"
#include "guard.h"

using namespace cermet;
using namespace cermet::c_api;

namespace cermet::c_api {
struct StoredError : RefCounted {
  cermet_status status = CERMET_OK;
  std::string message, text_template, op, argument, node;
  std::vector<Dims> shapes;
};

CERMET_HANDLE(cermet_error, StoredError)
}  // namespace cermet::c_api

namespace {

constexpr size_t kMaxMessage = 4096;

// What is given when there is no memory for a real one; its count never reaches zero.
StoredError &out_of_memory_error() {
  static StoredError *error = [] {
    alignas(StoredError) static char place[sizeof(StoredError)];
    auto *fresh = new (place) StoredError;
    fresh->status = CERMET_OUT_OF_MEMORY;
    return fresh;
  }();
  return *error;
}
const char *const kOutOfMemory = "out of memory";

void release(void *error) { Ref<StoredError>::adopt(static_cast<StoredError *>(error)); }

// Owns one reference, or is null.
const ThreadKey slot(release);
StoredError *kept() { return static_cast<StoredError *>(slot.get()); }

void keep(StoredError *fresh) {
  fresh->set_mark(HandleOf<cermet_error>::kMark);
  StoredError *old = kept();
  if (!slot.set(fresh)) return release(fresh);  // the status has to do
  if (old) release(old);
}

// Null for what is no error.
const StoredError *stored(const cermet_error *error) { return usable(error) ? &object(error) : nullptr; }

const char *message_of(const StoredError &error) {
  return &error == &out_of_memory_error() ? kOutOfMemory : error.message.c_str();
}

cermet_status store(const char *function, Error &error) {
  if (error.op.empty()) error.at_op(function);
  auto fresh = make_ref<StoredError>();
  fresh->status = static_cast<cermet_status>(error.status);
  fresh->message = printable(error.message(), kMaxMessage);
  fresh->text_template = printable(error.message_template(), kMaxMessage);
  fresh->op = printable(error.op, 256);
  fresh->argument = printable(error.argument, 256);
  fresh->node = printable(error.node, 256);
  fresh->shapes = std::move(error.shapes);
  keep(fresh.detach());
  return static_cast<cermet_status>(error.status);
}

}  // namespace

namespace cermet::c_api {

cermet_status store_current_exception(const char *function) noexcept {
  try {
    try {
      throw;
    } catch (const Error &error) {
      Error copy = error;
      return store(function, copy);
    } catch (const std::bad_alloc &) {
      throw;
    } catch (const std::length_error &) {
      throw std::bad_alloc();
    } catch (const std::exception &error) {
      Error wrapped(Status::internal, "", error.what());
      return store(function, wrapped);
    } catch (...) {
      Error wrapped(Status::internal, "", "an unknown exception");
      return store(function, wrapped);
    }
  } catch (...) {
    out_of_memory_error().retain();
    keep(&out_of_memory_error());
    return CERMET_OUT_OF_MEMORY;
  }
}

}  // namespace cermet::c_api

cermet_error *cermet_error_take(void) {
  StoredError *error = kept();
  if (error) slot.set(nullptr);
  return reinterpret_cast<cermet_error *>(error);
}

const char *cermet_error_last_message(void) { return kept() ? message_of(*kept()) : ""; }

CERMET_COUNTED(cermet_error, StoredError)

cermet_status cermet_error_status(const cermet_error *error) {
  return stored(error) ? stored(error)->status : CERMET_OK;
}
const char *cermet_error_message(const cermet_error *error) { return stored(error) ? message_of(*stored(error)) : ""; }
const char *cermet_error_op(const cermet_error *error) { return stored(error) ? stored(error)->op.c_str() : ""; }
const char *cermet_error_argument(const cermet_error *error) {
  return stored(error) ? stored(error)->argument.c_str() : "";
}
const char *cermet_error_node(const cermet_error *error) { return stored(error) ? stored(error)->node.c_str() : ""; }
const char *cermet_error_template(const cermet_error *error) {
  const StoredError *self = stored(error);
  if (!self) return "";
  return self == &out_of_memory_error() ? kOutOfMemory : self->text_template.c_str();
}
int32_t cermet_error_num_shapes(const cermet_error *error) {
  return stored(error) ? static_cast<int32_t>(stored(error)->shapes.size()) : 0;
}
const int64_t *cermet_error_shape(const cermet_error *error, int32_t index, int32_t *out_ndim) {
  if (out_ndim) *out_ndim = 0;
  if (index < 0 || index >= cermet_error_num_shapes(error)) return nullptr;
  const Dims &shape = stored(error)->shapes[static_cast<size_t>(index)];
  if (out_ndim) *out_ndim = static_cast<int32_t>(shape.size());
  return shape.data();
}
