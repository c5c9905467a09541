// SPDX-License-Identifier: Apache-2.0
// The dependency engine: operations state which storages they use, and run when earlier ones on the same storages allow
// it. Reads share, writes are alone, everybody keeps the order of arrival.
//
// An operation whose storages are idle runs at once on the calling thread, since waking another thread costs more than
// most operators take; asynchronous execution is a mode.
#pragma once

#include <functional>
#include <vector>

#include "runtime/uses.h"

namespace cermet {

// Values are those of cermet_execution.
enum class Execution : int { inline_ = 0, async = 1, sync = 2 };

void set_execution(Execution mode);
Execution execution();

struct Operation {
  const char *name = "";                    // for failures; lives as long as the library
  std::vector<Ref<Storage>> reads, writes;  // duplicates are fine; what is in both is changed, else it is overwritten
  std::function<void()> body;
};

// Runs or queues an operation, by the mode. A failure of an inline operation is thrown here; that of a queued one is
// kept by the storages it should have written, as is that of an operation whose inputs had failed.
void submit(Operation operation);
// Runs it on this thread now, after waiting for its turn; throws failures of inputs and its own.
void run_now(Operation operation);

// A thread's turn at storages that the caller keeps alive: from the end of the constructor, which waits for it and
// throws failures of inputs, to the destructor. Allocates nothing unless it must wait.
class Turn {
 public:
  explicit Turn(const Uses &uses);
  ~Turn();
  Turn(const Turn &) = delete;
  Turn &operator=(const Turn &) = delete;
  const Uses &uses() const { return uses_; }

  Turn *previous = nullptr, *next = nullptr;  // the engine's chain of turns

 private:
  const Uses &uses_;
};

// The same as `run_now`, in place.
template <class Body>
void run_now(const Uses &uses, Body &&body) {
  Turn turn(uses);
  body();
}

// The same as `submit` with uses that are known already; `body` owns what it uses.
void submit(const char *name, const Uses &uses, std::function<void()> body);

// Waits until all earlier writes are done; throws the failure kept by the storage, once.
void wait_to_read(const Storage &storage);
// Calls `callback(payload)` once when all earlier operations on the storage are done or have failed: now if there are
// none, else on the engine's thread. What a forked child inherits is never called.
void notify(Ref<Storage> storage, void (*callback)(void *), void *payload);
// Waits for everything submitted; throws the first failure that nobody has looked at.
void wait_all();

}  // namespace cermet
