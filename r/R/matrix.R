# SPDX-License-Identifier: Apache-2.0
# Matrix product, transposition, column-major dimensions, and joining arrays: as in base R.

matmul <- function(x, y) {
  if (is_symbol(x) || is_symbol(y)) return(invoke("dot", list(x, y)))
  dtypes <- c(operand_dtype(x, y), operand_dtype(y, x))
  dtype <- dtype_order[max(match(dtypes, dtype_order))]
  if (!dtype %in% float_dtypes) dtype <- "float32"
  x <- cm_array(x, dtype)
  y <- cm_array(y, dtype)
  if (length(dim(x)) > 2 || length(dim(y)) > 2) {
    stop_cermet("shape", "%*%", "y", "got [", format_dim(dim(x)), "] and [", format_dim(dim(y)), "]; want matrices",
                shapes = list(as.numeric(dim(x)), as.numeric(dim(y))))
  }
  if (length(dim(x)) < 2) x <- reshape_to(x, vector_as_left(length(x), dim(y)))
  if (length(dim(y)) < 2) y <- reshape_to(y, vector_as_right(length(y), dim(x)))
  invoke("dot", list(x, y))
}

# R takes a vector for a row or a column, whichever fits.
vector_as_left <- function(n, dim) if (length(dim) < 2 || dim[1] == n) c(1, n) else c(n, 1)
vector_as_right <- function(n, dim) if (dim[2] == n) c(n, 1) else c(1, n)

#' @export
t.cermet_array <- function(x) {
  rank <- length(dim(x))
  if (rank > 2) stop_cermet("shape", "t", "x", "got [", format_dim(dim(x)), "]; want a matrix (see aperm())",
                            shapes = list(as.numeric(dim(x))))
  if (rank < 2) reshape_to(x, c(1, length(x))) else transpose(x, 2:1)
}

transpose <- function(x, perm) invoke("transpose", list(x), list(axes = perm), "A")

#' @export
aperm.cermet_array <- function(a, perm = NULL, ...) {
  transpose(a, if (is.null(perm)) rev(seq_along(dim(a))) else perm)
}

# R's order is the engine's with all axes reversed.
#' @export
`dim<-.cermet_array` <- function(x, value) {
  if (prod(value) != length(x)) {
    stop_cermet("shape", "dim<-", "value", "got [", format_dim(value), "] for an array of ", length(x), " elements",
                shapes = list(as.numeric(dim(x)), as.numeric(value)))
  }
  result <- reshape_to(reversed(x), rev(value))
  reversed(result)
}

reversed <- function(x) if (length(dim(x)) < 2) x else transpose(x, rev(seq_along(dim(x))))

# The values in R's order, as an array of one dimension.
flat <- function(x) if (length(dim(x)) == 1) x else reshape_to(reversed(x), -1)

#' @export
c.cermet_array <- function(...) {
  arrays <- lapply(list(...), function(x) flat(cm_array(x)))
  join(arrays, 1)
}

join <- function(arrays, axis) {
  dtypes <- vapply(arrays, cm_dtype, "")
  dtype <- dtype_order[max(match(dtypes, dtype_order))]
  if (length(arrays) == 1) return(arrays[[1]])
  invoke("concat", lapply(arrays, cm_array, dtype), list(dim = axis), "a")
}

# deparse.level is R's; names of rows and columns do not exist here.
bind <- function(arrays, axis) {
  arrays <- lapply(arrays, cm_array)
  join(lapply(arrays, function(x) {
    if (length(dim(x)) > 1) x else reshape_to(x, if (axis == 1) c(1, length(x)) else c(length(x), 1))
  }), axis)
}

#' @export
rbind.cermet_array <- function(..., deparse.level = 1) bind(list(...), 1)

#' @export
cbind.cermet_array <- function(..., deparse.level = 1) bind(list(...), 2)
