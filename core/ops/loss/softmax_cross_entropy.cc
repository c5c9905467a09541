// SPDX-License-Identifier: Apache-2.0
// Cross-entropy of scores with class labels, put together from other operators.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {

CERMET_REGISTER(softmax_cross_entropy)(Registry &registry) {
  auto op = registry.op<NoAttrs>("softmax_cross_entropy", "loss");
  op.precision(Precision::wide);
  op.doc("Cross-entropy of softmax(data) with class labels, summed over the batch.");
  op.input("data", "Scores, (N, classes).", kFloats);
  op.input("label", "Class of each row, counted from 0; (N).", kNumbers).index = true;
  op.output("output", "The sum, one element.");
  op.compose([](ComposeContext &c, const NoAttrs &) {
    Entry logs = c.apply("log_softmax", {c.input(0)}, {}, "log");
    Entry picked = c.apply("pick", {logs, c.input(1)}, {}, "picked");
    c.output(c.apply("negative", {c.apply("sum", {picked}, {}, "sum")}));
  });
  op.sample({{}, {{{2, 3}, {1, 2, 3, 0, 0, 0}}, {{2}, {2, 1}, DType::int32}}, {{{1}, {1.50621825311}}}});
}

}  // namespace cermet
