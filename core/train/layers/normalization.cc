// SPDX-License-Identifier: Apache-2.0
// Normalisation layers. Gamma and beta always exist under MXNet's names; `scale` and `center` say whether they are
// learned: one that is not is a variable with learning rate and weight decay 0, which stays at its initial 1 or 0.
#include "graph/compose.h"
#include "schema/registry.h"

namespace cermet {
namespace {

struct Affine {
  double epsilon = 1e-5;
  bool center = true, scale = true;
};

struct BatchNorm : Affine {
  int64_t axis = 1;
  double momentum = 0.9;
  bool use_global_stats = false;
};

struct LayerNorm : Affine {
  int64_t axis = -1;
};

struct GroupNorm : Affine {
  int64_t num_groups = 1;
};

// A parameter of the layer; null lets the operator make an ordinary one.
Entry parameter(ComposeContext &c, const char *name, bool learned) {
  if (learned) return {};
  Entry out{make_ref<Node>(cat(c.name(), "_", name)), 0};
  out.node->user_attrs = {{"__lr_mult__", "0"}, {"__wd_mult__", "0"}};
  return out;
}

template <class A>
DefinitionBuilder<A> declare(Registry &registry, const char *name) {
  auto layer = registry.add<A>(Kind::layer, name, "nn");
  layer.input("data", "Values; the first axis is the batch.");
  layer.output("output", "Shape of data.");
  layer.attr("epsilon", &A::epsilon, "Added to the variance.").min(0);
  layer.attr("center", &A::center, "Learn an offset (beta).");
  layer.attr("scale", &A::scale, "Learn a factor (gamma).");
  return layer;
}

void register_batch_norm(Registry &registry) {
  auto layer = declare<BatchNorm>(registry, "batch_norm");
  layer.doc("Batch normalisation of each channel, with moving statistics for prediction.",
            "Parameters: <name>_gamma and <name>_beta; states: <name>_moving_mean and <name>_moving_var.");
  layer.attr("axis", &BatchNorm::axis, "Axis of the channels.").kind(AttrKind::axis);
  layer.attr("momentum", &BatchNorm::momentum, "Part of the moving statistics that is kept in each training step.")
      .min(0)
      .max(1);
  layer.attr("use_global_stats", &BatchNorm::use_global_stats, "Normalise by the moving statistics in training too.");
  layer.compose([](ComposeContext &c, const BatchNorm &a) {
    c.output(c.apply("batch_norm", {c.input(0), Entry{}, parameter(c, "beta", a.center)},
                     {{"axis", a.axis},
                      {"eps", a.epsilon},
                      {"momentum", a.momentum},
                      {"fix_gamma", !a.scale},
                      {"use_global_stats", a.use_global_stats}}));
  });
}

void register_layer_norm(Registry &registry) {
  auto layer = declare<LayerNorm>(registry, "layer_norm");
  layer.doc("Normalisation of each example over one axis.",
            "Parameters: <name>_gamma and <name>_beta, as long as that axis.");
  layer.attr("axis", &LayerNorm::axis, "Axis that is normalised.").kind(AttrKind::axis);
  layer.compose([](ComposeContext &c, const LayerNorm &a) {
    c.output(c.apply("layer_norm", {c.input(0), parameter(c, "gamma", a.scale), parameter(c, "beta", a.center)},
                     {{"axis", a.axis}, {"eps", a.epsilon}}));
  });
}

void register_group_norm(Registry &registry) {
  auto layer = declare<GroupNorm>(registry, "group_norm");
  layer.doc("Normalisation of each example over groups of channels.",
            "Parameters: <name>_gamma and <name>_beta, one number a group as in MXNet.");
  layer.attr("num_groups", &GroupNorm::num_groups, "Number of groups into which the channels are split.").min(1);
  layer.compose([](ComposeContext &c, const GroupNorm &a) {
    c.output(c.apply("group_norm", {c.input(0), parameter(c, "gamma", a.scale), parameter(c, "beta", a.center)},
                     {{"num_groups", a.num_groups}, {"eps", a.epsilon}}));
  });
}

}  // namespace

CERMET_REGISTER(normalization_layers)(Registry &registry) {
  register_batch_norm(registry);
  register_layer_norm(registry);
  register_group_norm(registry);
}

}  // namespace cermet
