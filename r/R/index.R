# SPDX-License-Identifier: Apache-2.0
# Indexing with base R's meaning. Reading is made of engine operators, so gradients pass through it.

#' @export
`[.cermet_array` <- function(x, ..., drop = TRUE) {
  indices <- list()
  for (i in seq_len(...length())) {
    indices[i] <- list(if (is_missing_dot(i, environment())) quote(all) else plain_index(...elt(i)))
  }
  rank <- length(dim(x))
  if (length(indices) == 0 || (length(indices) == 1 && identical(indices[[1]], quote(all)))) return(x)
  if (length(indices) == 1 && rank != 1) return(pick_elements(x, indices[[1]]))
  if (length(indices) != rank) {
    stop_argument("[", "...", "got ", length(indices), " indices for an array of rank ", rank)
  }
  for (axis in seq_len(rank)) x <- pick_along(x, axis, indices[[axis]])
  if (drop) drop_ones(x) else x
}

# Whether argument i of the dots of a function's frame was left empty, as in x[, 1].
is_missing_dot <- function(i, frame) eval(call("missing", as.name(paste0("..", i))), frame)

plain_index <- function(index) if (is_array(index)) as.array(index) else index

# Positions 1..n that an index of one dimension selects.
resolve_index <- function(index, n) {
  if (is.logical(index)) {
    if (length(index) > n) stop_argument("[", "i", "got ", length(index), " logicals for a dimension of ", n)
    index <- if (length(index) == 0) integer() else which_known(rep_len(index, n))
  }
  if (!is.numeric(index)) {
    stop_argument("[", "i", "got ", describe_value(index), "; want numbers or logicals (arrays have no names)")
  }
  if (anyNA(index)) stop_argument("[", "i", "got NA; want positions")
  index <- trunc(as.vector(index))
  if (any(index < 0)) {
    if (any(index > 0)) stop_argument("[", "i", "got positive and negative positions together")
    index <- setdiff(seq_len(n), -index)
  }
  index <- index[index != 0]
  if (length(index) > 0 && max(index) > n) {
    stop_argument("[", "i", "got ", format(max(index)), "; want a position from 1 to ", n)
  }
  index
}

which_known <- function(index) {
  if (anyNA(index)) stop_argument("[", "i", "got NA; want positions")
  which(index)
}

# A run of positions is a slice; anything else is gathered.
pick_along <- function(x, axis, index) {
  if (identical(index, quote(all))) return(x)
  n <- dim(x)[axis]
  positions <- resolve_index(index, n)
  if (length(positions) == n && all(positions == seq_len(n))) return(x)
  if (length(positions) > 0 && all(diff(positions) == 1)) {
    first <- positions[1] - 1
    return(invoke("slice_axis", list(x), list(axis = axis, begin = first, end = first + length(positions)), "aii"))
  }
  invoke("take", list(x, cm_array(as.integer(positions - 1))), list(axis = axis), "a")
}

# One index for the whole array: positions in R's order, a matrix with a row an element, or a logical array.
pick_elements <- function(x, index) {
  dim <- dim(x)
  if (is.numeric(index) && is.matrix(index) && ncol(index) == length(dim)) {
    for (axis in seq_along(dim)) {
      if (anyNA(index[, axis]) || any(index[, axis] < 1 | index[, axis] > dim[axis])) {
        stop_argument("[", "i", "got a position outside 1 to ", dim[axis], " in column ", axis)
      }
    }
    index <- drop((index - 1) %*% c(1, cumprod(dim)[-length(dim)])) + 1
  }
  pick_along(flat(x), 1, index)
}

drop_ones <- function(x) {
  dim <- dim(x)
  kept <- dim[dim != 1]
  if (length(kept) == length(dim)) return(x)
  reshape_to(x, if (length(kept) == 0) 1 else kept)
}

#' @export
`[<-.cermet_array` <- function(x, ..., value) {
  if (is_recording()) {
    stop_cermet("unsupported", "[<-", "x", "assignment cannot be recorded for gradients; use cm_where()")
  }
  if (is_array(value)) value <- as.array(value)
  plain <- as.array(x)
  indices <- lapply(seq_len(...length()), function(i) NULL)
  for (i in seq_along(indices)) {
    indices[[i]] <- if (is_missing_dot(i, environment())) quote(expr = ) else plain_index(...elt(i))
  }
  length_before <- length(plain)
  plain <- eval(as.call(c(list(quote(`[<-`), quote(plain)), indices, list(value = quote(value)))))
  if (length(plain) != length_before) stop_argument("[<-", "i", "a position is outside the array")
  cm_array(plain, cm_dtype(x))
}

#' @export
`[[.cermet_array` <- function(x, ...) {
  result <- x[...]
  if (length(result) != 1) stop_argument("[[", "...", "selects ", length(result), " elements; want one")
  result
}
