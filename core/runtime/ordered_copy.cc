// SPDX-License-Identifier: Apache-2.0
#include "runtime/ordered_copy.h"

#include "runtime/engine.h"

namespace cermet {

void ordered_copy(const NDArray &source, const NDArray &destination) {
  Uses uses;
  uses.read(source);
  uses.overwrite(destination);
  run_now(uses, [&] {
    if (!may_overlap(source, destination)) return copy_values(source, destination);
    NDArray middle(source.shape(), source.dtype());
    copy_values(source, middle);
    copy_values(middle, destination);
  });
}

}  // namespace cermet
