// SPDX-License-Identifier: Apache-2.0
#include "autograd/recorder.h"

namespace cermet {

bool Recorder::current(const Known &known) const {
  const Saved &saved = values_.at(known.entry.node.get())[static_cast<size_t>(known.entry.index)];
  return saved.version == known.array->storage()->version();
}

Entry Recorder::entry_of(const ArrayRef &array) {
  auto found = entries_.find(array.get());
  if (found != entries_.end()) {
    const Known &known = found->second;
    if (current(known)) return known.entry;
    // An array that was written outside the recording is a new variable; but where it held a result, how it got there
    // is lost, and with it every gradient through it.
    if (!known.entry.node->is_variable())
      throw Error(Status::invalid_argument, "recorder", "a value of ", quoted(known.entry.node->name),
                  " was overwritten after it was recorded; want a copy of it, or a cleared recording");
  }
  Entry entry{make_ref<Node>("array"), 0};
  keep(entry.node, std::span(&array, 1));
  bind(array, entry);
  return entry;
}

void Recorder::bind(const ArrayRef &array, const Entry &entry) {
  auto [found, fresh] = entries_.try_emplace(array.get(), Known{array, entry});
  if (fresh) return;
  found->second.entry = entry;
  found->second.rewritten = true;
}

Entry Recorder::unchanged_entry_of(const ArrayRef &array, const std::string &argument, bool once) const {
  auto found = entries_.find(array.get());
  if (found == entries_.end()) return {};
  if (!current(found->second) || (once && found->second.rewritten))
    throw Error(Status::invalid_argument, argument, "was overwritten after it was recorded");
  return found->second.entry;
}

void Recorder::record(const Definition &op, const Attrs &attrs, std::vector<Entry> inputs,
                      std::span<const ArrayRef> outputs) {
  auto node = make_ref<Node>(op, attrs, std::move(inputs), op.name);
  node->train = train;
  keep(node, outputs);
  for (size_t k = 0; k < outputs.size(); ++k) bind(outputs[k], {node, static_cast<int>(k)});
}

void Recorder::keep(const Ref<Node> &node, std::span<const ArrayRef> outputs) {
  auto &saved = values_[node.get()];
  saved.clear();
  for (const ArrayRef &array : outputs) saved.push_back({array, array ? array->storage()->version() : 0});
  nodes_.push_back(node);
}

ArrayRef Recorder::value(const Entry &entry, bool shape_only) const {
  auto found = values_.find(entry.node.get());
  if (found == values_.end()) return nullptr;
  const Saved &saved = found->second[static_cast<size_t>(entry.index)];
  if (!shape_only && saved.array && saved.version != saved.array->storage()->version())
    throw Error(Status::invalid_argument, "recorder", "a value of ", quoted(entry.node->name),
                " that the gradient needs was overwritten after it was recorded");
  return saved.array;
}

std::vector<std::pair<ArrayRef, Entry>> Recorder::variables() const {
  std::vector<std::pair<ArrayRef, Entry>> out;
  for (const auto &[key, known] : entries_)
    if (known.entry.node->is_variable()) out.emplace_back(known.array, known.entry);
  return out;
}

void Recorder::clear() {
  entries_.clear();
  values_.clear();
  nodes_.clear();
}

}  // namespace cermet
