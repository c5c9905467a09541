// SPDX-License-Identifier: Apache-2.0
// Imperative execution: run an operator now, and differentiate what a recorder remembers.
#pragma once

#include <span>
#include <vector>

#include "autograd/recorder.h"
#include "runtime/rng.h"

namespace cermet {

// Arrays of one call, which are few most of the time: then they lie inside.
class ArrayList {
 public:
  explicit ArrayList(size_t size) : many_(size > kFew ? size : 0), list_(few_, size) {
    if (size > kFew) list_ = many_;
  }
  ArrayList(const ArrayList &) = delete;
  ArrayList &operator=(const ArrayList &) = delete;
  size_t size() const { return list_.size(); }
  ArrayRef &operator[](size_t k) { return list_[k]; }
  ArrayRef *begin() { return list_.data(); }
  ArrayRef *end() { return list_.data() + list_.size(); }
  operator std::span<ArrayRef>() { return list_; }
  operator std::span<const ArrayRef>() const { return list_; }

 private:
  static constexpr size_t kFew = 4;
  ArrayRef few_[kFew];
  std::vector<ArrayRef> many_;
  std::span<ArrayRef> list_;
};

// Runs `op`. `inputs` in calling order (absent optional ones left out at the end, or null). `outputs`: one a visible
// output, null where a new array is wanted; filled in. Shape, dtype and attribute faults throw before anything is
// written.
void invoke(const Definition &op, const Attrs &attrs, std::span<const ArrayRef> inputs, Recorder *recorder, Rng *rng,
            std::span<ArrayRef> outputs);
// The same with new arrays for all outputs.
std::vector<ArrayRef> invoke(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &inputs,
                             Recorder *recorder, Rng *rng);

// The same with inputs in their slots (schema/placement.h), no waiting; `given` has visible outputs or is shorter.
// Returns all outputs, hidden ones too.
std::vector<ArrayRef> call(const Definition &op, const Attrs &attrs, std::span<const ArrayRef> slots,
                           Recorder *recorder, Rng *rng, std::span<const ArrayRef> given);

// How many outputs a call gives its caller.
size_t num_visible_outputs(const Definition &op, const Attrs &attrs, size_t num_inputs);

// Shorthand for a single new output.
ArrayRef invoke_one(const std::string &op, const std::vector<ArrayRef> &inputs, const AttrList &attrs = {},
                    Rng *rng = nullptr);

// Gradients of the sum of heads * head_grads (null: ones) with respect to arrays, new arrays in their order.
std::vector<ArrayRef> recorded_gradient(Recorder &recorder, const std::vector<ArrayRef> &heads,
                                        const std::vector<ArrayRef> &head_grads, const std::vector<ArrayRef> &variables,
                                        bool create_graph);

// The same into the gradients attached to the recording's variables; then forgets the recording unless `retain`.
void recorded_backward(Recorder &recorder, const std::vector<ArrayRef> &heads, const std::vector<ArrayRef> &head_grads,
                       bool retain);

}  // namespace cermet
