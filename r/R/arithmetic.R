# SPDX-License-Identifier: Apache-2.0
# R's operators on arrays and symbols. The engine's operators promote nothing silently; what R users expect of mixed
# types and of single numbers is settled here.

# For each of R's operators: the engine's operator for two arrays, for array and number, for number and array.
# `kind` says which element types may enter and what comes out.
binary_ops <- list(
  "+" = list("add", "add_scalar", "add_scalar", kind = "number"),
  "-" = list("subtract", "subtract_scalar", "rsubtract_scalar", kind = "number"),
  "*" = list("multiply", "multiply_scalar", "multiply_scalar", kind = "number"),
  "/" = list("divide", "divide_scalar", "rdivide_scalar", kind = "float"),
  "^" = list("power", "power_scalar", "rpower_scalar", kind = "float"),
  "%%" = list("mod", "mod_scalar", "rmod_scalar", kind = "number"),
  "==" = list("equal", "equal_scalar", "equal_scalar", kind = "logical"),
  "!=" = list("not_equal", "not_equal_scalar", "not_equal_scalar", kind = "logical"),
  ">" = list("greater", "greater_scalar", "lesser_scalar", kind = "logical"),
  ">=" = list("greater_equal", "greater_equal_scalar", "lesser_equal_scalar", kind = "logical"),
  "<" = list("lesser", "lesser_scalar", "greater_scalar", kind = "logical"),
  "<=" = list("lesser_equal", "lesser_equal_scalar", "greater_equal_scalar", kind = "logical"),
  "&" = list("logical_and", "logical_and_scalar", "logical_and_scalar", kind = "logical"),
  "|" = list("logical_or", "logical_or_scalar", "logical_or_scalar", kind = "logical")
)

# From narrow to wide: of two types the later one is taken.
dtype_order <- c("bool", "uint8", "int8", "int32", "int64", "float16", "bfloat16", "float32", "float64")
float_dtypes <- c("float16", "bfloat16", "float32", "float64")

is_symbol <- function(x) inherits(x, "cermet_symbol")
is_float <- function(x) cm_dtype(x) %in% float_dtypes
as_float <- function(x) if (is_float(x)) x else cast(x, "float32")

operate <- function(generic, e1, e2) {
  if (generic == "%/%") return(floor(operate("/", e1, e2)))
  op <- binary_ops[[generic]]
  if (is.null(op)) stop_cermet("unsupported", generic, "e1", "no such operator for arrays")
  if (is_symbol(e1) || is_symbol(e2)) return(operate_symbols(op, e1, e2))
  result <- invoke(op[[1]], align(generic, op$kind, e1, e2))
  if (op$kind == "logical") cast(result, "bool") else result
}

operate_symbols <- function(op, e1, e2) {
  if (is.numeric(e2)) return(invoke(op[[2]], list(e1), list(scalar = e2), "f"))
  if (is.numeric(e1)) return(invoke(op[[3]], list(e2), list(scalar = e1), "f"))
  invoke(op[[1]], list(e1, e2))
}

# Both operands as arrays of one element type and one rank.
align <- function(generic, kind, e1, e2) {
  dtypes <- c(operand_dtype(e1, e2), operand_dtype(e2, e1))
  dtype <- dtype_order[max(match(dtypes, dtype_order))]
  if (kind == "float" && !dtype %in% float_dtypes) dtype <- "float32"
  if (kind == "number" && dtype == "bool") dtype <- "int32"
  e1 <- cm_array(e1, dtype)
  e2 <- cm_array(e2, dtype)
  rank1 <- length(dim(e1))
  rank2 <- length(dim(e2))
  if (rank1 == rank2) return(list(e1, e2))
  if (length(e2) == 1) return(list(e1, reshape_to(e2, rep(1, rank1))))
  if (length(e1) == 1) return(list(reshape_to(e1, rep(1, rank2)), e2))
  stop_cermet(
    "shape", generic, "e2", "got [", format_dim(dim(e1)), "] and [", format_dim(dim(e2)),
    "]; want arrays of the same rank, sizes equal or 1 (nothing is recycled: use cm_reshape() to add dimensions)",
    shapes = list(as.numeric(dim(e1)), as.numeric(dim(e2)))
  )
}

# Element type of an operand. A plain number takes that of the array beside it if its value fits there.
operand_dtype <- function(x, other) {
  if (is_array(x)) return(cm_dtype(x))
  natural <- natural_dtype(x)
  if (!is_array(other)) return(natural)
  type <- cm_dtype(other)
  if (natural != "float32") return(if (natural == "int32" && type %in% c("uint8", "int8")) "int32" else natural)
  if (type %in% float_dtypes) return(type)
  if (all(is.finite(x)) && all(x == trunc(x)) && all(abs(x) < 2^31)) "int32" else "float32"
}

# Row-major. In the operator's attribute 0 stands for a size of the input, so empty arrays are made anew.
reshape_to <- function(x, dim) {
  if (length(x) > 0) return(invoke("reshape", list(x), list(shape = dim), "I"))
  dim[dim == -1] <- 0
  cm_array(array(0, dim), cm_dtype(x))
}

operate_unary <- function(generic, x) {
  switch(generic,
    "+" = x,
    "-" = if (is_symbol(x)) invoke("negative", list(x)) else invoke("negative", list(as_number(x))),
    "!" = {
      result <- invoke("logical_not", list(x))
      if (is_symbol(x)) result else cast(result, "bool")
    }
  )
}

as_number <- function(x) if (cm_dtype(x) == "bool") cast(x, "int32") else x

#' @export
Ops.cermet_array <- function(e1, e2) {
  if (nargs() == 1) operate_unary(.Generic, e1) else operate(.Generic, e1, e2)
}

# The same function, not another one: R refuses to mix two methods.
#' @export
Ops.cermet_symbol <- Ops.cermet_array

# The methods of s4.R: C_arith does the common cases at once, floats of one rank, or with a plain number.
quick_method <- function(generic) {
  eval(bquote(function(e1, e2) {
    result <- .Call(C_arith, .(generic), e1, e2)
    if (is.null(result)) operate(.(generic), e1, e2) else result
  }))
}
