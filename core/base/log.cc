// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "base/fork_mutex.h"

namespace cermet {

namespace {
ForkMutex mutex;
LogCallback callback = nullptr;
void *payload = nullptr;

int verbosity() {
  static const int level = [] {
    const char *text = std::getenv("CERMET_VERBOSE");
    return text && *text ? std::atoi(text) : -1;
  }();
  return level;
}
}  // namespace

bool log_enabled(LogLevel level) {
  if (static_cast<int>(level) <= verbosity()) return true;
  std::lock_guard<ForkMutex> lock(mutex);
  return callback != nullptr;
}

void log(LogLevel level, const std::string &message) {
  std::lock_guard<ForkMutex> lock(mutex);
  if (callback)
    callback(static_cast<int>(level), message.c_str(), payload);
  else if (static_cast<int>(level) <= verbosity())
    std::fprintf(stderr, "cermet: %s\n", message.c_str());
}

void set_log_callback(LogCallback new_callback, void *new_payload) {
  std::lock_guard<ForkMutex> lock(mutex);
  callback = new_callback;
  payload = new_payload;
}

}  // namespace cermet
