// SPDX-License-Identifier: Apache-2.0
// Samplers that may reject what they drew. Each element has counters of its own: its number in the upper bits, the try
// in the lower ones.
#pragma once

#include "base/philox.h"

namespace cermet {

// Gamma distribution of shape `alpha` > 0 and scale 1.
double sample_gamma(const Philox &random, uint64_t element, double alpha);
// Poisson distribution of mean `lam` >= 0.
double sample_poisson(const Philox &random, uint64_t element, double lam);

}  // namespace cermet
