// SPDX-License-Identifier: Apache-2.0
// Attributes of Adam and its relatives.
#pragma once

#include <cmath>

#include "train/rules.h"

namespace cermet {

struct AdamAttrs : OptimizerAttrs {
  AdamAttrs() { learning_rate = 0.001; }
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
};

template <class A>
void declare_adam_attrs(DefinitionBuilder<A> &def) {
  declare_optimizer_attrs(def);
  def.attr("beta1", &A::beta1, "How long the mean of gradients remembers.").min(0).max(1);
  def.attr("beta2", &A::beta2, "How long the mean of squared gradients remembers.").min(0).max(1);
  def.attr("epsilon", &A::epsilon, "Added to the root of the mean square.").min(0);
}

// The step with the learning rate that makes up for means which began at 0; the update operators leave that to the
// caller.
inline OptimizerStep unbiased(const AdamAttrs &a, OptimizerStep step) {
  auto t = static_cast<double>(step.count);
  step.learning_rate *= std::sqrt(1 - std::pow(a.beta2, t)) / (1 - std::pow(a.beta1, t));
  return step;
}

inline AttrList adam_step_attrs(const AdamAttrs &a, const OptimizerStep &step) {
  return step_attrs(a, step, {{"beta1", a.beta1}, {"beta2", a.beta2}, {"epsilon", a.epsilon}});
}

}  // namespace cermet
