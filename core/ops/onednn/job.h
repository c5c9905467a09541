// SPDX-License-Identifier: Apache-2.0
// A primitive bound to arrays: what operators hold of oneDNN.
#pragma once

#include <memory>

#include "base/small_vector.h"
#include "schema/contexts.h"

namespace cermet::onednn {

class Prepared;

// What an argument is bound to: an array that is row-major, or in the primitive's own format.
struct Binding {
  Binding() = default;
  Binding(const Tensor &tensor) : data(tensor.data), native(tensor.format != nullptr) {}
  void *data = nullptr;
  bool native = false;
};
using Bindings = SmallVector<Binding, 4>;

struct Job {
  std::shared_ptr<const Prepared> primitive;
  Bindings bindings;

  int64_t workspace_bytes() const;
  // With a workspace of that many bytes, or less: then temporary memory comes from the allocator.
  void run(Workspace workspace) const;
};

}  // namespace cermet::onednn
