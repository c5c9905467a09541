// SPDX-License-Identifier: Apache-2.0
#include "runtime/derived_values.h"

#include <algorithm>

namespace cermet {

namespace {

using Source = DerivedValues::Source;

bool same(const std::vector<Source> &a, const std::vector<Source> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Source &x, const Source &y) {
    return x.data == y.data && x.storage == y.storage && x.version == y.version;
  });
}

bool all_counted(const std::vector<Source> &sources) {
  return std::all_of(sources.begin(), sources.end(), [](const Source &s) { return s.storage->counts_writes(); });
}

}  // namespace

void DerivedValues::fetch(const Program &program, const std::vector<Source> &sources, std::vector<Ref<Storage>> &held,
                          const std::function<void(const std::vector<size_t> &)> &make) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<size_t> missing;
  std::map<std::string, Kept> fresh;
  held.resize(program.derived.size());
  for (size_t k = 0; k < program.derived.size(); ++k) {
    const Program::Derived &derived = program.derived[k];
    std::vector<Source> from;
    for (int variable : derived.sources) from.push_back(sources[static_cast<size_t>(variable)]);
    bool counted = all_counted(from);
    auto found = kept_.find(derived.key);
    if (counted && found != kept_.end() && same(found->second.sources, from)) {
      held[k] = found->second.value;
      continue;
    }
    missing.push_back(k);
    held[k] = nullptr;  // first, so that old and new are not held at once
    if (found != kept_.end()) kept_.erase(found);
    held[k] = make_ref<Storage>(Device{}, program.values[static_cast<size_t>(derived.value)].nbytes());
    if (counted) fresh[derived.key] = {held[k], std::move(from)};
  }
  if (!missing.empty()) make(missing);
  kept_.merge(fresh);
  // What nobody holds any more was derived for shapes or formats that are gone.
  for (auto entry = kept_.begin(); entry != kept_.end();)
    entry = entry->second.value->unique() ? kept_.erase(entry) : std::next(entry);
}

}  // namespace cermet
