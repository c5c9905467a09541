// SPDX-License-Identifier: Apache-2.0
// The adapter to oneDNN: everything that touches its API lives in this folder, which builds with 2.6 and with 3.x. An
// operator gives plain row-major arrays; a prepared primitive reorders them where oneDNN prefers a layout of its own.
// Private to this folder: others include one of its operator headers (convolution.h ...).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "ops/onednn/job.h"
#include "ops/onednn/usable.h"

namespace cermet::onednn {

const dnnl::engine &engine();
// Attributes that make a primitive safe to run from several threads at once: its scratch memory comes from the caller.
dnnl::primitive_attr attributes();

// The description of a dense row-major float array, and of one whose layout oneDNN may choose.
dnnl::memory::desc plain(const Dims &dims);
dnnl::memory::desc any(const Dims &dims);

// Primitive descriptors, whose making is the one thing in which the versions differ.
template <class P, class... Args>
typename P::primitive_desc forward_desc(const Args &...args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename P::primitive_desc(engine(), args..., attributes());
#else
  return typename P::primitive_desc(typename P::desc(args...), attributes(), engine());
#endif
}
template <class P, class Hint, class... Args>
typename P::primitive_desc backward_desc(const Hint &hint, const Args &...args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename P::primitive_desc(engine(), args..., hint, attributes());
#else
  return typename P::primitive_desc(typename P::desc(args...), attributes(), engine(), hint);
#endif
}

// A primitive with what it needs to run on arrays that are row-major or in its own formats.
class Prepared {
 public:
  Prepared(dnnl::primitive primitive, const dnnl::memory::desc &scratchpad);

  // Arguments in the order in which `run` gets their data: as the caller has them and as the primitive wants them.
  void input(int id, const dnnl::memory::desc &caller, const dnnl::memory::desc &wanted) {
    add(id, caller, wanted, false);
  }
  void output(int id, const dnnl::memory::desc &caller, const dnnl::memory::desc &wanted) {
    add(id, caller, wanted, true);
  }
  // Bytes of temporary memory for these bindings.
  int64_t workspace_bytes(const Bindings &bindings) const;
  // `workspace` may be smaller than that (another number of threads may have made the primitive anew since it was
  // planned); then temporary memory comes from the allocator.
  void run(const Bindings &bindings, Workspace workspace) const;
  // The primitive's own format of argument `k`; null: row-major.
  FormatRef format(size_t k) const;

 private:
  struct Argument {
    int id;
    bool output, reordered;
    dnnl::memory::desc caller, wanted;
    dnnl::reorder reorder;
  };
  void add(int id, const dnnl::memory::desc &caller, const dnnl::memory::desc &wanted, bool output);

  dnnl::primitive primitive_;
  dnnl::memory::desc scratchpad_;
  std::vector<Argument> arguments_;
};

// The format of values described so; null: row-major.
FormatRef format_of(const dnnl::memory::desc &desc);

// What a primitive is kept under: a number for the operator, then its shapes and attributes.
using Key = std::vector<int64_t>;
enum Kind : int64_t { kForward, kForwardBias, kDataGrad, kWeightGrad, kWeightBiasGrad, kConvert };
void append(Key &key, const Dims &dims);

// The primitive kept under `key`, made by `make` if there is none. The least recently used ones are dropped beyond a
// fixed number. Failures of oneDNN come out as Error.
std::shared_ptr<const Prepared> prepared(const Key &key, const std::function<Prepared()> &make);

}  // namespace cermet::onednn
