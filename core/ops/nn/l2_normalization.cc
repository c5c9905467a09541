// SPDX-License-Identifier: Apache-2.0
// Division by the Euclidean norm, put together from other operators.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Mode { channel, instance, spatial };

struct L2Attrs {
  double eps = 1e-10;
  Mode mode = Mode::instance;
};

}  // namespace

CERMET_REGISTER(l2_normalization)(Registry &registry) {
  auto op = registry.op<L2Attrs>("l2_normalization", "nn");
  op.precision(Precision::wide);
  op.doc("Divides the data by its Euclidean norm: data / sqrt(sum(data^2) + eps).",
         "The sum goes over all axes but the first (instance), over axis 1 (channel), or over the axes after it "
         "(spatial).");
  op.alias("L2Normalization");
  op.input("data", "Values; the first axis is the batch.", kFloats);
  op.output("output", "Shape of data.");
  op.attr("eps", &L2Attrs::eps, "Added to the sum of squares.").min(0);
  op.choice("mode", &L2Attrs::mode, {"channel", "instance", "spatial"}, "Which elements are normalised together.");
  op.compose([](ComposeContext &c, const L2Attrs &a) {
    std::vector<int64_t> axes = a.mode == Mode::channel ? std::vector<int64_t>{1} : std::vector<int64_t>{0};
    if (a.mode == Mode::spatial) axes = {0, 1};
    Entry squares = c.apply("square", {c.input(0)}, {}, "square");
    Entry total =
        c.apply("sum", {squares}, {{"axis", axes}, {"exclude", a.mode != Mode::channel}, {"keepdims", true}}, "sum");
    Entry norm = c.apply("sqrt", {c.apply("add_scalar", {total}, {{"scalar", a.eps}}, "shifted")}, {}, "norm");
    c.output(c.apply("divide", {c.input(0), norm}));
  });
  op.sample({{}, {{{2, 2}, {3, 4, 0, 2}}}, {{{2, 2}, {0.6, 0.8, 0, 1}}}});
  op.sample({{{"mode", "channel"}}, {{{1, 2, 2}, {3, 0, 4, 2}}}, {{{1, 2, 2}, {0.6, 0, 0.8, 1}}}});
  op.sample({{{"mode", "spatial"}}, {{{1, 2, 2}, {3, 4, 0, 2}}}, {{{1, 2, 2}, {0.6, 0.8, 0, 1}}}});
}

}  // namespace cermet
