// SPDX-License-Identifier: Apache-2.0
// Kernels for float32 on 16-bit arrays: what is given becomes float in the workspace, and what they give is rounded
// once. For operators whose inner loops have no form of their own for 16 bits.
#pragma once

#include "schema/contexts.h"

namespace cermet {

// How much of the arrays is float at a time: all of them, or some rows of axis 0, which all of them have.
enum class FloatPart { all, rows };

class AsFloat {
 public:
  // `context`: with 16-bit arrays. Null memory: only sizes are asked for.
  AsFloat(const KernelContext &context, FloatPart part, const Workspace &memory);

  // The call on the first rows; the others are as large, or smaller.
  const KernelContext &first() const { return floats_; }
  int64_t nbytes() const { return nbytes_; }
  bool load();   // the next rows; false: there are none
  void store();  // what the kernel gave for them
  KernelContext &call() { return floats_; }

 private:
  void place(const Tensor &tensor, std::vector<Tensor> &tensors, void *memory);
  void move(bool in);

  const KernelContext &given_;
  FloatPart part_;
  KernelContext floats_;
  int64_t nbytes_ = 0, total_ = 1, rows_ = 1, next_ = 0, row_ = 0;
};

// Bytes of workspace, where the kernel for float wants inner(context).
template <class Inner>
int64_t as_float_workspace(const KernelContext &c, FloatPart part, Inner inner) {
  AsFloat floats(c, part, {});
  return floats.nbytes() + inner(floats.first());
}

// kernel(context) on float arrays.
template <class Kernel>
void run_as_float(const KernelContext &c, FloatPart part, Kernel kernel) {
  AsFloat floats(c, part, c.workspace);
  while (floats.load()) {
    kernel(floats.call());
    floats.store();
  }
}

}  // namespace cermet
