// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace cermet {

// An operation in the queues of its storages. `pending` counts the storages that have not granted it yet.
struct Access::Task {
  Operation operation;
  int pending = 0;
  bool waited_for = false;  // a thread runs it itself once granted; else a worker does
};

namespace {

using Task = Access::Task;
using Failure = std::shared_ptr<const Error>;

struct Engine {
  std::mutex mutex;
  std::condition_variable granted;   // a waited-for task got all its storages, or all work is done
  std::condition_variable runnable;  // for the worker
  std::deque<Task *> ready;
  int64_t queued = 0;  // tasks that were given to workers and are not finished
  Failure unseen;      // first failure that nobody has looked at
  bool worker_started = false;
  std::atomic<Execution> mode{Execution::inline_};
};

// Never destroyed: arrays may be released while the process exits.
Engine &engine() {
  static auto *instance = new Engine;
  return *instance;
}

void unique_storages(Operation &operation) {
  auto by_address = [](const Ref<Storage> &a, const Ref<Storage> &b) { return a.get() < b.get(); };
  auto &writes = operation.writes;
  auto &reads = operation.reads;
  std::sort(writes.begin(), writes.end(), by_address);
  writes.erase(std::unique(writes.begin(), writes.end()), writes.end());
  std::sort(reads.begin(), reads.end(), by_address);
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
  // Writing includes reading.
  reads.erase(std::remove_if(reads.begin(), reads.end(),
                             [&](const Ref<Storage> &storage) {
                               return std::binary_search(writes.begin(), writes.end(), storage, by_address);
                             }),
              reads.end());
}

bool idle_for_read(const Access &access) { return !access.writing && access.waiting.empty(); }
bool idle_for_write(const Access &access) { return idle_for_read(access) && access.readers == 0; }

bool contains_storage(const std::vector<Ref<Storage>> &list, const Storage *storage) {
  return std::any_of(list.begin(), list.end(), [&](const Ref<Storage> &entry) { return entry.get() == storage; });
}

// All functions below are called with the engine's mutex held.

void take(Operation &operation) {
  for (auto &storage : operation.reads) ++storage->access.readers;
  for (auto &storage : operation.writes) storage->access.writing = true;
}

void grant(Task *task) {
  if (--task->pending > 0) return;
  if (task->waited_for) {
    engine().granted.notify_all();
  } else {
    engine().ready.push_back(task);
    engine().runnable.notify_one();
  }
}

// Lets the first waiting tasks of a storage in, as far as they may.
void advance(const Ref<Storage> &storage) {
  Access &access = storage->access;
  while (!access.waiting.empty() && !access.writing) {
    Task *task = access.waiting.front();
    bool writes = contains_storage(task->operation.writes, storage.get());
    if (writes && access.readers > 0) return;
    access.waiting.pop_front();
    if (writes)
      access.writing = true;
    else
      ++access.readers;
    grant(task);
    if (writes) return;
  }
}

// True if all storages were free and are taken now.
bool take_if_idle(Operation &operation) {
  for (auto &storage : operation.reads)
    if (!idle_for_read(storage->access)) return false;
  for (auto &storage : operation.writes)
    if (!idle_for_write(storage->access)) return false;
  take(operation);
  return true;
}

void enqueue(Task *task) {
  task->pending = 1;  // guards against being granted before it stands in all queues
  for (auto *list : {&task->operation.reads, &task->operation.writes})
    for (auto &storage : *list) {
      ++task->pending;
      storage->access.waiting.push_back(task);
    }
  for (auto *list : {&task->operation.reads, &task->operation.writes})
    for (auto &storage : *list) advance(storage);
  grant(task);
}

Failure failure_of_inputs(const Operation &operation) {
  for (auto &storage : operation.reads)
    if (storage->access.failure) return storage->access.failure;
  return nullptr;
}

void give_back(Operation &operation, const Failure &failure) {
  for (auto &storage : operation.writes) {
    storage->access.failure = failure;  // written anew: an older failure is history
    storage->bump_version();
    storage->access.writing = false;
  }
  for (auto &storage : operation.reads) --storage->access.readers;
  for (auto *list : {&operation.reads, &operation.writes})
    for (auto &storage : *list) advance(storage);
}

Failure current_failure(const char *name) {
  try {
    throw;
  } catch (Error &error) {
    error.at_op(name);
    return std::make_shared<const Error>(error);
  } catch (const std::bad_alloc &) {
    return std::make_shared<const Error>(Error(Status::out_of_memory, "memory", "the system gave none").at_op(name));
  } catch (const std::exception &error) {
    return std::make_shared<const Error>(Error(Status::internal, "", error.what()).at_op(name));
  }
}

void work() {
  Engine &e = engine();
  std::unique_lock<std::mutex> lock(e.mutex);
  for (;;) {
    e.runnable.wait(lock, [&] { return !e.ready.empty(); });
    std::unique_ptr<Task> task(e.ready.front());
    e.ready.pop_front();
    Failure failure = failure_of_inputs(task->operation);
    if (!failure) {
      lock.unlock();
      try {
        task->operation.body();
      } catch (...) {
        failure = current_failure(task->operation.name);
      }
      lock.lock();
      if (failure && !e.unseen) e.unseen = failure;
    }
    give_back(task->operation, failure);
    --e.queued;
    e.granted.notify_all();
    // The storages may be freed here, which needs no lock of ours but takes time.
    lock.unlock();
    task.reset();
    lock.lock();
  }
}

void throw_failure(const Failure &failure) {
  Engine &e = engine();
  if (e.unseen == failure) e.unseen = nullptr;
  throw *failure;
}

}  // namespace

void set_execution(Execution mode) { engine().mode.store(mode); }
Execution execution() { return engine().mode.load(std::memory_order_relaxed); }

void run_now(Operation operation) {
  Engine &e = engine();
  unique_storages(operation);
  std::unique_lock<std::mutex> lock(e.mutex);
  Task task;
  if (!take_if_idle(operation)) {
    task.operation = std::move(operation);
    task.waited_for = true;
    enqueue(&task);
    e.granted.wait(lock, [&] { return task.pending == 0; });
    operation = std::move(task.operation);
  }
  if (Failure failure = failure_of_inputs(operation)) {
    for (auto &storage : operation.reads)
      if (storage->access.failure == failure) storage->access.failure = nullptr;  // raised once
    give_back(operation, failure);
    for (auto &storage : operation.writes) storage->access.failure = nullptr;
    throw_failure(failure);
  }
  lock.unlock();
  try {
    operation.body();
  } catch (...) {
    // Whoever sees this failure is the caller; the values are spoiled only for those who asked for this call.
    lock.lock();
    give_back(operation, nullptr);
    throw;
  }
  lock.lock();
  give_back(operation, nullptr);
}

void submit(Operation operation) {
  Engine &e = engine();
  if (e.mode.load(std::memory_order_relaxed) != Execution::async) return run_now(std::move(operation));
  unique_storages(operation);
  auto task = std::make_unique<Task>();
  task->operation = std::move(operation);
  std::lock_guard<std::mutex> lock(e.mutex);
  if (!e.worker_started) {
    std::thread(work).detach();
    e.worker_started = true;
  }
  ++e.queued;
  enqueue(task.release());
}

void wait_to_read(const Storage &storage) {
  Engine &e = engine();
  auto &access = const_cast<Storage &>(storage).access;
  std::unique_lock<std::mutex> lock(e.mutex);
  if (!idle_for_read(access)) {
    lock.unlock();
    run_now({"wait", {Ref<Storage>::share(const_cast<Storage *>(&storage))}, {}, [] {}});
    lock.lock();
  }
  if (Failure failure = access.failure) {
    access.failure = nullptr;
    throw_failure(failure);
  }
}

void wait_all() {
  Engine &e = engine();
  std::unique_lock<std::mutex> lock(e.mutex);
  e.granted.wait(lock, [&] { return e.queued == 0; });
  if (Failure failure = e.unseen) throw_failure(failure);
}

}  // namespace cermet
