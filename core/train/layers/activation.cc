// SPDX-License-Identifier: Apache-2.0
// Layers that apply a function to each element.
#include "train/layers/activated.h"

namespace cermet {
namespace {

struct Activation {
  layers::Act act_type = layers::Act::relu;
};

struct Slope {
  double alpha = 0.3;
};

struct Elu {
  double alpha = 1;
};

struct Swish {
  double beta = 1;
};

template <class A>
DefinitionBuilder<A> declare(Registry &registry, const char *name, const char *summary, const char *text = "") {
  auto layer = registry.add<A>(Kind::layer, name, "nn");
  layer.doc(summary, text);
  layer.input("data", "Values; any shape.");
  layer.output("output", "Shape of data.");
  return layer;
}

// A layer that is the operator leaky_relu with this act_type.
template <class A>
void leaky(DefinitionBuilder<A> &layer, const char *act_type, double A::*slope) {
  layer.compose([act_type, slope](ComposeContext &c, const A &a) {
    AttrList attrs{{"act_type", act_type}};
    if (slope) attrs.emplace_back("slope", a.*slope);
    c.output(c.apply("leaky_relu", {c.input(0)}, attrs));
  });
}

}  // namespace

CERMET_REGISTER(activation_layers)(Registry &registry) {
  auto activation = declare<Activation>(registry, "activation", "An activation function, chosen by name.");
  activation.choice("act_type", &Activation::act_type, layers::act_names(), "The function.").required();
  activation.compose([](ComposeContext &c, const Activation &a) {
    c.output(c.apply("activation", {c.input(0)}, {{"act_type", layers::act_names()[static_cast<size_t>(a.act_type)]}}));
  });

  auto leaky_relu = declare<Slope>(registry, "leaky_relu", "Rectifier that keeps a small slope below zero.");
  leaky_relu.attr("alpha", &Slope::alpha, "Slope below zero.").min(0);
  leaky(leaky_relu, "leaky", &Slope::alpha);

  auto elu = declare<Elu>(registry, "elu", "Exponential linear unit: x above zero, alpha * (exp(x) - 1) below.");
  elu.attr("alpha", &Elu::alpha, "Limit below zero, negated.").min(0);
  leaky(elu, "elu", &Elu::alpha);

  auto prelu = declare<NoAttrs>(registry, "prelu", "Rectifier whose slope below zero is learned.",
                                "Parameter: <name>_gamma, one slope a channel.");
  leaky<NoAttrs>(prelu, "prelu", nullptr);
  auto selu = declare<NoAttrs>(registry, "selu", "Scaled exponential linear unit, which keeps mean and variance.");
  leaky<NoAttrs>(selu, "selu", nullptr);
  auto gelu =
      declare<NoAttrs>(registry, "gelu", "Gaussian error linear unit: x times the normal distribution function.");
  leaky<NoAttrs>(gelu, "gelu", nullptr);

  auto swish = declare<Swish>(registry, "swish", "x * sigmoid(beta * x).");
  swish.attr("beta", &Swish::beta, "Steepness.");
  swish.compose([](ComposeContext &c, const Swish &a) {
    Entry scaled = c.apply("multiply_scalar", {c.input(0)}, {{"scalar", a.beta}}, "scaled");
    Entry gate = c.apply("activation", {scaled}, {{"act_type", "sigmoid"}}, "gate");
    c.output(c.apply("elemwise_mul", {c.input(0), gate}));
  });
}

}  // namespace cermet
