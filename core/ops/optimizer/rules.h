// SPDX-License-Identifier: Apache-2.0
// The arithmetic of optimizer updates. A rule's members are the attributes of its operators; `step` maps one weight,
// its gradient and its states to the new weight, and changes the states. As everywhere in MXNet, the gradient is
// multiplied by rescale_grad first, and a negative clip_gradient means no clipping.
//
// update.simd.cc compiles these rules for each instruction set: hence plain numbers only, and functions that are always
// inlined (base/isa.h). A new rule also gets a row there, or none: then it has no `kRow`.
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace cermet {

template <class A>
class DefinitionBuilder;

namespace optimizer {

// Arrays of one weight in float32, or of a part of it.
struct UpdateRun {
  int64_t count;
  const float *grad, *weight;
  float *new_weight;
  float *states[3];
};
// Updates a run by the rule whose struct is given.
using UpdateRow = void (*)(const void *rule, const UpdateRun &run);

struct UpdateRows {
  UpdateRow sgd, sgd_momentum, nesterov, adam, adamw, rmsprop, rmsprop_alex, adagrad, ftrl, sign_sgd, signum;
};
CERMET_SIMD(UpdateRows, update_rows)

// Names of states, as many as there are.
using StateNames = const char *const[3];
constexpr int count_of(const StateNames &names) {
  return (names[0] != nullptr) + (names[1] != nullptr) + (names[2] != nullptr);
}

[[gnu::always_inline]] inline float root(float x) { return __builtin_sqrtf(x); }
[[gnu::always_inline]] inline double root(double x) { return __builtin_sqrt(x); }
template <class C>
[[gnu::always_inline]] inline C sign(C x) {
  return static_cast<C>((x > C(0)) - (x < C(0)));
}
// Within [-bound, bound], unless the bound is negative.
template <class C>
[[gnu::always_inline]] inline C bounded(C x, double bound) {
  if (bound < 0) return x;
  auto most = static_cast<C>(bound);
  C low = x < -most ? -most : x;
  return most < low ? most : low;
}

struct RuleBase {
  double lr = 0, wd = 0, rescale_grad = 1, clip_gradient = -1;

  template <class C>
  [[gnu::always_inline]] C clipped(C grad) const {
    return bounded(grad, clip_gradient);
  }
  template <class C>
  [[gnu::always_inline]] C scaled(C grad) const {
    return static_cast<C>(rescale_grad) * grad;
  }
};

// ---- Gradient descent

struct Lazy : RuleBase {
  bool lazy_update = true;
  template <class A>
  static void declare_lazy(DefinitionBuilder<A> &op) {
    op.attr("lazy_update", &A::lazy_update, "Only for MXNet's sparse gradients; has no effect.");
  }
};

struct Sgd : Lazy {
  static constexpr StateNames kStates{};
  static constexpr auto kRow = &UpdateRows::sgd;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_lazy(op);
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *) const {
    return (C(1) - static_cast<C>(lr) * static_cast<C>(wd)) * weight - static_cast<C>(lr) * clipped(scaled(grad));
  }
};

template <class A>
void declare_momentum(DefinitionBuilder<A> &op) {
  op.attr("momentum", &A::momentum, "Part of the last step that is taken again.");
}

struct SgdMomentum : Lazy {
  double momentum = 0;
  static constexpr StateNames kStates{"mom"};
  static constexpr auto kRow = &UpdateRows::sgd_momentum;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_momentum(op);
    declare_lazy(op);
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *mom) const {
    *mom = static_cast<C>(momentum) * *mom - static_cast<C>(lr) * static_cast<C>(wd) * weight -
           static_cast<C>(lr) * clipped(scaled(grad));
    return weight + *mom;
  }
};

struct Nesterov : RuleBase {
  double momentum = 0;
  static constexpr StateNames kStates{"mom"};
  static constexpr auto kRow = &UpdateRows::nesterov;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_momentum(op);
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *mom) const {
    C push = static_cast<C>(lr) * (clipped(scaled(grad)) + static_cast<C>(wd) * weight);
    *mom = static_cast<C>(momentum) * *mom - push;
    return weight + static_cast<C>(momentum) * *mom - push;
  }
};

// ---- Signs (Bernstein et al., 2018)

struct SignSgd : RuleBase {
  static constexpr StateNames kStates{};
  static constexpr auto kRow = &UpdateRows::sign_sgd;
  template <class A>
  static void declare(DefinitionBuilder<A> &) {}
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *) const {
    return (C(1) - static_cast<C>(lr * wd)) * weight - static_cast<C>(lr) * sign(grad);
  }
};

struct Signum : RuleBase {
  double momentum = 0, wd_lh = 0;
  static constexpr StateNames kStates{"mom"};
  static constexpr auto kRow = &UpdateRows::signum;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("momentum", &A::momentum, "Part of the averaged gradient that is kept.");
    op.attr("wd_lh", &A::wd_lh, "Weight decay that acts on the weight itself, not on the average.");
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *mom) const {
    *mom = static_cast<C>(momentum) * *mom -
           static_cast<C>(1 - momentum) * (static_cast<C>(wd) * weight + clipped(scaled(grad)));
    return (C(1) - static_cast<C>(lr * wd_lh)) * weight + static_cast<C>(lr) * sign(*mom);
  }
};

// ---- Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019)

struct Moments : RuleBase {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr StateNames kStates{"mean", "var"};

  template <class A>
  static void declare_moments(DefinitionBuilder<A> &op) {
    op.attr("beta1", &A::beta1, "Part of the mean that is kept.");
    op.attr("beta2", &A::beta2, "Part of the variance that is kept.");
    op.attr("epsilon", &A::epsilon, "Added to the square root of the variance.");
  }

  // Moves the moments on and returns mean / (sqrt(var) + epsilon).
  template <class C>
  [[gnu::always_inline]] C direction(C grad, C *states) const {
    C &mean = states[0], &var = states[1];
    mean = static_cast<C>(beta1) * mean + static_cast<C>(1 - beta1) * grad;
    var = static_cast<C>(beta2) * var + static_cast<C>(1 - beta2) * grad * grad;
    return mean / (root(var) + static_cast<C>(epsilon));
  }
};

struct Adam : Moments {
  bool lazy_update = true;
  static constexpr auto kRow = &UpdateRows::adam;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_moments(op);
    op.attr("lazy_update", &A::lazy_update, "Only for MXNet's sparse gradients; has no effect.");
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *states) const {
    C whole = clipped(scaled(grad) + static_cast<C>(wd) * weight);
    return weight - static_cast<C>(lr) * direction(whole, states);
  }
};

struct AdamW : Moments {
  double eta = 0;
  static constexpr bool kTensorScale = true;
  static constexpr auto kRow = &UpdateRows::adamw;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_moments(op);
    if constexpr (__is_same(A, AdamW)) op.attr("eta", &A::eta, "Schedule factor of the whole step.").required();
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *states) const {
    C move = static_cast<C>(lr) * direction(clipped(scaled(grad)), states) + static_cast<C>(wd) * weight;
    return weight - static_cast<C>(eta) * move;
  }
};

// ---- Division by a running size of the gradient

struct RmsBase : RuleBase {
  double gamma1 = 0.95, epsilon = 1e-8, clip_weights = -1;
  template <class A>
  static void declare_rms(DefinitionBuilder<A> &op) {
    op.attr("gamma1", &A::gamma1, "Part of the running mean of squares that is kept.");
    op.attr("epsilon", &A::epsilon, "Added under the square root.");
    op.attr("clip_weights", &A::clip_weights, "Bound of the weight's absolute value; negative: none.");
  }
  template <class C>
  [[gnu::always_inline]] C average(C old, C fresh) const {
    return static_cast<C>(gamma1) * old + static_cast<C>(1 - gamma1) * fresh;
  }
};

// Tieleman and Hinton, 2012.
struct RmsProp : RmsBase {
  static constexpr StateNames kStates{"n"};
  static constexpr auto kRow = &UpdateRows::rmsprop;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_rms(op);
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *n) const {
    C whole = clipped(scaled(grad) + static_cast<C>(wd) * weight);
    *n = average(*n, whole * whole);
    return bounded(weight - static_cast<C>(lr) * whole / root(*n + static_cast<C>(epsilon)), clip_weights);
  }
};

// Graves, 2013: centered, with momentum.
struct RmsPropAlex : RmsBase {
  double gamma2 = 0.9;
  static constexpr StateNames kStates{"n", "g", "delta"};
  static constexpr auto kRow = &UpdateRows::rmsprop_alex;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    declare_rms(op);
    op.attr("gamma2", &A::gamma2, "Part of the last step that is taken again.");
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *states) const {
    C &n = states[0], &g = states[1], &delta = states[2];
    C whole = clipped(scaled(grad) + static_cast<C>(wd) * weight);
    n = average(n, whole * whole);
    g = average(g, whole);
    delta = static_cast<C>(gamma2) * delta - static_cast<C>(lr) * whole / root(n - g * g + static_cast<C>(epsilon));
    return bounded(weight + delta, clip_weights);
  }
};

// Duchi, Hazan and Singer, 2011.
struct AdaGrad : RuleBase {
  double epsilon = 1e-7;
  static constexpr StateNames kStates{"history"};
  static constexpr auto kRow = &UpdateRows::adagrad;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("epsilon", &A::epsilon, "Added under the square root.");
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *history) const {
    C whole = clipped(scaled(grad));
    *history += whole * whole;
    return weight -
           static_cast<C>(lr) * (whole / root(*history + static_cast<C>(epsilon)) + static_cast<C>(wd) * weight);
  }
};

// McMahan et al., 2013.
struct Ftrl : RuleBase {
  double lamda1 = 0.01, beta = 1;
  static constexpr StateNames kStates{"z", "n"};
  static constexpr auto kRow = &UpdateRows::ftrl;
  template <class A>
  static void declare(DefinitionBuilder<A> &op) {
    op.attr("lamda1", &A::lamda1, "Weight of the L1 penalty.");
    op.attr("beta", &A::beta, "Offset of the rate's denominator.");
  }
  template <class C>
  [[gnu::always_inline]] C step(C weight, C grad, C *states) const {
    C &z = states[0], &n = states[1], whole = clipped(scaled(grad)), rate = static_cast<C>(lr);
    C squares = n + whole * whole, penalty = static_cast<C>(lamda1);
    z += whole - (root(squares) - root(n)) * weight / rate;
    n = squares;
    C moved = ((z > C(0) ? penalty : -penalty) - z) / ((static_cast<C>(beta) + root(n)) / rate + static_cast<C>(wd));
    return z <= penalty && -z <= penalty ? C(0) : moved;
  }
};

}  // namespace optimizer
}  // namespace cermet
