// SPDX-License-Identifier: Apache-2.0
#include "runtime/executor_cache.h"

#include <algorithm>

namespace cermet {

namespace {

constexpr size_t kCachedExecutors = 8;

bool same_specs(const std::vector<NamedSpec> &a, const std::vector<NamedSpec> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NamedSpec &x, const NamedSpec &y) {
    return x.name == y.name && x.spec.shape == y.spec.shape && x.spec.dtype == y.spec.dtype;
  });
}

}  // namespace

ExecutorCache::ExecutorCache(Ref<Executor> first, std::vector<NamedSpec> inputs, std::vector<NamedSpec> others)
    : others_(std::move(others)) {
  entries_.push_back({std::move(inputs), std::move(first)});
}

Executor &ExecutorCache::use(const std::vector<NamedSpec> &inputs) {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Cached &entry) { return same_specs(entry.inputs, inputs); });
  if (found == entries_.begin()) return current();
  if (found == entries_.end()) {
    std::vector<NamedSpec> known = inputs;
    known.insert(known.end(), others_.begin(), others_.end());
    entries_.push_back({inputs, current().reshape(known)});
    found = std::prev(entries_.end());
  }
  current().release_arena();
  entries_.splice(entries_.begin(), entries_, found);
  if (entries_.size() > kCachedExecutors) entries_.pop_back();
  return current();
}

}  // namespace cermet
