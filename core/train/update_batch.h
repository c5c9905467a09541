// SPDX-License-Identifier: Apache-2.0
// One update of many parameters, as the update operator's kernel takes them: dense arrays, and float32 ones for 16-bit
// weights. All of them are one row of numbers that threads share, so that neither many small parameters nor a large one
// among them matter.
#pragma once

#include "runtime/uses.h"
#include "schema/attrs.h"

namespace cermet {

// 16-bit weights are updated in a float32 copy, their master: small steps would be lost in the weight itself.
inline bool needs_master(DType weight) { return weight == DType::float16 || weight == DType::bfloat16; }
inline DType update_dtype(DType weight) { return needs_master(weight) ? DType::float32 : weight; }

// What an optimizer keeps of one parameter.
struct ParameterState : RefCounted {
  std::vector<ArrayRef> states;
  ArrayRef master;    // null unless the weight needs one
  int64_t count = 0;  // of updates
};

class UpdateBatch {
 public:
  struct Job {
    ArrayRef weight, grad;  // the caller's; may be strided
    Ref<ParameterState> state;
    size_t attrs;  // which of them
  };

  // `scale`: last input of some operators; null where it is an attribute.
  UpdateBatch(const Definition &op, ArrayRef scale, std::vector<Job> jobs, std::vector<Attrs> attrs);

  const Uses &uses() const { return uses_; }
  void run() const;

 private:
  void find_uses();
  bool direct(const Job &job) const;
  void run_alone(const Job &job) const;
  void run_kernel(KernelContext &context, const Job &job) const;
  void run_together(const std::vector<const Job *> &jobs) const;

  const Definition &op_;
  ArrayRef scale_;
  std::vector<Job> jobs_;
  std::vector<Attrs> attrs_;
  Uses uses_;
  bool shared_ = false;  // some weights may lie in each other's memory, or in that of gradients
};

}  // namespace cermet
