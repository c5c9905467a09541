// SPDX-License-Identifier: Apache-2.0
// Values derived from parameters, kept until a parameter changes. One store serves all executors of a symbol, and all
// sessions of a model: what is derived in the same way from the same arrays stands in memory once. Any thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "runtime/program.h"

namespace cermet {

class DerivedValues : public RefCounted {
 public:
  // A variable's memory, the place in it, and its version when the run was asked for (null: the variable matters to no
  // derived value).
  struct Source {
    Ref<Storage> storage;
    const void *data = nullptr;
    uint64_t version = 0;
  };

  // Fills in `held`, one storage for each derived value of the program. `sources` by variable. `make(missing)` computes
  // the values with these indices, in that memory; no other thread derives meanwhile.
  void fetch(const Program &program, const std::vector<Source> &sources, std::vector<Ref<Storage>> &held,
             const std::function<void(const std::vector<size_t> &missing)> &make);

 private:
  struct Kept {
    Ref<Storage> value;
    std::vector<Source> sources;
  };
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace cermet
