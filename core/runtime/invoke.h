// SPDX-License-Identifier: Apache-2.0
// Imperative execution: run an operator now, and differentiate what a recorder remembers.
#pragma once

#include <vector>

#include "autograd/recorder.h"
#include "runtime/rng.h"

namespace cermet {

// Runs `op`. `inputs` in calling order (absent optional ones left out at the end, or null). `outputs`: visible outputs,
// null where a new array is wanted; filled in. Shape, dtype and attribute faults throw before anything is written.
void invoke(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &inputs, Recorder *recorder, Rng *rng,
            std::vector<ArrayRef> &outputs);

// The same with inputs in their slots (schema/placement.h), no waiting; `given` has visible outputs or is shorter.
// Returns all outputs, hidden ones too.
std::vector<ArrayRef> call(const Definition &op, const Attrs &attrs, const std::vector<ArrayRef> &slots,
                           Recorder *recorder, Rng *rng, const std::vector<ArrayRef> &given);

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
