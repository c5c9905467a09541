// SPDX-License-Identifier: Apache-2.0
// Ways to fill a new parameter that several initializers share.
#pragma once

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "train/rules.h"

namespace cermet {

// value(index) for each element.
template <class Value>
void fill_with(const NewParameter &p, Value value) {
  parallel_for(p.shape.numel(), 1 << 14, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) p.values[k] = static_cast<float>(value(k));
  });
}

inline void fill_uniform(const NewParameter &p, double low, double high) {
  fill_with(p, [&](int64_t k) { return low + (high - low) * p.random.uniform(static_cast<uint64_t>(k)); });
}

inline void fill_normal(const NewParameter &p, double sigma) {
  fill_with(p, [&](int64_t k) { return sigma * p.random.normal(static_cast<uint64_t>(k)); });
}

// Number of inputs and outputs of one unit: weights are (outputs, inputs, window...).
struct Fan {
  double in, out;
};
inline Fan fan_of(const NewParameter &p) {
  if (p.shape.ndim() < 2)
    throw Error(Status::shape, "", "got ", p.shape, " for ", quoted(p.name), "; want at least 2 dimensions");
  auto window = static_cast<double>(p.shape.product(2, p.shape.ndim()));
  return {static_cast<double>(p.shape[1]) * window, static_cast<double>(p.shape[0]) * window};
}

}  // namespace cermet
