// SPDX-License-Identifier: Apache-2.0
// Small graphs for tests, made by hand or at random, and their values as imperative calls give them.
#pragma once

#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/recorder.h"
#include "graph/compose.h"
#include "graph/infer.h"
#include "runtime/rng.h"

namespace cermet::test {

using Arrays = std::unordered_map<std::string, ArrayRef>;

Entry variable(const std::string &name);
NamedSpec spec(const std::string &name, Shape shape, DType dtype = DType::float32);

ArrayRef array_of(Shape shape, const std::vector<double> &values, DType dtype = DType::float32);
std::vector<double> values_of(const NDArray &array);
// Values in (-1, 1).
ArrayRef random_array(std::mt19937 &random, Shape shape, DType dtype = DType::float32);

// A graph of `num_nodes` elementwise nodes over the variables x0, x1, x2, of which one is smaller and broadcasts, with
// up to three outputs. Nodes reuse early and late values alike, some twice in one node.
struct RandomGraph {
  std::vector<Entry> outputs;
  std::vector<NamedSpec> variables;
};
RandomGraph random_graph(std::mt19937 &random, int num_nodes);

// Values of the outputs and, if there are head gradients (null: ones), of the gradients by the wanted variables.
struct Evaluated {
  std::vector<ArrayRef> outputs, gradients;
};
Evaluated evaluate(const std::vector<Entry> &outputs, const Arrays &arrays, const std::vector<std::string> &wanted,
                   const std::vector<ArrayRef> &head_grads, Rng *rng = nullptr, bool train = true);

}  // namespace cermet::test
