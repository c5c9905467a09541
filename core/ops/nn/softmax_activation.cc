// SPDX-License-Identifier: Apache-2.0
// MXNet's older softmax: over the channels, or over the last axis.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

enum class Mode { instance, channel };

struct ModeAttrs {
  Mode mode = Mode::instance;
};

}  // namespace

CERMET_REGISTER(softmax_activation)(Registry &registry) {
  auto op = registry.op<ModeAttrs>("softmax_activation", "nn");
  op.precision(Precision::wide);
  op.doc("Softmax over the channels or over the last axis; use `softmax` in new programs.");
  op.alias("SoftmaxActivation");
  op.input("data", "Values; the first axis is the batch.", kFloats);
  op.output("output", "Shape of data.");
  op.choice("mode", &ModeAttrs::mode, {"instance", "channel"}, "instance: over the last axis; channel: over axis 1.");
  op.compose([](ComposeContext &c, const ModeAttrs &a) {
    c.output(c.apply("softmax", {c.input(0)}, {{"axis", a.mode == Mode::channel ? 1 : -1}}));
  });
  op.sample({{}, {{{1, 3}, {1, 2, 3}}}, {{{1, 3}, {0.09003057317, 0.24472847105, 0.66524095577}}}});
  op.sample(
      {{{"mode", "channel"}}, {{{1, 2, 2}, {1, 3, 2, 3}}}, {{{1, 2, 2}, {0.26894142137, 0.5, 0.73105857863, 0.5}}}});
}

}  // namespace cermet
