// SPDX-License-Identifier: Apache-2.0
// The vector loops of all update rules, for every instruction set of this machine, against the rules in float64, whose
// numbers the operators' samples check; and, to the bit, against one number at a time.
#include "ops/optimizer/rules.h"

#include <random>
#include <vector>

#include "check.h"
#include "schema/registry.h"

namespace cermet::optimizer {
namespace {

constexpr size_t kCount = 1003;  // whole vectors and a rest

const std::vector<std::pair<Isa, const UpdateRows *>> &tables() {
  static const std::vector<std::pair<Isa, const UpdateRows *>> all{{Isa::baseline, &baseline::update_rows_table},
                                                                   {Isa::avx2, &avx2::update_rows_table},
                                                                   {Isa::avx512, &avx512::update_rows_table}};
  return all;
}

template <class Rule>
void check_rule(Rule rule, const char *name) {
  constexpr auto N = static_cast<size_t>(count_of(Rule::kStates));
  std::mt19937 random(5);
  std::uniform_real_distribution<float> values(-1, 1), sizes(0.6F, 1);
  std::vector<float> weight(kCount), grad(kCount), states[3];
  for (size_t k = 0; k < kCount; ++k) weight[k] = values(random), grad[k] = 3 * values(random);
  for (auto &state : states)  // as sums of squares are: not below those of means
    for (size_t k = 0; k < kCount; ++k) state.push_back(sizes(random));
  if (N == 3)
    for (float &mean : states[1]) mean *= 0.5F;
  for (auto [set, table] : tables()) {
    if (set > isa()) continue;
    auto new_weight = weight;
    std::vector<float> now[3] = {states[0], states[1], states[2]};
    UpdateRun run{kCount, grad.data(), new_weight.data(), new_weight.data(), {}};
    for (size_t s = 0; s < N; ++s) run.states[s] = now[s].data();
    (table->*Rule::kRow)(&rule, run);
    for (size_t k = 0; k < kCount; ++k) {
      double wanted_states[3] = {states[0][k], states[1][k], states[2][k]};
      double wanted = rule.step(static_cast<double>(weight[k]), static_cast<double>(grad[k]), wanted_states);
      auto close = [](double got, double want) { return std::abs(got - want) <= 1e-5 * (1 + std::abs(want)); };
      cr_assert(close(new_weight[k], wanted), "%s, %s, weight %zu: got %g; want %g", name, isa_name(set), k,
                static_cast<double>(new_weight[k]), wanted);
      float same_states[3] = {states[0][k], states[1][k], states[2][k]};
      float same = rule.step(weight[k], grad[k], same_states);
      cr_assert(new_weight[k] == same, "%s, %s, weight %zu: not what one number alone gives", name, isa_name(set), k);
      for (size_t s = 0; s < N; ++s)
        cr_assert(close(now[s][k], wanted_states[s]), "%s, %s, state %zu of %zu: got %g; want %g", name, isa_name(set),
                  s, k, static_cast<double>(now[s][k]), wanted_states[s]);
    }
  }
}

template <class Rule>
void check(const char *name, void (*set)(Rule &) = nullptr) {
  for (double clip : {-1.0, 0.8}) {
    Rule rule;
    rule.lr = 0.1;
    rule.wd = 0.02;
    rule.rescale_grad = 0.5;
    rule.clip_gradient = clip;
    if (set) set(rule);
    check_rule(rule, name);
  }
}

}  // namespace

Test(update_rules, rows_are_the_rules_in_float64) {
  check<Sgd>("sgd");
  check<SgdMomentum>("sgd_momentum", [](SgdMomentum &rule) { rule.momentum = 0.9; });
  check<Nesterov>("nesterov", [](Nesterov &rule) { rule.momentum = 0.9; });
  check<SignSgd>("sign_sgd");
  check<Signum>("signum", [](Signum &rule) { rule.momentum = 0.9, rule.wd_lh = 0.1; });
  check<Adam>("adam");
  check<AdamW>("adamw", [](AdamW &rule) { rule.eta = 0.7; });
  check<RmsProp>("rmsprop", [](RmsProp &rule) { rule.clip_weights = 0.9; });
  check<RmsPropAlex>("rmsprop_alex");
  check<AdaGrad>("adagrad");
  check<Ftrl>("ftrl", [](Ftrl &rule) { rule.lamda1 = 0.3; });
}

}  // namespace cermet::optimizer
