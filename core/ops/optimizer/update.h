// SPDX-License-Identifier: Apache-2.0
// Optimizer updates. From one rule (ops/optimizer/rules.h) come up to four operators:
//
//   register_update<Rule>        <name>(weight, grad, states...)
//   register_mp_update<Rule>     mp_<name>(weight, grad, states..., weight32): 16-bit weight with a float32 master
//   register_multi_update<Rule>  multi_<name>(weight0, grad0, states0..., weight1, ...; lrs, wds)
//
// The new weight is the output, which may be the weight itself; states are changed in place.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.h"
#include "ops/optimizer/rules.h"
#include "schema/registry.h"

namespace cermet::optimizer {

// Whether the factor of the gradient is an input (the last one) instead of an attribute.
template <class Rule>
constexpr bool kScaleInput = requires {
  Rule::kTensorScale;
};

template <class Rule>
constexpr size_t kNumStates = count_of(Rule::kStates);

struct UpdateText {
  std::string name;
  std::vector<std::string> aliases;
  std::string summary, doc;
};

// Weights below which an update is not worth a second thread.
constexpr int64_t kUpdateGrain = 16384;

// Arrays of one weight. `master` is the weight that is read and written exactly, `low` a rounded copy of it (or null).
template <class M, class W, size_t N>
struct UpdateArrays {
  int64_t count = 0;
  const W *grad = nullptr;
  const M *weight = nullptr;
  M *new_weight = nullptr;
  W *low = nullptr;
  std::array<M *, N> states{};
};

template <class Rule, class M, class W>
void update_elements(Rule rule, const UpdateArrays<M, W, kNumStates<Rule>> &arrays) {
  using C = Compute<M>;
  constexpr bool has_row = requires { Rule::kRow; };
  if constexpr (has_row && std::is_same_v<M, float> && std::is_same_v<W, float>) {
    UpdateRow row = update_rows().*Rule::kRow;
    if (!arrays.low)
      return parallel_for(arrays.count, kUpdateGrain, [&](int64_t begin, int64_t end) {
        UpdateRun run{end - begin, arrays.grad + begin, arrays.weight + begin, arrays.new_weight + begin, {}};
        for (size_t s = 0; s < kNumStates<Rule>; ++s) run.states[s] = arrays.states[s] + begin;
        row(&rule, run);
      });
  }
  parallel_for(arrays.count, kUpdateGrain, [&, rule](int64_t begin, int64_t end) {
    auto a = arrays;  // local, so that the compiler knows that nothing writes to it
#pragma GCC ivdep
    for (int64_t k = begin; k < end; ++k) {
      std::array<C, kNumStates<Rule>> states;
      for (size_t s = 0; s < kNumStates<Rule>; ++s) states[s] = static_cast<C>(a.states[s][k]);
      C updated = rule.step(static_cast<C>(a.weight[k]), static_cast<C>(a.grad[k]), states.data());
      for (size_t s = 0; s < kNumStates<Rule>; ++s) a.states[s][k] = static_cast<M>(states[s]);
      a.new_weight[k] = static_cast<M>(updated);
      if (a.low) a.low[k] = static_cast<W>(static_cast<Compute<W>>(updated));
    }
  });
}

// Updates one weight whose arrays begin at input `first` (weight, grad, states, and the master where `mp`).
template <class Rule>
void update_weight(KernelContext &c, const Rule &rule, int first, int output, bool mp) {
  constexpr auto N = static_cast<int>(kNumStates<Rule>);
  dispatch_floats(c.in(first).dtype, [&](auto tag) {
    using W = typename decltype(tag)::type;
    auto run = [&]<class M>(TypeTag<M>, const M *weight, M *new_weight, W *low) {
      UpdateArrays<M, W, kNumStates<Rule>> arrays{
          c.in(first).numel(), c.in_as<W>(first + 1), weight, new_weight, low, {}};
      for (int s = 0; s < N; ++s) arrays.states[static_cast<size_t>(s)] = c.in_as<M>(first + 2 + s);
      update_elements(rule, arrays);
    };
    if (mp)
      run(TypeTag<float>{}, c.in_as<float>(first + 2 + N), c.in_as<float>(first + 2 + N), c.out_as<W>(output));
    else
      run(tag, c.in_as<W>(first), c.out_as<W>(output), static_cast<W *>(nullptr));
  });
}

// The rule with the scale taken from input `slot`; false where it is zero or not finite and the step must be left out.
template <class Rule>
bool take_scale(KernelContext &c, Rule &rule, int slot) {
  double scale = dispatch_floats(
      c.in(slot).dtype, [&](auto tag) { return static_cast<double>(*c.in_as<typename decltype(tag)::type>(slot)); });
  rule.rescale_grad = scale;
  return std::isfinite(scale) && scale != 0;
}

// Arrays that the samples share: a weight, a gradient, a state.
inline SampleArray sample_weight() { return {{3}, {1, -2, 0.5}}; }
inline SampleArray sample_grad() { return {{3}, {0.5, 1, -4}}; }
inline SampleArray sample_state() { return {{3}, {0.1, 0.2, 0.3}}; }

// Leaves a weight as it is.
void keep_weight(KernelContext &c, int input, int output);

template <class Rule>
void update_or_keep(KernelContext &c, Rule rule, int first, int output, bool mp, int scale_slot) {
  if constexpr (kScaleInput<Rule>)
    if (!take_scale(c, rule, scale_slot)) return keep_weight(c, first, output);
  update_weight(c, rule, first, output, mp);
}

// Attributes that rule A has besides its own and lr, wd.
template <class A>
void declare_common(DefinitionBuilder<A> &op) {
  A::declare(op);
  if constexpr (!kScaleInput<A>) op.attr("rescale_grad", &A::rescale_grad, "Factor of the gradient, applied first.");
  if constexpr (!requires { A::kOwnClip; })
    op.attr("clip_gradient", &A::clip_gradient, "Bound of the gradient's absolute value; negative: none.");
}

template <class Rule>
void infer_update(InferContext &c, bool mp) {
  constexpr auto N = static_cast<int>(kNumStates<Rule>);
  DType state = mp ? DType::float32 : c.dtype(0);
  c.expect(1, c.shape(0), c.dtype(0));
  for (int s = 0; s < N; ++s) c.expect(2 + s, c.shape(0), state);
  if (mp) c.expect(2 + N, c.shape(0), DType::float32);
  if (kScaleInput<Rule> && c.shape(2 + N + mp).numel() != 1)
    throw Error(Status::shape, "rescale_grad", "got ", c.shape(2 + N + mp), "; want one element");
  c.output(0, c.shape(0), c.dtype(0));
}

template <class Rule>
DefinitionBuilder<Rule> declare_update(Registry &registry, const UpdateText &text, bool mp) {
  auto op = registry.op<Rule>(text.name.c_str(), "optimizer");
  op.doc(text.summary, text.doc);
  op.definition().aliases = text.aliases;
  op.input("weight", "Weight; any shape.", kFloats);
  op.input("grad", "Gradient of the loss by the weight.", kFloats);
  for (size_t s = 0; s < kNumStates<Rule>; ++s)
    op.state(Rule::kStates[s], "State of the optimizer; begins with zeros.", kFloats);
  if (mp) op.state("weight32", "The weight in float32.", dtype_bit(DType::float32));
  if (kScaleInput<Rule>)
    op.input("rescale_grad", "One number, the factor of the gradient; if it is 0 or not finite, nothing changes.",
             kFloats);
  op.output("output", "The new weight; may be the weight itself.");
  op.in_place(0, 0);
  if constexpr (!requires { Rule::kNoRate; }) op.attr("lr", &Rule::lr, "Learning rate.").required();
  op.attr("wd", &Rule::wd, "Weight decay.");
  declare_common(op);
  op.infer([mp](InferContext &c, const Rule &) { infer_update<Rule>(c, mp); });
  op.kernel([mp](KernelContext &c, const Rule &rule) {
    update_or_keep(c, rule, 0, 0, mp, 2 + static_cast<int>(kNumStates<Rule>) + mp);
  });
  return op;
}

template <class Rule>
DefinitionBuilder<Rule> register_update(Registry &registry, const UpdateText &text) {
  return declare_update<Rule>(registry, text, false);
}

template <class Rule>
DefinitionBuilder<Rule> register_mp_update(Registry &registry, UpdateText text) {
  text.summary = cat("Mixed-precision form of ", text.name, ": computes on a float32 copy of the weight.");
  text.name = cat("mp_", text.name);
  return declare_update<Rule>(registry, text, true);
}

}  // namespace cermet::optimizer
