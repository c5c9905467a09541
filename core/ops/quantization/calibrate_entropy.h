// SPDX-License-Identifier: Apache-2.0
// The range that loses least: where to cut a distribution so that what 8 bits can show of it differs least from it, by
// the divergence of Kullback and Leibler (Migacz, "8-bit inference with TensorRT", GTC 2017).
#pragma once

#include <vector>

namespace cermet::quantized {

struct Cut {
  double threshold = 0, divergence = 0;
};

// `counts` of an odd number of bins of equal width around 0, and their edges, one more. `quantized_bins`: levels, odd,
// at most the number of bins.
Cut best_cut(const std::vector<double> &counts, const std::vector<double> &edges, int quantized_bins);

}  // namespace cermet::quantized
