// SPDX-License-Identifier: Apache-2.0
// Which kernels ran, when, for how long, and on how much. Around a kernel:
//
//   int64_t begin = profile_begin();
//   kernel(context, attrs);
//   if (begin) profile_end(begin, op, "imperative", "", context);
//
// Off, it costs one load, and has no memory. Any thread.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "schema/definition.h"

namespace cermet {

inline std::atomic<bool> profiling{false};

// Forgets what was recorded, and records from now on. Throws if it does already.
void start_profiler();
// Throws unless it records. Kernels that still run are not in the profile.
void stop_profiler();

// What was recorded since the last start, as JSON in Chrome's trace event format, and as a table by operator.
std::string profile_trace();
std::string profile_table();

int64_t profile_now();  // ns since the machine started
inline int64_t profile_begin() { return profiling.load(std::memory_order_relaxed) ? profile_now() : 0; }
// `fused`: the operators of a loop that ran instead of op's kernel, if any. Never throws: what cannot be kept is
// counted.
void profile_end(int64_t begin, const Definition &op, const char *part, const std::string &node,
                 const KernelContext &context, const std::vector<std::string> &fused = {}) noexcept;

}  // namespace cermet
