// SPDX-License-Identifier: Apache-2.0
// Layers that are one operator under another name: dropout, flatten, embedding.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Dropout {
  double rate = 0.5;
  std::vector<int64_t> axes;
};

struct Embedding {
  int64_t input_dim = 0, output_dim = 0;
};

}  // namespace

CERMET_REGISTER(dropout_layer)(Registry &registry) {
  auto layer = registry.add<Dropout>(Kind::layer, "dropout", "nn");
  layer.doc("Drops a random part of the values while training, and scales up what is kept.");
  layer.input("data", "Values; any shape.");
  layer.output("output", "Shape of data.");
  layer.attr("rate", &Dropout::rate, "Part of the values that is dropped.").required().min(0).max(1);
  layer.attr("axes", &Dropout::axes, "Axes along which all elements are dropped or kept together.")
      .kind(AttrKind::axes);
  layer.compose([](ComposeContext &c, const Dropout &a) {
    c.output(c.apply("dropout", {c.input(0)}, {{"p", a.rate}, {"axes", a.axes}}));
  });
}

CERMET_REGISTER(flatten_layer)(Registry &registry) {
  auto layer = registry.add<NoAttrs>(Kind::layer, "flatten", "nn");
  layer.doc("Merges all axes but the first.");
  layer.input("data", "Values; the first axis is the batch.");
  layer.output("output", "(N, values an example).");
  layer.compose([](ComposeContext &c, const NoAttrs &) { c.output(c.apply("flatten", {c.input(0)})); });
}

CERMET_REGISTER(embedding_layer)(Registry &registry) {
  auto layer = registry.add<Embedding>(Kind::layer, "embedding", "nn");
  layer.doc("A learned vector for each index.", "Parameter: <name>_weight (input_dim, output_dim).");
  layer.input("data", "Indices, counted from 0; any shape.").index = true;
  layer.output("output", "Data's shape with output_dim appended.");
  layer.attr("input_dim", &Embedding::input_dim, "Number of different indices.").required().min(1);
  layer.attr("output_dim", &Embedding::output_dim, "Length of each vector.").required().min(1);
  layer.compose([](ComposeContext &c, const Embedding &a) {
    c.output(c.apply("embedding", {c.input(0)}, {{"input_dim", a.input_dim}, {"output_dim", a.output_dim}}));
  });
}

}  // namespace cermet
