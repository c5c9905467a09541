// SPDX-License-Identifier: Apache-2.0
// The storages that an operation uses, each once, with what it does to them.
#pragma once

#include <algorithm>

#include "schema/definition.h"

namespace cermet {

// Whether a call changes input `slot` in place. In predict mode such states as moving averages are only read, so that
// sessions may share them.
inline bool changes(const Definition &op, size_t slot, bool train) {
  return op.inputs[std::min(slot, op.inputs.size() - 1)].role == Role::state && (train || !op.depends_on_train);
}

// `modify` needs the old values or keeps some of them; `overwrite` does not, so that an old failure is history.
enum class UseMode : int { read, modify, overwrite };

class Uses {
 public:
  struct Use {
    Storage *storage;
    UseMode mode;
    bool writes() const { return mode != UseMode::read; }
  };

  void clear() { list_.clear(); }
  void read(const NDArray &array) { add(array.storage().get(), UseMode::read); }
  void modify(const NDArray &array) { add(array.storage().get(), UseMode::modify); }
  // Writes all of the array; the storage may have other parts.
  void overwrite(const NDArray &array) {
    bool whole = array.nbytes() == array.storage()->nbytes();
    add(array.storage().get(), whole ? UseMode::overwrite : UseMode::modify);
  }
  // Kept in the order of addresses, so that each storage stands once.
  void add(Storage *storage, UseMode mode) {
    size_t at = list_.size();
    while (at > 0 && list_[at - 1].storage > storage) --at;
    if (at > 0 && list_[at - 1].storage == storage) {
      UseMode &known = list_[at - 1].mode;
      if (known != mode) known = UseMode::modify;
    } else if (at == list_.size()) {
      list_.push_back({storage, mode});
    } else {
      list_.insert(at, {storage, mode});
    }
  }

  // Of a storage that is used.
  UseMode mode_of(const Storage *storage) const {
    const Use *use = list_.begin();
    while (use->storage != storage) ++use;
    return use->mode;
  }
  size_t size() const { return list_.size(); }
  const Use *begin() const { return list_.begin(); }
  const Use *end() const { return list_.end(); }

 private:
  SmallVector<Use, 6> list_;
};

}  // namespace cermet
