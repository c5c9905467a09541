// SPDX-License-Identifier: Apache-2.0
// Formulas of gradients, written as formulas: `head * (1.0 - y * y)` builds the graph of operators that computes it.
#pragma once

#include "autograd/gradient.h"

namespace cermet {

class Expr {
 public:
  Expr(GradientContext &g, Entry entry) : g_(&g), entry_(std::move(entry)) {}
  const Entry &entry() const { return entry_; }

  Expr apply(const char *op, const AttrList &attrs = {}) const { return {*g_, g_->apply(op, {entry_}, attrs)}; }
  Expr apply(const char *op, const Expr &other, const AttrList &attrs = {}) const {
    return {*g_, g_->apply(op, {entry_, other.entry_}, attrs)};
  }
  Expr scalar(const char *op, double value) const { return apply(op, {{"scalar", value}}); }

 private:
  GradientContext *g_;
  Entry entry_;
};

inline Expr operator+(const Expr &a, const Expr &b) { return a.apply("add", b); }
inline Expr operator-(const Expr &a, const Expr &b) { return a.apply("subtract", b); }
inline Expr operator*(const Expr &a, const Expr &b) { return a.apply("multiply", b); }
inline Expr operator/(const Expr &a, const Expr &b) { return a.apply("divide", b); }
inline Expr operator-(const Expr &a) { return a.apply("negative"); }
inline Expr operator+(const Expr &a, double b) { return a.scalar("add_scalar", b); }
inline Expr operator-(const Expr &a, double b) { return a.scalar("subtract_scalar", b); }
inline Expr operator*(const Expr &a, double b) { return a.scalar("multiply_scalar", b); }
inline Expr operator/(const Expr &a, double b) { return a.scalar("divide_scalar", b); }
inline Expr operator+(double a, const Expr &b) { return b + a; }
inline Expr operator-(double a, const Expr &b) { return b.scalar("rsubtract_scalar", a); }
inline Expr operator*(double a, const Expr &b) { return b * a; }
inline Expr operator/(double a, const Expr &b) { return b.scalar("rdivide_scalar", a); }

}  // namespace cermet
