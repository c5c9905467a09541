// SPDX-License-Identifier: Apache-2.0
// Special functions that the standard library lacks.
#pragma once

namespace cermet::special {

// Inverse of the error function; +-infinity at +-1, NaN beyond.
double erfinv(double x);
// Logarithm of the absolute value of the gamma function. (std::lgamma writes a global variable.)
double gammaln(double x);
// First and second derivative of gammaln; NaN at the poles of digamma, infinity at those of trigamma.
double digamma(double x);
double trigamma(double x);

}  // namespace cermet::special
