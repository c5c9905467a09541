# SPDX-License-Identifier: Apache-2.0
# R's mathematical functions and summaries on arrays and symbols.

math_ops <- c(
  abs = "abs", sign = "sign", sqrt = "sqrt", floor = "floor", ceiling = "ceil", trunc = "trunc", exp = "exp",
  expm1 = "expm1", log1p = "log1p", log2 = "log2", log10 = "log10", cos = "cos", sin = "sin", tan = "tan",
  acos = "arccos", asin = "arcsin", atan = "arctan", cosh = "cosh", sinh = "sinh", tanh = "tanh", acosh = "arccosh",
  asinh = "arcsinh", atanh = "arctanh", gamma = "gamma", lgamma = "gammaln"
)

# These keep whole numbers whole; the others compute in floating point, as in R.
whole_ops <- c("abs", "sign", "floor", "ceiling", "trunc")

#' @export
Math.cermet_array <- function(x, ...) {
  if (.Generic == "log") return(math_log(x, ...))
  if (.Generic == "round") return(math_round(x, ...))
  op <- math_ops[.Generic]
  if (is.na(op)) stop_cermet("unsupported", .Generic, "x", "no such operator for arrays; as.array(x) gives an R array")
  if (is_symbol(x)) return(invoke(op, list(x)))
  invoke(op, list(if (.Generic %in% whole_ops) as_number(x) else as_float(x)))
}

#' @export
Math.cermet_symbol <- Math.cermet_array

math_log <- function(x, base = NULL) {
  if (!is_symbol(x)) x <- as_float(x)
  natural <- invoke("log", list(x))
  if (is.null(base)) natural else natural / log(base)
}

# R rounds halves to even; the engine's operators of that name do not.
math_round <- function(x, digits = 0) {
  if (is_symbol(x)) stop_cermet("unsupported", "round", "x", "no such operator for symbols; use cm_round()")
  if (!is_float(x)) return(x)
  scale <- 10^digits
  scaled <- x * scale
  below <- floor(scaled)
  part <- scaled - below
  odd <- below %% 2
  (below + cast(part > 0.5, cm_dtype(x)) + cast(part == 0.5, cm_dtype(x)) * odd) / scale
}

# A reduction over everything, as an array with one element.
reduce <- function(op, x) invoke(op, list(x), list(axis = NULL), "A")

summary_ops <- c(sum = "sum", prod = "prod", max = "max", min = "min")

#' @export
Summary.cermet_array <- function(..., na.rm = FALSE) {
  if (na.rm) stop_cermet("unsupported", .Generic, "na.rm", "got TRUE; arrays have no missing values to remove")
  inputs <- list(...)
  if (.Generic %in% c("any", "all")) {
    values <- lapply(inputs, function(x) as.logical(as.vector(x)))
    return(do.call(.Generic, values))
  }
  if (length(inputs) > 1) inputs <- list(do.call("c", lapply(inputs, cm_array)))
  x <- as_number(inputs[[1]])
  if (.Generic == "range") return(c(reduce("min", x), reduce("max", x)))
  reduce(summary_ops[[.Generic]], x)
}
