// SPDX-License-Identifier: Apache-2.0
// Log lines: to a callback if one is set, else to standard error if CERMET_VERBOSE asks for them, else nowhere.
#pragma once

#include <string>

namespace cermet {

enum class LogLevel : int { error = 0, warning = 1, info = 2, debug = 3 };

// True when somebody would see lines of this level: ask before building an expensive text.
bool log_enabled(LogLevel level);
void log(LogLevel level, const std::string &message);

using LogCallback = void (*)(int level, const char *message, void *payload);
void set_log_callback(LogCallback callback, void *payload);

}  // namespace cermet
