// SPDX-License-Identifier: Apache-2.0
// What every function of the C ABI goes through: exceptions become a status and the thread's error, NULL is refused by
// name, and handles turn into the objects they stand for.
//
//   cermet_status cermet_thing_do(cermet_thing *thing, const char *name, int32_t *out) {
//     CERMET_ENTER(thing, name, out);
//     *out = object(thing).do_it(name);
//     CERMET_LEAVE();
//   }
#pragma once

#include <atomic>
#include <mutex>
#include <span>

#include "autograd/recorder.h"
#include "base/error.h"
#include "cermet/cermet.h"
#include "graph/symbol.h"
#include "runtime/rng.h"
#include "schema/attrs.h"
#include "tensor/ndarray.h"

// Asserts that a value in the headers is the engine's.
#define CERMET_SAME(theirs, ours) static_assert(static_cast<int>(theirs) == static_cast<int>(ours))

namespace cermet::c_api {

// Puts the current exception into this thread's error slot and gives its status. Needs no memory when there is none.
cermet_status store_current_exception(const char *function) noexcept;

[[noreturn]] inline void fail_null(const char *argument) {
  throw Error(Status::invalid_argument, argument, "got NULL; want a valid pointer");
}

// Every kind of handle has a mark, which its objects bear from the moment they are given out: a handle of another kind
// is refused, and so is a released one as long as its memory holds nothing else.
inline constexpr std::string_view kHandles[] = {
    "cermet_arrays",  "cermet_attrs",     "cermet_bytes",    "cermet_calibrator", "cermet_def",
    "cermet_error",   "cermet_executor",  "cermet_loader",   "cermet_metric",     "cermet_model",
    "cermet_ndarray", "cermet_optimizer", "cermet_recorder", "cermet_rng",        "cermet_session",
    "cermet_specs",   "cermet_strings",   "cermet_symbol",   "cermet_trainer"};
inline constexpr uint32_t kFirstMark = 0xce470000;
consteval uint32_t mark_of(std::string_view handle) {
  for (uint32_t k = 0; k < std::size(kHandles); ++k)
    if (kHandles[k] == handle) return kFirstMark + k;
  throw "add it to kHandles";
}
[[noreturn]] void fail_handle(uint32_t got, uint32_t want, const std::string &argument);

// Specialised for each handle: the object behind it, and its mark.
template <class Handle>
struct HandleOf {};

template <class Pointer>
bool usable(const Pointer *pointer) {
  if (!pointer) return false;
  if constexpr (requires { HandleOf<Pointer>::kMark; })
    return HandleOf<Pointer>::object(pointer).mark() == HandleOf<Pointer>::kMark;
  return true;
}
template <class Result>
bool usable(Result (*callback)(void *)) {
  return callback != nullptr;
}
template <class Pointer>
[[noreturn]] void refuse(const Pointer *pointer, const std::string &argument) {
  if constexpr (requires { HandleOf<Pointer>::kMark; })
    if (pointer) fail_handle(HandleOf<Pointer>::object(pointer).mark(), HandleOf<Pointer>::kMark, argument);
  fail_null(argument.c_str());
}
template <class Result>
[[noreturn]] void refuse(Result (*)(void *), const std::string &argument) {
  fail_null(argument.c_str());
}

inline void check_pointers(const char *) {}
template <class... Pointers>
void check_pointers(const char *names, Pointers... pointers) {
  if ((... && usable(pointers))) return;
  // `names` is the text of the macro's arguments: find the one at fault.
  std::string list = names;
  size_t begin = 0;
  auto check = [&](auto pointer) {
    size_t end = list.find(',', begin);
    if (!usable(pointer)) refuse(pointer, list.substr(begin, end - begin));
    begin = list.find_first_not_of(' ', end + 1);
  };
  (check(pointers), ...);
}

// The object behind each kind of handle. `share` takes NULL.
#define CERMET_HANDLE(handle, Type)                                                                  \
  template <>                                                                                        \
  struct HandleOf<handle> {                                                                          \
    static constexpr uint32_t kMark = mark_of(#handle);                                              \
    static Type &object(const handle *pointer) {                                                     \
      return *const_cast<Type *>(reinterpret_cast<const Type *>(pointer));                           \
    }                                                                                                \
  };                                                                                                 \
  inline Type &object(handle *pointer) {                                                             \
    if (!usable(pointer)) refuse(pointer, std::string(#handle).substr(7));                           \
    return HandleOf<handle>::object(pointer);                                                        \
  }                                                                                                  \
  inline const Type &object(const handle *pointer) { return object(const_cast<handle *>(pointer)); } \
  inline Ref<Type> share(const handle *pointer) {                                                    \
    return Ref<Type>::share(pointer ? &object(const_cast<handle *>(pointer)) : nullptr);             \
  }

// Defines the _retain and _release functions of a handle. What is no such handle is left alone.
#define CERMET_COUNTED(handle, Type)                                                             \
  static_assert(!std::is_polymorphic_v<Type>, "the mark must lie where it lies in all objects"); \
  void handle##_retain(handle *pointer) {                                                        \
    if (usable(pointer)) HandleOf<handle>::object(pointer).retain();                             \
  }                                                                                              \
  void handle##_release(handle *pointer) {                                                       \
    if (usable(pointer)) Ref<Type>::adopt(&HandleOf<handle>::object(pointer));                   \
  }

#define CERMET_ENTER(...) \
  try {                   \
  check_pointers(#__VA_ARGS__ __VA_OPT__(, ) __VA_ARGS__)
#define CERMET_LEAVE()                        \
  return CERMET_OK;                           \
  }                                           \
  catch (...) {                               \
    return store_current_exception(__func__); \
  }                                           \
  static_assert(true)

// A new reference for the caller.
template <class Handle, class Type>
void put(Handle **out, Ref<Type> ref) {
  ref->set_mark(HandleOf<Handle>::kMark);
  *out = reinterpret_cast<Handle *>(ref.detach());
}

// A call's turn at an object that serves one thread at a time: a second thread is refused, since waiting for the first
// would hide the mistake.
class Exclusive {
 public:
  Exclusive(const RefCounted &object, const char *argument) : object_(object) {
    if (!object.try_enter())
      throw Error(Status::invalid_argument, argument, "is in use by another thread; want one thread at a time");
  }
  ~Exclusive() { object_.leave(); }
  Exclusive(const Exclusive &) = delete;

 private:
  const RefCounted &object_;
};

// Owned lists and bytes.
struct Strings : RefCounted {
  explicit Strings(std::vector<std::string> list) : values(std::move(list)) {}
  std::vector<std::string> values;
};
struct Bytes : RefCounted {
  explicit Bytes(std::string content) : data(std::move(content)) {}
  std::string data;
};
struct AttrsHandle : RefCounted {
  explicit AttrsHandle(const Definition &definition) : def(definition) {}
  const Definition &def;
  AttrList given;
  // The values as the engine uses them; made at first use after a change.
  const Attrs &values();

 private:
  friend void set_attr(cermet_attrs *, const char *, AttrValue);
  Attrs parsed_;
  std::atomic<bool> fresh_{false};
  std::mutex mutex_;
};
struct Specs : RefCounted {
  struct Item {
    std::string name;
    Shape shape;
    DType dtype;
  };
  std::vector<Item> items;
};

CERMET_HANDLE(cermet_ndarray, NDArray)
CERMET_HANDLE(cermet_symbol, Symbol)
CERMET_HANDLE(cermet_recorder, Recorder)
CERMET_HANDLE(cermet_rng, Rng)
CERMET_HANDLE(cermet_strings, Strings)
CERMET_HANDLE(cermet_bytes, Bytes)
CERMET_HANDLE(cermet_attrs, AttrsHandle)
CERMET_HANDLE(cermet_specs, Specs)
CERMET_HANDLE(cermet_def, Definition)

// Element `index` of a list that a handle holds; throws if there is none.
template <class List>
const auto &element_at(const List &list, int32_t index) {
  auto size = static_cast<int32_t>(list.size());
  if (index < 0 || index >= size)
    throw Error(Status::invalid_argument, "index", "got ", index, "; want 0 to ", size - 1);
  return list[static_cast<size_t>(index)];
}

bool flag_of(int32_t value, const char *argument);

// A name or text that is kept: files could not hold it if it were not UTF-8.
std::string text_of(const char *text, const char *argument);

// Arguments that come as pointer and count.
int32_t check_count(int32_t count, const char *argument);
void check_aligned(const void *data, DType dtype, const char *argument);
std::string_view bytes_of(const void *data, int64_t nbytes);
Dims dims_of(const int64_t *values, int32_t count, const char *argument);
Shape shape_of(const int64_t *shape, int32_t ndim);
std::vector<std::string> names_of(const char *const *names, int32_t num_names);
// Arrays, of which some may be NULL if `nullable`.
std::vector<ArrayRef> arrays_of(cermet_ndarray *const *arrays, int32_t num_arrays, const char *argument, bool nullable);
// The same into a list of that length.
void share_arrays(cermet_ndarray *const *arrays, int32_t num_arrays, const char *argument, bool nullable,
                  std::span<ArrayRef> out);
DType dtype_of_code(cermet_dtype dtype);
// As values of others are read: their bools may be any bytes, of which all but 0 are true.
inline DType as_bytes(DType dtype) { return dtype == DType::bool_ ? DType::uint8 : dtype; }
Device device_of(cermet_device device, int32_t device_id);
GradReq grad_req_of(cermet_grad_req grad_req);
// The definition if it is of this kind; throws otherwise.
const Definition &definition_of(const cermet_def *def, Kind kind);
// Values of `attrs`, or the definition's defaults if it is NULL. Throws if they belong to another definition.
Attrs attrs_of(const Definition &def, const cermet_attrs *attrs);
AttrList attr_list_of(const Definition &def, const cermet_attrs *attrs);
// The same for a call with this many inputs, which some operators keep in an attribute.
Attrs call_attrs(const Definition &def, const cermet_attrs *attrs, int32_t num_inputs);

}  // namespace cermet::c_api
