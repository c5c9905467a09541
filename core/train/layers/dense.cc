// SPDX-License-Identifier: Apache-2.0
// The fully connected layer.
#include "train/layers/activated.h"

namespace cermet {
namespace {

struct Dense {
  int64_t units = 0;
  std::optional<layers::Act> activation;
  bool use_bias = true, flatten = true;
};

}  // namespace

CERMET_REGISTER(dense_layer)(Registry &registry) {
  auto layer = registry.add<Dense>(Kind::layer, "dense", "nn");
  layer.doc("Fully connected layer: activation(data * transpose(weight) + bias).",
            "Parameters: <name>_weight (units, inputs a row) and <name>_bias (units).");
  layer.input("data", "Values; the first axis is the batch.");
  layer.output("output", "(N, units), or data's shape with the last axis replaced where flatten is off.");
  layer.attr("units", &Dense::units, "Number of outputs a row.").required().min(1).max(0x7fffffff);
  layers::declare_activation(layer);
  layer.attr("use_bias", &Dense::use_bias, "Add a bias.");
  layer.attr("flatten", &Dense::flatten, "Merge all axes but the first; else the layer works on the last axis alone.");
  layer.compose([](ComposeContext &c, const Dense &a) {
    Entry out = c.apply("fully_connected", {c.input(0)},
                        {{"num_hidden", a.units}, {"no_bias", !a.use_bias}, {"flatten", a.flatten}});
    c.output(layers::activated(c, out, a.activation));
  });
}

}  // namespace cermet
