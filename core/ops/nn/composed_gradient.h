// SPDX-License-Identifier: Apache-2.0
// How gradient operators with a kernel of their own can be differentiated again: as the gradient of the forward
// operator written in other operators. Only second and higher derivatives run it.
#pragma once

#include "autograd/gradient.h"
#include "autograd/partial_gradient.h"

namespace cermet::nn {

// Outputs of the composition: the gradients of `forward(inputs)` by each input, for the gradient `head` of its value.
template <class F>
void compose_gradient(ComposeContext &c, const Entry &head, const std::vector<Entry> &inputs, F forward) {
  std::vector<Entry> grads = partial_gradient({forward(inputs)}, {head}, inputs);
  for (size_t k = 0; k < inputs.size(); ++k)
    c.output(grads[k] ? grads[k] : c.apply("zeros_like", {inputs[k]}, {}, "zeros"));
}

}  // namespace cermet::nn
