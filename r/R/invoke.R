# SPDX-License-Identifier: Apache-2.0
# The way from the generated wrappers (ops-generated.R, layers-generated.R) to the engine.

# Runs an operator on arrays, or composes it from symbols. `codes`: see src/attrs.h.
invoke <- function(op, inputs, attrs = NULL, codes = "", random = FALSE, name = NULL) {
  .Call(C_invoke, op, inputs, attrs, codes, random, name)
}

# Whether the engine has an operator of this name (or alias).
has_operator <- function(name) .Call(C_def_exists, 0L, name)

# Inputs of an operator that takes any number: separate arguments or one list.
variadic <- function(...) {
  inputs <- list(...)
  if (length(inputs) == 1 && is.list(inputs[[1]]) && !is.object(inputs[[1]])) inputs <- inputs[[1]]
  unname(inputs)
}

# Indices and classes count from 0 in the engine. Variables of symbols are bound to what the engine takes, so symbols
# stay as they are; so does NULL (an input left out).
from_one <- function(x) {
  if (is.null(x) || is_symbol(x)) return(x)
  if (is.factor(x)) return(as.integer(x) - 1L)
  if (is.numeric(x) && !is_array(x)) {
    wrong <- x[is.na(x) | x < 1]
    if (length(wrong) > 0) {
      stop_argument(called_function(), "indices", "got ", format(wrong[1]), "; want positions, which count from 1 in R")
    }
  }
  x - 1
}
to_one <- function(x) if (is_symbol(x)) x else x + 1

# The same for operators with several outputs, of which some are counted. A single one is the first, unless `chosen` is
# the name of another.
outputs_to_one <- function(outputs, counted, chosen = NULL) {
  if (!is.list(outputs)) {
    single <- if (isTRUE(chosen %in% names(counted))) chosen else 1
    return(if (counted[[single]]) to_one(outputs) else outputs)
  }
  counted <- which(counted[seq_along(outputs)])
  outputs[counted] <- lapply(outputs[counted], to_one)
  outputs
}

# An optimizer, metric, initializer or schedule before there is an engine object.
new_spec <- function(kind, name, attrs, codes, ...) {
  structure(list(kind = kind, name = name, attrs = attrs, codes = codes, ...),
            class = c(paste0("cermet_", kind), "cermet_spec"))
}

#' @export
print.cermet_spec <- function(x, ...) {
  set <- x$attrs[!vapply(x$attrs, is.null, NA)]
  values <- vapply(set, function(value) paste(format(value), collapse = ", "), "")
  cat("<cermet ", x$kind, " ", x$name, "(", paste0(names(set), " = ", values, collapse = ", "), ")>\n", sep = "")
  if (!is.null(x$schedule)) print(x$schedule)
  invisible(x)
}

# A spec from what users write: a spec, or the name of one ("adam"), made with its defaults.
as_spec <- function(x, kind, op) {
  if (inherits(x, paste0("cermet_", kind))) return(x)
  if (is.character(x) && length(x) == 1 && !is.na(x)) return(new_spec(kind, x, NULL, ""))
  prefix <- c(optimizer = "cm_opt_", metric = "cm_metric_", initializer = "cm_init_", schedule = "cm_lr_")[[kind]]
  stop_argument(op, kind, "got ", describe_value(x), "; want a name or an object made by ", prefix, "*()")
}
