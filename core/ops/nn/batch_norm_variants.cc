// SPDX-License-Identifier: Apache-2.0
// MXNet's other names of batch normalisation: across devices (one process sees one device here), and with a rectifier
// behind it. Both are batch_norm under another name.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct BatchNormVariant {
  double eps = 1e-3, momentum = 0.9;
  bool fix_gamma = true, use_global_stats = false, output_mean_var = false, cudnn_off = false;
  int64_t axis = 1, ndev = 1;
  std::string key;
};

using A = BatchNormVariant;

DefinitionBuilder<A> declare(Registry &registry, const char *name) {
  auto op = registry.op<A>(name, "nn");
  op.depends_on_train();
  op.input("data", "Values.", kFloats);
  op.parameter("gamma", "Factor of each channel.", kFloats | kOwnDType);
  op.parameter("beta", "Offset of each channel.", kFloats | kOwnDType);
  op.state("moving_mean", "Moving average of the means.", kFloats | kOwnDType);
  op.state("moving_var", "Moving average of the variances.", kFloats | kOwnDType);
  op.output("output", "Shape and dtype of data.");
  op.attr("eps", &A::eps, "Added to the variance.").min(0);
  op.attr("momentum", &A::momentum, "Part of the moving statistics that is kept in each training step.").min(0).max(1);
  op.attr("fix_gamma", &A::fix_gamma, "Take gamma as ones, with a gradient of zero.");
  op.attr("use_global_stats", &A::use_global_stats, "Normalise by the moving statistics in training too.");
  op.attr("output_mean_var", &A::output_mean_var, "Only for MXNet's files; must be false.");
  op.check([](const A &a) {
    if (a.output_mean_var) throw Error(Status::unsupported, "output_mean_var", "got true; want false");
  });
  Sample &sample =
      op.sample({{{"fix_gamma", false}, {"eps", 0.0}},
                 {{{1, 2, 2}, {1, 3, 10, 30}}, {{2}, {2, 10}}, {{2}, {0, 1}}, {{2}, {-1, 20}}, {{2}, {4, 100}}},
                 {{{1, 2, 2}, {2, 4, -9, 11}}}});
  sample.check_gradient = false;  // batch_norm's own is checked
  return op;
}

Entry normalized(ComposeContext &c, const A &a, const char *suffix) {
  return c.apply("batch_norm", {c.input(0), c.input(1), c.input(2), c.input(3), c.input(4)},
                 {{"eps", a.eps},
                  {"momentum", a.momentum},
                  {"fix_gamma", a.fix_gamma},
                  {"use_global_stats", a.use_global_stats},
                  {"axis", a.axis}},
                 suffix);
}

}  // namespace

CERMET_REGISTER(batch_norm_variants)(Registry &registry) {
  auto sync = declare(registry, "sync_batch_norm");
  sync.doc("Batch normalisation whose statistics MXNet shares among devices; here it is batch_norm over axis 1.");
  sync.alias("_contrib_SyncBatchNorm");
  sync.attr("ndev", &A::ndev, "Only for MXNet's files; has no effect.").min(1);
  sync.attr("key", &A::key, "Only for MXNet's files; has no effect.");
  sync.compose([](ComposeContext &c, const A &a) { c.output(normalized(c, a, "")); });

  auto rectified = declare(registry, "batch_norm_with_relu");
  rectified.doc("Batch normalisation with a rectifier behind it.");
  rectified.alias("_contrib_BatchNormWithReLU");
  rectified.attr("axis", &A::axis, "Axis of the channels.").kind(AttrKind::axis);
  rectified.attr("cudnn_off", &A::cudnn_off, "Only for MXNet's files; has no effect.");
  rectified.definition().samples.back().outputs = {{{1, 2, 2}, {2, 4, 0, 11}}};
  rectified.compose([](ComposeContext &c, const A &a) {
    c.output(c.apply("activation", {normalized(c, a, "norm")}, {{"act_type", "relu"}}));
  });
}

}  // namespace cermet
