// SPDX-License-Identifier: Apache-2.0
#include "model/named_array.h"

#include "runtime/engine.h"

namespace cermet {

std::string_view dense_bytes(const ArrayRef &array, std::vector<ArrayRef> &copies) {
  wait_to_read(*array->storage());
  const NDArray *dense = array.get();
  if (!array->dense()) {
    copies.push_back(make_ref<NDArray>(array->shape(), array->dtype()));
    copy_values(*array, *copies.back());
    dense = copies.back().get();
  }
  return {static_cast<const char *>(dense->data()), static_cast<size_t>(dense->nbytes())};
}

}  // namespace cermet
