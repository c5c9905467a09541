// SPDX-License-Identifier: Apache-2.0
#include "model/named_array.h"

#include <algorithm>

namespace cermet {

namespace {

Uses reads_of(const std::vector<NamedArray> &arrays) {
  std::vector<Storage *> storages;
  for (const NamedArray &entry : arrays) storages.push_back(entry.array->storage().get());
  std::sort(storages.begin(), storages.end());  // the order in which they are added fastest
  Uses uses;
  for (Storage *storage : storages) uses.add(storage, UseMode::read);
  return uses;
}

}  // namespace

HeldValues::HeldValues(const std::vector<NamedArray> &arrays) : uses_(reads_of(arrays)), turn_(uses_) {
  for (const NamedArray &entry : arrays) {
    dense_.push_back(entry.array);
    if (entry.array->dense()) continue;
    dense_.back() = make_ref<NDArray>(entry.array->shape(), entry.array->dtype());
    copy_values(*entry.array, *dense_.back());
  }
}

std::string_view HeldValues::bytes(size_t k) const {
  return {static_cast<const char *>(dense_[k]->data()), static_cast<size_t>(dense_[k]->nbytes())};
}

}  // namespace cermet
