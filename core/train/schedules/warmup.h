// SPDX-License-Identifier: Apache-2.0
// Schedules that begin with a warm-up: attributes, and how a schedule becomes a rule.
#pragma once

#include "train/rules.h"

namespace cermet {

struct Warmup {
  enum class Mode { linear, constant };
  int64_t warmup_steps = 0;
  double warmup_begin_lr = 0;
  Mode warmup_mode = Mode::linear;
};

template <class A>
void declare_warmup_attrs(DefinitionBuilder<A> &def) {
  def.attr("warmup_steps", &A::warmup_steps, "Number of updates before the schedule proper begins.").min(0);
  def.attr("warmup_begin_lr", &A::warmup_begin_lr, "Learning rate at the very beginning of the warm-up.").min(0);
  def.choice("warmup_mode", &A::warmup_mode, {"linear", "constant"},
             "Whether the warm-up rises to the base rate or stays where it begins.");
}

// rate(attrs, base, update) holds after the warm-up.
template <class A, class Rate>
void make_schedule(DefinitionBuilder<A> &def, Rate rate) {
  def.definition().rule = ScheduleRule{[rate](const void *attrs, double base, int64_t update) -> double {
    const A &a = *static_cast<const A *>(attrs);
    if (update >= a.warmup_steps) return rate(a, base, update);
    if (a.warmup_mode == Warmup::Mode::constant) return a.warmup_begin_lr;
    double part = static_cast<double>(update) / static_cast<double>(a.warmup_steps);
    return a.warmup_begin_lr + (base - a.warmup_begin_lr) * part;
  }};
}

// How far the update lies between the warm-up's end (0) and `max_update` (1).
template <class A>
double progress(const A &a, int64_t update) {
  if (update >= a.max_update) return 1;
  return static_cast<double>(update - a.warmup_steps) / static_cast<double>(a.max_update - a.warmup_steps);
}

}  // namespace cermet
