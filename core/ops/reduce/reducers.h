// SPDX-License-Identifier: Apache-2.0
// What is done with the values that are reduced (see ops/common/reduce.h). L is the lane type of the values.
#pragma once

#include <cmath>
#include <limits>

#include "ops/common/reduce.h"

namespace cermet {

template <class L>
struct MeanReducer : SumReducer<L> {
  using typename SumReducer<L>::Acc;
  static Acc finish(const Acc &acc, int64_t count) {
    if constexpr (std::is_integral_v<L>) return count ? acc / count : 0;
    return acc / static_cast<Acc>(count);
  }
};

template <class L>
struct NanSumReducer : SumReducer<L> {
  using typename SumReducer<L>::Acc;
  static void step(Acc &acc, L value, int64_t index) { SumReducer<L>::step(acc, value == value ? value : L(0), index); }
};

template <class L>
struct ProdReducer {
  using Lane = L;
  using Acc = typename SumReducer<L>::Acc;
  using Result = Acc;
  static Acc init() { return 1; }
  static void step(Acc &acc, L value, int64_t) {
    if constexpr (std::is_integral_v<L>)
      acc = static_cast<L>(static_cast<uint64_t>(acc) * static_cast<uint64_t>(value));
    else
      acc *= value;
  }
  static void merge(Acc &acc, const Acc &other) {
    if constexpr (std::is_integral_v<L>)
      step(acc, other, 0);
    else
      acc *= other;
  }
  static Result finish(const Acc &acc, int64_t) { return acc; }
};

template <class L>
struct NanProdReducer : ProdReducer<L> {
  using typename ProdReducer<L>::Acc;
  static void step(Acc &acc, L value, int64_t index) {
    ProdReducer<L>::step(acc, value == value ? value : L(1), index);
  }
};

// The largest value, or the smallest. A NaN wins.
template <class L, bool largest>
struct ExtremeReducer {
  using Lane = L;
  using Acc = L;
  using Result = L;
  static Acc init() {
    using Limits = std::numeric_limits<L>;
    if constexpr (std::is_integral_v<L>)
      return largest ? Limits::min() : Limits::max();
    else
      return largest ? -Limits::infinity() : Limits::infinity();
  }
  static void step(Acc &acc, L value, int64_t) {
    acc = (largest ? value > acc : value < acc) || value != value ? value : acc;
  }
  static void merge(Acc &acc, const Acc &other) { step(acc, other, 0); }
  static Result finish(const Acc &acc, int64_t) { return acc; }
};
template <class L>
using MaxReducer = ExtremeReducer<L, true>;
template <class L>
using MinReducer = ExtremeReducer<L, false>;

// Where the largest (smallest) value is: the first such place. A NaN wins, as in ExtremeReducer.
template <class L, bool largest>
struct PlaceReducer {
  using Lane = L;
  struct Acc {
    L value;
    int64_t index;
  };
  using Result = int64_t;
  static Acc init() { return {L(0), -1}; }
  static void step(Acc &acc, L value, int64_t index) {
    if (acc.index < 0 || beats(value, acc.value)) acc = {value, index};
  }
  static void merge(Acc &acc, const Acc &other) {
    if (other.index < 0) return;
    bool tie = !beats(other.value, acc.value) && !beats(acc.value, other.value);
    if (acc.index < 0 || beats(other.value, acc.value) || (tie && other.index < acc.index)) acc = other;
  }
  static Result finish(const Acc &acc, int64_t) { return acc.index < 0 ? 0 : acc.index; }

 private:
  static bool beats(L a, L b) { return (largest ? a > b : a < b) || (a != a && b == b); }
};

// Sum of absolute values, and square root of the sum of squares; in double, for integers too.
template <class L>
struct Norm1Reducer : SumReducer<double> {
  using Lane = L;
  static void step(Acc &acc, L value, int64_t) { acc += std::fabs(static_cast<double>(value)); }
};
template <class L>
struct Norm2Reducer : SumReducer<double> {
  using Lane = L;
  static void step(Acc &acc, L value, int64_t) { acc += static_cast<double>(value) * static_cast<double>(value); }
  static Acc finish(const Acc &acc, int64_t) { return std::sqrt(acc); }
};

}  // namespace cermet
