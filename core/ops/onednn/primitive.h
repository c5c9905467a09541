// SPDX-License-Identifier: Apache-2.0
// The adapter to oneDNN: everything that touches its API lives in this folder, which builds with 2.6 and with 3.x. An
// operator gives plain row-major arrays; a prepared primitive reorders them where oneDNN prefers a layout of its own.
// Private to this folder: others include one of its operator headers (convolution.h ...).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "base/error.h"
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

// A primitive with what it needs to run on plain arrays.
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
  void run(std::initializer_list<const void *> data) const;

 private:
  struct Argument {
    int id;
    bool output, reordered;
    dnnl::memory::desc caller, wanted;
    size_t offset;  // of the reordered copy in the temporary block
    dnnl::reorder reorder;
  };
  void add(int id, const dnnl::memory::desc &caller, const dnnl::memory::desc &wanted, bool output);
  size_t reserve(size_t bytes);

  dnnl::primitive primitive_;
  dnnl::memory::desc scratchpad_;
  size_t scratchpad_offset_ = 0, temporary_bytes_ = 0;
  std::vector<Argument> arguments_;
};

// What a primitive is kept under: a number for the operator, then its shapes and attributes.
using Key = std::vector<int64_t>;
void append(Key &key, const Dims &dims);

// The primitive kept under `key`, made by `make` if there is none. The least recently used ones are dropped beyond a
// fixed number. Failures of oneDNN come out as Error.
std::shared_ptr<const Prepared> prepared(const Key &key, const std::function<Prepared()> &make);

}  // namespace cermet::onednn
