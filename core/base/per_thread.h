// SPDX-License-Identifier: Apache-2.0
// What each thread has for itself. A thread_local with a destructor would end the process in a thread that has no
// memory to register it; here that is an allocation that fails.
#pragma once

#include <memory>
#include <new>

#include <pthread.h>

namespace cermet {

// One pointer a thread. `at_end` gets it when its thread ends, unless it is null. Never destroyed: threads may go on
// while the process exits.
class ThreadKey {
 public:
  explicit ThreadKey(void (*at_end)(void *)) : valid_(pthread_key_create(&key_, at_end) == 0) {}
  void *get() const { return valid_ ? pthread_getspecific(key_) : nullptr; }
  // False if the system cannot keep it.
  bool set(void *value) const { return valid_ && pthread_setspecific(key_, value) == 0; }

 private:
  pthread_key_t key_;
  bool valid_;
};

// The thread's own T, made at first use.
template <class T, class... Args>
T &per_thread(const Args &...args) {
  static const ThreadKey key([](void *value) { delete static_cast<T *>(value); });
  if (void *known = key.get()) return *static_cast<T *>(known);
  auto fresh = std::make_unique<T>(args...);
  if (!key.set(fresh.get())) throw std::bad_alloc();
  return *fresh.release();
}

}  // namespace cermet
