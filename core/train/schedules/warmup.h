// SPDX-License-Identifier: Apache-2.0
// Schedules that begin with a warm-up, and those that then fall until a given update: attributes, and how a schedule
// becomes a rule.
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

// Schedules that fall from the learning rate to `final_lr`.
struct Decay : Warmup {
  int64_t max_update = 1;
  double final_lr = 0;
};

template <class A>
void declare_decay_attrs(DefinitionBuilder<A> &def) {
  def.attr("max_update", &A::max_update, "Number of updates after which final_lr is reached.").required().min(1);
  def.attr("final_lr", &A::final_lr, "Learning rate from then on.").min(0);
  def.check([](const A &a) {
    if (a.warmup_steps >= a.max_update)
      throw Error(Status::invalid_argument, "warmup_steps", "got ", a.warmup_steps, "; want less than max_update, ",
                  a.max_update);
  });
}

// left(attrs, progress) goes from 1 to 0 while progress goes from 0, the warm-up's end, to 1, `max_update`.
template <class A, class Left>
void make_decay(DefinitionBuilder<A> &def, Left left) {
  make_schedule(def, [left](const A &a, double base, int64_t update) {
    auto done = static_cast<double>(update - a.warmup_steps), all = static_cast<double>(a.max_update - a.warmup_steps);
    return a.final_lr + (base - a.final_lr) * left(a, update >= a.max_update ? 1 : done / all);
  });
}

}  // namespace cermet
