# SPDX-License-Identifier: Apache-2.0
# Data and labels as users have them, to arrays as the engine wants them, and back.

# Observations as a float array of dimensions (n, input). `form`: list(input, index); `input` may be NULL: not known;
# `index` says that the values are positions, which count from 1 in R.
as_observations <- function(x, form, op, argument = "x") {
  input <- form$input
  if (is.data.frame(x)) x <- data.matrix(x)
  one <- is.null(dim(x)) && length(x) == prod(input)
  if (!is_array(x)) {
    if (!is.numeric(x) && !is.logical(x) && !is.raw(x)) {
      stop_argument(op, argument, "got ", describe_value(x), "; want numbers")
    }
    if (is.null(dim(x))) dim(x) <- c(length(x), 1)
  }
  shape <- dim(x)
  if (!is.null(input) && (length(shape) != length(input) + 1 || any(shape[-1] != input))) {
    stop_cermet("shape", op, argument, "got [", format_dim(shape), "]; want [n x ", format_dim(input), "]",
                if (one) " (for one observation keep its dimensions: x[1, , drop = FALSE])",
                shapes = list(as.numeric(shape), c(NA, as.numeric(input))))
  }
  if (shape[1] == 0) stop_argument(op, argument, "got no observations")
  check_finite(x, op, argument)
  x <- cm_array(x, "float32")
  if (!isTRUE(form$index)) return(x)
  least <- as.vector(min(x))
  if (least < 1) stop_argument(op, argument, "got ", least, "; want positions, which count from 1")
  from_one(x)
}

# Refuses NA, NaN and infinite values, and says where the first is. Large R data is converted only if something is wrong.
check_finite <- function(x, op, argument) {
  if (is_array(x)) {
    if (!is_float(x) || as.vector(invoke("all_finite", list(cast(x, "float32")))) == 1) return(invisible())
    x <- as.array(x)
  }
  if (is.raw(x) || !anyNA(x) && is.finite(sum(range(as.vector(x))))) return(invisible())
  bad <- which(!is.finite(x))
  place <- if (is.null(dim(x))) bad[1] else paste(arrayInd(bad[1], dim(x)), collapse = ", ")
  stop_argument(op, argument, "got ", format(as.vector(x)[bad[1]]), " at [", place, "]",
                if (length(bad) > 1) paste0(" (and ", length(bad) - 1, " more missing or infinite values)"),
                "; want finite numbers")
}

# Labels for a loss: list(array, levels).
as_labels <- function(y, task, output_dim, n, op, levels = NULL) {
  if (task == "classification") return(as_classes(y, output_dim[1], n, op, levels))
  if (is.factor(y) || !(is.numeric(y) || is_array(y))) {
    stop_argument(op, "y", "got ", describe_value(y), "; want numbers for a regression loss")
  }
  if (is.null(dim(y))) y <- matrix(y, ncol = 1)
  if (is.data.frame(y)) y <- data.matrix(y)
  check_finite(y, op, "y")
  wanted <- c(n, output_dim)
  if (length(dim(y)) != length(wanted) || any(dim(y) != wanted)) {
    stop_cermet("shape", op, "y", "got [", format_dim(dim(y)), "]; want [", format_dim(wanted), "]",
                shapes = list(as.numeric(dim(y)), as.numeric(wanted)))
  }
  list(array = cm_array(y, "float32"), levels = NULL)
}

# Classes from a factor, strings or logicals (with `levels` where a model has them already), or from numbers 1 to K.
as_classes <- function(y, num_classes, n, op, levels) {
  if (length(y) != n) {
    stop_cermet("shape", op, "y", "got ", length(y), " labels for ", n, " observations",
                shapes = list(length(y), n))
  }
  if (is_array(y)) y <- as.vector(y)
  if (is.character(y) || is.logical(y)) y <- factor(y, levels = if (is.null(levels)) sort(unique(y)) else levels)
  if (is.factor(y)) {
    if (!is.null(levels) && !identical(levels(y), levels)) y <- factor(as.character(y), levels = levels)
    if (anyNA(y)) stop_argument(op, "y", "got missing values, or levels that the model does not know")
    if (nlevels(y) > num_classes) {
      stop_argument(op, "y", "got ", nlevels(y), " levels; the last layer has ", num_classes, " outputs")
    }
    return(list(array = cm_array(as.integer(y) - 1L, "float32"), levels = levels(y)))
  }
  if (!is.numeric(y)) stop_argument(op, "y", "got ", describe_value(y), "; want a factor or numbers from 1")
  if (anyNA(y)) stop_argument(op, "y", "got missing values; want none")
  if (any(y < 1 | y > num_classes | y != trunc(y))) {
    bad <- y[y < 1 | y > num_classes | y != trunc(y)][1]
    stop_argument(op, "y", "got class ", format(bad), "; want whole numbers from 1 to ", num_classes,
                  " (classes count from 1)")
  }
  list(array = cm_array(as.integer(y) - 1L, "float32"), levels = levels)
}
