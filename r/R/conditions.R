# SPDX-License-Identifier: Apache-2.0
# Errors as classed conditions.

#' Errors of cermet
#'
#' Every error of the engine is an R condition of class `cermet_error_<status>`, then `cermet_error` and `error`, so
#' that [tryCatch()] can tell them apart. `<status>` is one of `invalid_argument`, `shape`, `dtype`, `not_found`,
#' `unsupported`, `out_of_memory`, `limit`, `corrupt`, `io`, `device`, `cancelled`, `timeout`, `peer_lost`, `closed`,
#' `internal`.
#'
#' @details The condition has these fields beside `message`:
#' \describe{
#'   \item{status}{the status, as above}
#'   \item{op}{operator or function at fault, `""` if none}
#'   \item{argument}{argument at fault, `""` if none}
#'   \item{node}{name of the graph node at fault, `""` outside graphs}
#'   \item{shapes}{list of the shapes that the message speaks of, in R's order}
#' }
#' @name cermet-errors
#' @examples
#' caught <- tryCatch(cm_array(1:2) + cm_array(1:3), cermet_error_shape = identity)
#' caught$status
#' caught$shapes
NULL

# Called by the C glue with the engine's details, and by stop_cermet(). Never returns.
raise_condition <- function(status, message, op, argument, node, shapes) {
  if (grepl("^cermet", op)) {
    called <- called_function()
    if (startsWith(message, paste0(op, ":"))) message <- paste0(called, substring(message, nchar(op) + 1))
    op <- called
  }
  stop(structure(
    class = c(paste0("cermet_error_", status), "cermet_error", "error", "condition"),
    list(message = message, call = NULL, status = status, op = op, argument = argument, node = node, shapes = shapes)
  ))
}

# The function of this package that the user called, where the engine or the glue names only itself. Frames are read
# outwards and those of base R skipped: a callback of the user's ends the search.
called_function <- function() {
  namespace <- topenv()
  called <- "cermet"
  for (frame in rev(seq_len(sys.nframe() - 1))) {
    home <- topenv(environment(sys.function(frame)) %||% baseenv())
    if (identical(home, namespace)) {
      name <- sys.call(frame)[[1]]
      if (is.name(name)) called <- method_name(as.character(name), sys.frame(frame))
    } else if (!isNamespace(home)) {
      break
    }
  }
  called
}

# `dim` of `dim.cermet_array`; of a method of a group the member that was called.
method_name <- function(name, frame) {
  name <- sub("\\.cermet_.*$", "", name)
  if (name %in% c("Ops", "Math", "Summary")) get0(".Generic", frame, ifnotfound = name) else name
}

# Arguments that fell into the `...` of a method: a misspelt one must not pass in silence.
check_dots <- function(op, ...) {
  if (...length() == 0) return(invisible())
  known <- setdiff(names(formals(sys.function(sys.parent()))), "...")
  name <- ...names()[1]
  if (is.null(name) || is.na(name) || !nzchar(name)) stop_argument(op, "...", "got an argument too many")
  near <- known[utils::adist(name, known)[1, ] <= 2]
  stop_argument(op, name, "is no argument of ", op, "()", if (length(near) > 0) paste0("; did you mean ", near[1], "?"))
}

# Errors found on the R side, in the form of the engine's messages.
stop_cermet <- function(status, op, argument, ..., shapes = list()) {
  raise_condition(status, paste0(op, ": ", argument, ": ", ...), op, argument, "", shapes)
}

stop_argument <- function(op, argument, ...) stop_cermet("invalid_argument", op, argument, ...)

# One whole number of at least `least`.
check_count <- function(x, op, argument, least = 1) {
  if (!is.numeric(x) || length(x) != 1 || is.na(x) || x != trunc(x) || x < least) {
    stop_argument(op, argument, "got ", describe_value(x), "; want a whole number of at least ", least)
  }
  invisible(x)
}

check_flag <- function(x, op, argument) {
  if (!is.logical(x) || length(x) != 1 || is.na(x)) {
    stop_argument(op, argument, "got ", describe_value(x), "; want TRUE or FALSE")
  }
  invisible(x)
}

check_text <- function(x, op, argument) {
  if (!is.character(x) || length(x) != 1 || is.na(x)) {
    stop_argument(op, argument, "got ", describe_value(x), "; want one string")
  }
  invisible(x)
}

# Any value in a few words, for messages.
describe_value <- function(x) {
  if (is.atomic(x) && length(x) == 1) return(encodeString(format(x)))
  paste0(class(x)[1], " of length ", length(x))
}

format_dim <- function(dim) if (length(dim) == 0) "scalar" else paste(format(dim, trim = TRUE), collapse = " x ")
