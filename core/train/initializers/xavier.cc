// SPDX-License-Identifier: Apache-2.0
// Random numbers whose size keeps the variance of signals from layer to layer.
#include "train/initializers/fill.h"

namespace cermet {
namespace {
enum class Distribution { uniform, gaussian };
enum class Factor { avg, in, out };

double factor_of(Factor type, Fan fan) {
  double factor = type == Factor::avg ? (fan.in + fan.out) / 2 : type == Factor::in ? fan.in : fan.out;
  return std::max(factor, 1.0);  // a dimension of 0 makes an empty array
}

void fill(const NewParameter &p, Distribution distribution, Factor factor, double magnitude) {
  double scale = std::sqrt(magnitude / factor_of(factor, fan_of(p)));
  if (distribution == Distribution::uniform)
    fill_uniform(p, -scale, scale);
  else
    fill_normal(p, scale);
}

struct Xavier {
  Distribution rnd_type = Distribution::uniform;
  Factor factor_type = Factor::avg;
  double magnitude = 3;
};

struct MsraPrelu {
  Factor factor_type = Factor::avg;
  double slope = 0.25;
};

const char *const kFactorDoc = "What divides the magnitude: number of inputs, of outputs, or their mean.";
}  // namespace

CERMET_REGISTER(initializer_xavier)(Registry &registry) {
  auto def = registry.add<Xavier>(Kind::initializer, "xavier", "initializer");
  def.doc("Random numbers of size sqrt(magnitude / number of connections).",
          "Glorot and Bengio, 2010. For weights of at least 2 dimensions: (outputs, inputs, window...).");
  def.choice("rnd_type", &Xavier::rnd_type, {"uniform", "gaussian"},
             "Uniform between minus and plus that size, or normal with it as standard deviation.");
  def.choice("factor_type", &Xavier::factor_type, {"avg", "in", "out"}, kFactorDoc);
  def.attr("magnitude", &Xavier::magnitude, "Square of the size for one connection.").min(0);
  make_initializer(def,
                   [](const Xavier &a, const NewParameter &p) { fill(p, a.rnd_type, a.factor_type, a.magnitude); });
}

CERMET_REGISTER(initializer_msra_prelu)(Registry &registry) {
  auto def = registry.add<MsraPrelu>(Kind::initializer, "msra_prelu", "initializer");
  def.doc("Normal random numbers for layers before rectifiers.",
          "He et al., 2015: xavier with a gaussian and magnitude 2 / (1 + slope^2).");
  def.alias("msraprelu");
  def.choice("factor_type", &MsraPrelu::factor_type, {"avg", "in", "out"}, kFactorDoc);
  def.attr("slope", &MsraPrelu::slope, "Slope of the rectifier below 0.");
  make_initializer(def, [](const MsraPrelu &a, const NewParameter &p) {
    fill(p, Distribution::gaussian, a.factor_type, 2 / (1 + a.slope * a.slope));
  });
}

}  // namespace cermet
