// SPDX-License-Identifier: Apache-2.0
// A recorder turns imperative calls into a graph: the same graph that symbols are, with the values that the calls had.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "graph/node.h"
#include "tensor/ndarray.h"

namespace cermet {

class Recorder : public RefCounted {
 public:
  explicit Recorder(bool train_mode) : train(train_mode) {}

  bool recording = true;
  bool train;

  // Remembers a call. `inputs` are the entries of its inputs, taken before it ran, since it may overwrite them;
  // `outputs` has all outputs, hidden ones too.
  void record(const Definition &op, const Attrs &attrs, std::vector<Entry> inputs, std::span<const ArrayRef> outputs);
  bool knows(const ArrayRef &array) const { return entries_.count(array.get()) != 0; }
  // The entry that stands for an array; an array not seen before becomes a variable.
  Entry entry_of(const ArrayRef &array);
  // The same for an array that must be as it was when recorded: throws if it was overwritten since, or, where it is to
  // be differentiated by (`once`), if the recording has had another value of it. Null if not known.
  Entry unchanged_entry_of(const ArrayRef &array, const std::string &argument, bool once = false) const;

  // The value that an entry had; null if it has none yet. Throws if the array was overwritten since, unless only its
  // shape is wanted.
  ArrayRef value(const Entry &entry, bool shape_only = false) const;
  bool has_value(const Node *node) const { return values_.count(node) != 0; }
  // Keeps values computed for a node of this graph (a gradient's), so that they count as recorded.
  void keep(const Ref<Node> &node, std::span<const ArrayRef> outputs);
  // Makes an array stand for an entry.
  void bind(const ArrayRef &array, const Entry &entry);

  // Variables of the graph with the arrays they stand for.
  std::vector<std::pair<ArrayRef, Entry>> variables() const;
  void clear();

 private:
  struct Known {
    ArrayRef array;
    Entry entry;
    bool rewritten = false;  // it stood for another entry before
  };
  struct Saved {
    ArrayRef array;
    uint64_t version = 0;
  };
  bool current(const Known &known) const;

  std::unordered_map<const NDArray *, Known> entries_;
  std::unordered_map<const Node *, std::vector<Saved>> values_;
  std::vector<Ref<Node>> nodes_;  // owners of what `values_` is keyed by
};

}  // namespace cermet
