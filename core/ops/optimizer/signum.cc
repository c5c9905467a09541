// SPDX-License-Identifier: Apache-2.0
// Updates that use the sign of the gradient only (Bernstein et al., 2018).
#include "ops/optimizer/update.h"

namespace cermet {

using namespace optimizer;

CERMET_REGISTER(sign_updates)(Registry &registry) {
  SampleArray weight = sample_weight(), grad = sample_grad(), state = sample_state();
  register_update<SignSgd>(
      registry,
      {"signsgd_update", {}, "A step along the sign of the gradient.", "(1 - lr * wd) * weight - lr * sign(grad)."})
      .sample({{{"lr", 0.1}, {"wd", 0.01}}, {weight, grad}, {{{3}, {0.899, -2.098, 0.5995}}}});
  register_update<Signum>(registry, {"signum_update",
                                     {},
                                     "A step along the sign of the averaged gradient.",
                                     "mom = momentum * mom - (1 - momentum) * (wd * weight + clip(rescale_grad * "
                                     "grad)); (1 - lr * wd_lh) * weight + lr * sign(mom)."})
      .sample({{{"lr", 0.1}, {"momentum", 0.9}, {"wd", 0.01}, {"wd_lh", 0.1}},
               {weight, grad, state},
               {{{3}, {1.09, -1.88, 0.595}}}});
}

}  // namespace cermet
