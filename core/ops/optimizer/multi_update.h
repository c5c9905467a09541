// SPDX-License-Identifier: Apache-2.0
// Updates of many weights in one call: the inputs are weight, grad, states of the first, then of the second, and so on;
// the outputs are the new weights. Rates and decays are given one a weight.
#pragma once

#include "ops/optimizer/update.h"

namespace cermet::optimizer {

template <class Rule>
struct MultiRule : Rule {
  std::vector<double> lrs, wds, etas;
  int64_t num_weights = 1;
};

template <class Rule>
constexpr bool kHasEta = requires(Rule rule) {
  rule.eta;
};

// Number of inputs a weight.
template <class Rule>
constexpr int arrays_per_weight(bool mp) {
  return 2 + static_cast<int>(kNumStates<Rule>) + mp;
}

template <class Rule>
Rule rule_of(const MultiRule<Rule> &all, size_t k) {
  Rule rule = all;
  rule.lr = all.lrs[k];
  rule.wd = all.wds[k];
  if constexpr (kHasEta<Rule>) rule.eta = all.etas[k];
  return rule;
}

inline void check_length(const char *name, const std::vector<double> &values, int64_t num_weights) {
  if (static_cast<int64_t>(values.size()) != num_weights)
    throw Error(Status::invalid_argument, name, "got ", values.size(), " numbers; want num_weights ", num_weights);
}

template <class Rule>
void infer_multi(InferContext &c, const MultiRule<Rule> &a, bool mp) {
  int stride = arrays_per_weight<Rule>(mp);
  int64_t wanted = a.num_weights * stride + kScaleInput<Rule>;
  if (c.num_inputs() != wanted)
    throw Error(Status::invalid_argument, "data", "got ", c.num_inputs(), " arrays; want ", wanted, " for num_weights ",
                a.num_weights);
  for (int k = 0; k < static_cast<int>(a.num_weights); ++k) {
    int first = k * stride;
    if (!c.known(first))
      throw Error(Status::shape, c.input_name(first), "is not known; want shape and dtype of each weight");
    DType dtype = c.dtype(first);
    c.expect(first + 1, c.shape(first), dtype);
    for (int s = 2; s < stride; ++s) c.expect(first + s, c.shape(first), mp ? DType::float32 : dtype);
    c.output(k, c.shape(first), dtype);
  }
  if (!kScaleInput<Rule>) return;
  int scale = static_cast<int>(wanted) - 1;
  if (!c.known(scale)) return c.expect(scale, {1}, DType::float32);
  if (c.shape(scale).numel() != 1)
    throw Error(Status::shape, c.input_name(scale), "got ", c.shape(scale), "; want one element");
}

template <class Rule>
DefinitionBuilder<MultiRule<Rule>> declare_multi_update(Registry &registry, const UpdateText &text, bool mp) {
  using A = MultiRule<Rule>;
  auto op = registry.op<A>(text.name.c_str(), "optimizer");
  op.doc(text.summary, text.doc);
  op.definition().aliases = text.aliases;
  auto &data = op.variadic("data", "Weight, gradient and states of each weight in turn; states are changed in place.",
                           "", kFloats);
  data.role = Role::state;
  op.variadic_output("output", "The new weights.", [](const A &a, int) { return static_cast<int>(a.num_weights); });
  op.attr("lrs", &A::lrs, "Learning rates, one a weight.").required();
  op.attr("wds", &A::wds, "Weight decays, one a weight.").required();
  if constexpr (kHasEta<Rule>) op.attr("etas", &A::etas, "Schedule factors, one a weight.").required();
  op.attr("num_weights", &A::num_weights, "Number of weights.").min(1).max(1 << 20);
  declare_common(op);
  op.check([](const A &a) {
    check_length("lrs", a.lrs, a.num_weights);
    check_length("wds", a.wds, a.num_weights);
    if constexpr (kHasEta<Rule>) check_length("etas", a.etas, a.num_weights);
  });
  op.infer([mp](InferContext &c, const A &a) { infer_multi<Rule>(c, a, mp); });
  op.kernel([mp](KernelContext &c, const A &a) {
    int stride = arrays_per_weight<Rule>(mp), scale = static_cast<int>(a.num_weights) * stride;
    for (int k = 0; k < static_cast<int>(a.num_weights); ++k)
      update_or_keep<Rule>(c, rule_of<Rule>(a, static_cast<size_t>(k)), k * stride, k, mp, scale);
  });
  return op;
}

// multi_<name> and multi_mp_<name>.
template <class Rule>
DefinitionBuilder<MultiRule<Rule>> register_multi_update(Registry &registry, UpdateText text, bool mp) {
  text.summary = cat(mp ? "Mixed-precision form" : "Form", " of ", text.name, " for many weights in one call.");
  text.name = cat(mp ? "multi_mp_" : "multi_", text.name);
  return declare_multi_update<Rule>(registry, text, mp);
}

}  // namespace cermet::optimizer
