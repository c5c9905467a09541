# SPDX-License-Identifier: Apache-2.0
# Arrays: making them, reading them, showing them. Arithmetic, indexing and autograd have files of their own.

#' Arrays
#'
#' `cm_array()` copies an R vector, matrix or array into an array of the engine. Its dimensions are those it has in R:
#' element `[i, j]` stays element `[i, j]`. A vector becomes an array of one dimension.
#'
#' Arrays are values: `x[1] <- 0` changes `x`, not other variables that hold the same array. Base R's functions mean
#' what
#' they mean for R arrays (`[`, `dim<-`, `t`, `aperm`, arithmetic, `%*%`, `sum`); functions that begin with `cm_` are
#' the engine's, which is row-major: see [cm_reshape()] for the difference. Two arrays fit together when they have the
#' same rank and their sizes are equal or 1; one with a single element fits everything. Nothing is recycled. (Of the
#' `cm_`
#' functions those of arithmetic, such as [cm_add()], line up the last dimensions of arrays of unlike rank.)
#'
#' @param x a numeric, logical, raw or factor vector, matrix or array; bit64's `integer64`; a data frame of such
#'   columns; or an array, which is converted to `dtype`.
#' @param dtype element type: `"float32"`, `"float64"`, `"float16"`, `"bfloat16"`, `"int8"`, `"int32"`, `"int64"`,
#'   `"uint8"`, `"bool"`. `NULL` takes `float32` for doubles, `int32` for integers and factors (their codes), `bool` for
#'   logicals, `uint8` for raw bytes.
#' @param mode,... as in base R.
#' @return `cm_array()`: an object of class `cermet_array`. `cm_dtype()`, `cm_device()`: a string.
#' @examples
#' x <- cm_array(matrix(1:6, 2))
#' dim(x)
#' x + 10L
#' as.array(x %*% t(x))
#' x[2, -1]
#' @aliases cermet_array-class show,cermet_array-method %*%,cermet_array,cermet_array-method
#'   %*%,cermet_array,ANY-method %*%,ANY,cermet_array-method
#'   +,cermet_array,missing-method -,cermet_array,missing-method
#' @export
cm_array <- function(x, dtype = NULL) {
  if (inherits(x, "cermet_array")) {
    return(if (is.null(dtype) || identical(cm_dtype(x), dtype)) x else cast(x, dtype))
  }
  if (is.data.frame(x)) x <- data.matrix(x)
  if (is.null(dtype)) dtype <- natural_dtype(x)
  dim <- dim(x)
  .Call(C_array_create, x, if (is.null(dim)) length(x) else dim, dtype)
}

natural_dtype <- function(x) {
  if (inherits(x, "integer64")) return("int64")
  switch(typeof(x), integer = "int32", logical = "bool", raw = "uint8", "float32")
}

cast <- function(x, dtype) invoke("cast", list(x), list(dtype = dtype), "s")

#' @rdname cm_array
#' @export
cm_dtype <- function(x) .Call(C_array_dtype, x)

#' @rdname cm_array
#' @export
cm_device <- function(x) .Call(C_array_device, x)

is_array <- function(x) inherits(x, "cermet_array")

#' @export
dim.cermet_array <- function(x) .Call(C_array_dim, x)

#' @export
length.cermet_array <- function(x) .Call(C_array_length, x)

#' @rdname cm_array
#' @export
as.array.cermet_array <- function(x, ...) {
  values <- .Call(C_array_values, x)
  if (length(dim(x)) > 0) dim(values) <- dim(x)
  values
}

#' @rdname cm_array
#' @export
as.vector.cermet_array <- function(x, mode = "any") as.vector(.Call(C_array_values, x), mode)

#' @rdname cm_array
#' @export
as.matrix.cermet_array <- function(x, ...) as.matrix(as.array(x))

#' @export
as.double.cermet_array <- function(x, ...) as.double(.Call(C_array_values, x))

#' @export
as.integer.cermet_array <- function(x, ...) as.integer(.Call(C_array_values, x))

#' @export
as.logical.cermet_array <- function(x, ...) as.logical(.Call(C_array_values, x))

#' @export
is.na.cermet_array <- function(x) is.na(as.array(x))

#' @export
anyNA.cermet_array <- function(x, recursive = FALSE) anyNA(as.array(x))

#' @export
as.data.frame.cermet_array <- function(x, ...) as.data.frame(as.array(x), ...)

#' @export
sort.cermet_array <- function(x, decreasing = FALSE, ...) cm_array(sort(as.vector(x), decreasing), cm_dtype(x))

#' @export
unique.cermet_array <- function(x, ...) cm_array(unique(as.vector(x)), cm_dtype(x))

#' @export
is.numeric.cermet_array <- function(x) cm_dtype(x) != "bool"

#' @export
format.cermet_array <- function(x, ...) {
  if (is_closed(x)) return("<cermet_array: closed>")
  paste0("<", cm_dtype(x), " [", format_dim(dim(x)), "]>")
}

# A handle that was released or read from another R session. Showing one is no error: workspaces are full of them.
is_closed <- function(x) .Call(C_handle_closed, x)

closed_note <- "closed: it was released, or came from another R session"

#' @export
print.cermet_array <- function(x, ...) {
  if (is_closed(x)) {
    cat("<cermet_array ", closed_note, ">\n", sep = "")
    return(invisible(x))
  }
  cat("<cermet_array ", cm_dtype(x), " [", format_dim(dim(x)), "]>\n", sep = "")
  if (length(x) <= 1000) {
    print(as.array(x), ...)
  } else {
    cat("first values:", format(as.vector(x[seq_len(10)]), trim = TRUE), "...\n")
  }
  invisible(x)
}

#' @export
str.cermet_array <- function(object, ...) {
  if (is_closed(object)) return(cat(" cermet_array: closed\n"))
  cat(" cermet_array ", cm_dtype(object), " [", paste0("1:", dim(object), collapse = ", "), "]\n", sep = "")
}

#' @export
summary.cermet_array <- function(object, ...) summary(as.vector(object), ...)

#' @export
all.equal.cermet_array <- function(target, current, ...) {
  if (is_array(current)) current <- as.array(current)
  all.equal(as.array(target), current, ...)
}

#' @export
mean.cermet_array <- function(x, ...) reduce("mean", as_float(x))

#' Copies of an array
#'
#' `cm_copy()` gives an array of its own memory. Arrays are values in R, so this is needed only before operators that
#' change an input in place (optimizer updates).
#' @param x an array.
#' @return A new array.
#' @examples
#' cm_copy(cm_array(1:3))
#' @export
cm_copy <- function(x) .Call(C_array_copy, x)
