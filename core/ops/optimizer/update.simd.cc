// SPDX-License-Identifier: Apache-2.0
// What rules.h declares, compiled for each instruction set: loops that the compiler turns into vector code.
#include "ops/optimizer/rules.h"

namespace cermet::optimizer {
namespace CERMET_ISA {

namespace {

template <class Rule>
void row(const void *data, const UpdateRun &run) {
  constexpr int kCount = count_of(Rule::kStates);
  const Rule rule = *static_cast<const Rule *>(data);  // local, so that the compiler knows that nothing writes to it
  const UpdateRun a = run;
#pragma GCC ivdep
  for (int64_t k = 0; k < a.count; ++k) {
    float states[3];
    for (int s = 0; s < kCount; ++s) states[s] = a.states[s][k];
    float updated = rule.step(a.weight[k], a.grad[k], states);
    for (int s = 0; s < kCount; ++s) a.states[s][k] = states[s];
    a.new_weight[k] = updated;
  }
}

}  // namespace

const UpdateRows update_rows_table{row<Sgd>,   row<SgdMomentum>, row<Nesterov>,    row<Adam>,
                                   row<AdamW>, row<RmsProp>,     row<RmsPropAlex>, row<AdaGrad>,
                                   row<Ftrl>,  row<SignSgd>,     row<Signum>};

}  // namespace CERMET_ISA
}  // namespace cermet::optimizer
