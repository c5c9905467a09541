// SPDX-License-Identifier: Apache-2.0
// Which values of a model become integers of 8 bits.
//
// Convolutions and fully connected layers whose weights are parameters take integers. What such a layer, or a sum,
// gives goes on as integers, through rectifiers, poolings, flattening and concatenation, where it reaches another such
// layer; else it comes out as real numbers. Batch normalisations are folded into the weights before.
#pragma once

#include <map>
#include <set>

#include "graph/infer.h"
#include "model/model.h"
#include "ops/quantization/ranges.h"
#include "runtime/executor.h"

namespace cermet {

enum class Calibration { none, naive, entropy };

struct QuantizationRequest {
  Ref<Model> model;
  std::vector<NamedSpec> inputs;
  Calibration mode = Calibration::naive;
  quantized::OutType type = quantized::OutType::automatic;  // of activations
  std::set<std::string> excluded;                           // names of nodes and operators
};

struct QuantizationPlan {
  struct Part {             // what is known of a node
    bool constant = false;  // it follows from parameters
    bool layer = false;     // a convolution or fully connected layer that takes integers
    bool able = false;      // its output could be integers
    bool wanted = false;    // and some user takes it so
    bool absorbed = false;  // a rectifier: the range of its input begins at 0, which does the same
    int uses = 0;
  };
  Part &at(const Node *node) { return parts[static_cast<size_t>(index.find(node))]; }
  const Part &at(const Node *node) const { return parts[static_cast<size_t>(index.find(node))]; }

  QuantizationRequest request;
  std::vector<Entry> outputs;  // the graph, with what a prediction does not need left out
  std::vector<Node *> order;
  NodeIndex index;
  std::vector<Part> parts;
  std::vector<Entry> observed;  // values whose ranges must be known
  // Which of them gives the range of a value that is made as integers. Not those that pass on the range of another.
  std::map<std::pair<const Node *, int>, size_t> ranges;
};

// Throws if nothing can be quantized.
QuantizationPlan plan_quantization(const QuantizationRequest &request);

// The model in integers, given the range of each observed value.
Ref<Model> quantize(const QuantizationPlan &plan, const std::vector<quantized::Range> &ranges);

// Specs of the graph's variables that have one: inputs and parameters.
std::vector<NamedSpec> known_specs(const QuantizationRequest &request);
// What computes these values of the graph, on the model's parameters.
Ref<Executor> value_executor(const QuantizationRequest &request, std::vector<Entry> values);

// An attribute of a node.
template <class T>
T attribute(const Node &node, const char *name) {
  return *node.op->find_attr(name)->load(node.attrs.get()).template get_if<T>();
}

}  // namespace cermet
