// SPDX-License-Identifier: Apache-2.0
// The dependency engine: operations state which storages they read and write, and run when earlier ones on the same
// storages allow it. Reads share, writes are alone, everybody keeps the order of arrival.
//
// An operation whose storages are idle runs at once on the calling thread, since waking another thread costs more than
// most operators take; asynchronous execution is a mode.
#pragma once

#include <functional>
#include <vector>

#include "tensor/ndarray.h"

namespace cermet {

// Values are those of cermet_execution.
enum class Execution : int { inline_ = 0, async = 1, sync = 2 };

void set_execution(Execution mode);
Execution execution();

struct Operation {
  const char *name = "";                    // for failures
  std::vector<Ref<Storage>> reads, writes;  // duplicates and overlaps of the two are fine
  std::function<void()> body;
};

// Runs or queues an operation, by the mode. A failure of an inline operation is thrown here; that of a queued one is
// kept by the storages it should have written, as is that of an operation whose inputs had failed.
void submit(Operation operation);
// Runs it on this thread now, after waiting for its turn; throws failures of inputs and its own.
void run_now(Operation operation);

// Waits until all earlier writes are done; throws the failure kept by the storage, once.
void wait_to_read(const Storage &storage);
// Waits for everything submitted; throws the first failure that nobody has looked at.
void wait_all();

}  // namespace cermet
