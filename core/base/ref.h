// SPDX-License-Identifier: Apache-2.0
// Intrusive reference counting: the owner of everything that has a handle in the C ABI or is shared inside the engine.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace cermet {

// Base of counted objects. A new object starts with one reference, which `adopt` takes over. The mark tells a caller's
// handle from one of another kind or a released one.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted &) = delete;
  RefCounted &operator=(const RefCounted &) = delete;

  void retain() const { count_.fetch_add(1, std::memory_order_relaxed); }
  // True when the caller held the last reference and must destroy the object.
  bool drop() const { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  bool unique() const { return count_.load(std::memory_order_acquire) == 1; }

  uint32_t mark() const { return mark_.load(std::memory_order_relaxed); }
  void set_mark(uint32_t mark) const { mark_.store(mark, std::memory_order_relaxed); }
  // For objects that serve one thread at a time: false if another one has it.
  bool try_enter() const { return !entered_.exchange(true, std::memory_order_acquire); }
  void leave() const { entered_.store(false, std::memory_order_release); }

 protected:
  ~RefCounted() { set_mark(0); }

 private:
  mutable std::atomic<int64_t> count_{1};
  mutable std::atomic<uint32_t> mark_{0};
  mutable std::atomic<bool> entered_{false};
};

// Frees an object whose last reference is gone. Types with deep ownership chains overload it (found by
// argument-dependent lookup), so that releasing a long chain does not recurse.
template <class T>
void destroy(T *object) {
  delete object;
}

template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  static Ref adopt(T *object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  static Ref share(T *object) {
    if (object) object->retain();
    return adopt(object);
  }
  Ref(const Ref &other) : object_(other.object_) {
    if (object_) object_->retain();
  }
  Ref(Ref &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref &operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ && object_->drop()) destroy(object_);
  }

  T *get() const { return object_; }
  T *operator->() const { return object_; }
  T &operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const Ref &other) const { return object_ == other.object_; }
  // Gives the reference away, to be adopted by someone else.
  T *detach() { return std::exchange(object_, nullptr); }

 private:
  T *object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_ref(Args &&...args) {
  return Ref<T>::adopt(new T(std::forward<Args>(args)...));
}

}  // namespace cermet
