// SPDX-License-Identifier: Apache-2.0
// One lock guards all queues; it is held for a few instructions at a time.
#include "runtime/engine.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/process.h"

namespace cermet {

// An operation in the queues of its storages. `pending` counts the storages that have not granted it yet.
struct Access::Task {
  Uses uses;
  int pending = 0;
  std::function<void()> body;  // for the worker; empty: a thread waits for its turn
  const char *name = "";
  bool always = false;  // runs even if its inputs failed
  Task *next_ready = nullptr;
  Task *previous = nullptr, *next = nullptr;  // among all unfinished tasks of the worker
};

namespace {

using Task = Access::Task;
using Failure = std::shared_ptr<const Error>;

// Chains items that have `previous` and `next`.
template <class T>
void link(T *&first, T *item) {
  item->previous = nullptr;
  item->next = first;
  if (first) first->previous = item;
  first = item;
}
template <class T>
void unlink(T *&first, T *item) {
  (item->previous ? item->previous->next : first) = item->next;
  if (item->next) item->next->previous = item->previous;
}

struct Engine {
  const uint64_t process = process_number();
  std::mutex mutex;
  std::condition_variable granted;   // a waiting thread got all its storages, or a queued task is done
  std::condition_variable runnable;  // for the worker
  Task *first_ready = nullptr, *last_ready = nullptr;
  Task *tasks = nullptr;  // given to the worker and not finished
  Turn *turns = nullptr;  // of threads that run an operation themselves, or wait to
  Failure unseen;         // first failure that nobody has looked at
  // Made beforehand: when it is wanted, there is no memory to make it.
  const Failure out_of_memory =
      std::make_shared<const Error>(Error(Status::out_of_memory, "memory", "the system gave none"));
  bool worker_started = false;
};

std::atomic<Execution> mode{Execution::inline_};
std::atomic<Engine *> instance{nullptr};  // never destroyed: arrays may be released while the process exits

Engine &engine() {
  Engine *known = instance.load(std::memory_order_acquire);
  if (known) return *known;
  auto *fresh = new Engine;
  if (instance.compare_exchange_strong(known, fresh)) return *fresh;
  delete fresh;
  return *known;
}

void abandon(const Uses &uses) {
  for (const Uses::Use &use : uses) {
    Access &access = use.storage->access;
    if (use.writes())
      access.failure = std::make_shared<const Error>(
          Error(Status::cancelled, "array", "was being computed when the process was forked"));
    access.readers = 0;
    access.writing = false;
    access.waiting = nullptr;
  }
}

// In a forked child: neither the worker exists here, nor the threads that were waiting or running, nor whoever held the
// lock. What they were about to write is lost.
void start_anew(Engine &parents) {
  auto *fresh = new Engine;
  std::unique_lock<std::mutex> lock(fresh->mutex);
  Engine *expected = &parents;
  if (!instance.compare_exchange_strong(expected, fresh)) {
    lock.unlock();
    delete fresh;
    return;
  }
  for (Task *task = parents.tasks; task; task = task->next) abandon(task->uses);
  for (Turn *turn = parents.turns; turn; turn = turn->next) abandon(turn->uses());
}

// The engine with its lock held; a new one in a forked child.
class Locked {
 public:
  Locked() {
    for (;;) {
      engine_ = &engine();
      if (engine_->process == process_number()) break;
      start_anew(*engine_);
    }
    lock_ = std::unique_lock<std::mutex>(engine_->mutex);
  }
  Engine *operator->() const { return engine_; }
  Engine &operator*() const { return *engine_; }
  std::unique_lock<std::mutex> &lock() { return lock_; }

 private:
  Engine *engine_;
  std::unique_lock<std::mutex> lock_;
};

// ---- Called with the lock held.

bool awaited(const Access &access) { return access.waiting && !access.waiting->empty(); }

bool idle_for(const Access &access, UseMode use) {
  return !access.writing && !awaited(access) && (use == UseMode::read || access.readers == 0);
}

void enter(Access &access, UseMode use) {
  if (use == UseMode::read)
    ++access.readers;
  else
    access.writing = true;
}

// True if all storages were free and are taken now.
bool take_if_idle(const Uses &uses) {
  for (const Uses::Use &use : uses)
    if (!idle_for(use.storage->access, use.mode)) return false;
  for (const Uses::Use &use : uses) enter(use.storage->access, use.mode);
  return true;
}

void grant(Engine &e, Task *task) {
  if (--task->pending > 0) return;
  if (!task->body) return e.granted.notify_all();
  (e.first_ready ? e.last_ready->next_ready : e.first_ready) = task;
  e.last_ready = task;
  e.runnable.notify_one();
}

// Lets the first waiting tasks of a storage in, as far as they may.
void advance(Engine &e, Storage *storage) {
  Access &access = storage->access;
  while (awaited(access) && !access.writing) {
    Task *task = access.waiting->front();
    UseMode mode = task->uses.mode_of(storage);
    if (mode != UseMode::read && access.readers > 0) return;
    access.waiting->pop_front();
    enter(access, mode);
    grant(e, task);
  }
}

// Versions follow the order of calls, not that of completion: a recorder asks for them before the values are there.
void count_writes(const Uses &uses) {
  for (const Uses::Use &use : uses)
    if (use.writes()) use.storage->bump_version();
}

void enqueue(Engine &e, Task *task) {
  task->pending = 1;  // guards against being granted before it stands in all queues
  const Uses::Use *use = task->uses.begin();
  try {
    for (; use != task->uses.end(); ++use, ++task->pending) {
      auto &waiting = use->storage->access.waiting;
      if (!waiting) waiting = std::make_unique<std::deque<Task *>>();
      waiting->push_back(task);
    }
  } catch (...) {  // no memory: as if it had never come
    while (use != task->uses.begin()) (--use)->storage->access.waiting->pop_back();
    throw;
  }
  count_writes(task->uses);
  for (const Uses::Use &each : task->uses) advance(e, each.storage);
  grant(e, task);
}

Failure failure_of_inputs(const Uses &uses) {
  for (const Uses::Use &use : uses)
    if (use.mode != UseMode::overwrite && use.storage->access.failure) return use.storage->access.failure;
  return nullptr;
}

void leave(Engine &e, const Uses &uses) {
  for (const Uses::Use &use : uses) {
    Access &access = use.storage->access;
    if (use.writes())
      access.writing = false;
    else
      --access.readers;
    advance(e, use.storage);
  }
}

void set_failure(const Uses &uses, const Failure &failure) {
  for (const Uses::Use &use : uses)
    if (use.writes()) use.storage->access.failure = failure;
}

[[noreturn]] void raise(Engine &e, const Failure &failure) {
  if (e.unseen == failure) e.unseen = nullptr;
  throw Error(*failure);
}

// ---- The worker.

Failure described_failure(const char *name) {
  try {
    throw;
  } catch (Error &error) {
    error.at_op(name);
    return std::make_shared<const Error>(error);
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return std::make_shared<const Error>(Error(Status::internal, "", error.what()).at_op(name));
  }
}

// The worker must outlive every failure: where there is no memory to describe one, it is that of memory.
Failure current_failure(const Engine &e, const char *name) {
  try {
    return described_failure(name);
  } catch (...) {
    return e.out_of_memory;
  }
}

void work(Engine &e) {
  std::unique_lock<std::mutex> lock(e.mutex);
  for (;;) {
    e.runnable.wait(lock, [&] { return e.first_ready; });
    std::unique_ptr<Task> task(e.first_ready);
    e.first_ready = task->next_ready;
    Failure failure = failure_of_inputs(task->uses);
    if (!failure || task->always) {
      lock.unlock();
      try {
        task->body();
      } catch (...) {
        failure = current_failure(e, task->name);
      }
      lock.lock();
      if (failure && !e.unseen) e.unseen = failure;
    }
    set_failure(task->uses, failure);
    leave(e, task->uses);
    unlink(e.tasks, task.get());
    e.granted.notify_all();
    lock.unlock();
    task.reset();  // may free storages, which takes time
    lock.lock();
  }
}

void need_worker(Engine &e) {
  if (e.worker_started) return;
  try {
    std::thread(work, std::ref(e)).detach();
  } catch (const std::system_error &error) {
    throw Error(Status::limit, "threads", "the system refused to start one: ", error.what());
  }
  e.worker_started = true;
}

void give_to_worker(Engine &e, std::unique_ptr<Task> task) {
  need_worker(e);
  enqueue(e, task.get());
  link(e.tasks, task.release());
}

Uses uses_of(const Operation &operation) {
  Uses uses;
  for (const Ref<Storage> &storage : operation.writes) uses.add(storage.get(), UseMode::overwrite);
  for (const Ref<Storage> &storage : operation.reads) uses.add(storage.get(), UseMode::read);
  return uses;
}

}  // namespace

void set_execution(Execution value) { mode.store(value); }
Execution execution() { return mode.load(std::memory_order_relaxed); }

Turn::Turn(const Uses &uses) : uses_(uses) {
  Locked e;
  if (take_if_idle(uses)) {
    count_writes(uses);
    link(e->turns, this);
  } else {
    Task task;
    task.uses = uses;
    enqueue(*e, &task);
    link(e->turns, this);
    e->granted.wait(e.lock(), [&] { return task.pending == 0; });
  }
  Failure failure = failure_of_inputs(uses);
  if (!failure) return;
  for (const Uses::Use &use : uses)
    if (use.storage->access.failure == failure) use.storage->access.failure = nullptr;  // raised once
  unlink(e->turns, this);
  leave(*e, uses);
  raise(*e, failure);
}

Turn::~Turn() {
  Locked e;
  // Whoever sees a failure of the operation is the caller: values are spoiled only for those who asked for this call.
  for (const Uses::Use &use : uses_)
    if (use.mode == UseMode::overwrite) use.storage->access.failure = nullptr;
  unlink(e->turns, this);
  leave(*e, uses_);
}

void run_now(Operation operation) { run_now(uses_of(operation), operation.body); }

void submit(const char *name, const Uses &uses, std::function<void()> body) {
  if (execution() != Execution::async) return run_now(uses, body);
  auto task = std::make_unique<Task>();
  task->uses = uses;
  task->name = name;
  task->body = std::move(body);
  Locked e;
  give_to_worker(*e, std::move(task));
}

void submit(Operation operation) {
  Uses uses = uses_of(operation);
  const char *name = operation.name;
  submit(name, uses, [owned = std::move(operation)] { owned.body(); });
}

void wait_to_read(const Storage &storage) {
  Uses uses;
  uses.add(const_cast<Storage *>(&storage), UseMode::read);
  Turn turn(uses);
}

void notify(Ref<Storage> storage, void (*callback)(void *), void *payload) {
  auto task = std::make_unique<Task>();
  task->uses.add(storage.get(), UseMode::read);
  task->name = "notify";
  task->always = true;
  task->body = [storage, callback, payload] { callback(payload); };
  {
    Locked e;
    const Access &access = storage->access;
    if (access.writing || awaited(access)) return give_to_worker(*e, std::move(task));
  }
  callback(payload);
}

void wait_all() {
  Locked e;
  e->granted.wait(e.lock(), [&] { return !e->tasks; });
  if (Failure failure = e->unseen) raise(*e, failure);
}

}  // namespace cermet
