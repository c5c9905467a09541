# SPDX-License-Identifier: Apache-2.0
# What belongs to the process and not to an object: threads, memory, what the engine was built with.

#' The engine
#'
#' @param n number of threads that one operator may use.
#' @param cap bytes that arrays may take in all, beyond which an allocation is an error of class `cermet_error_limit`;
#'   0 for the machine's own limit.
#' @return `cm_threads()`: the number of threads in force. `cm_memory()`: a named vector of bytes: in use, kept for
#'   reuse, highest use, cap (0 for none), held by R's handles. `cm_features()`: a JSON string that describes the
#'   build.
#' @details R does not see how much memory an array takes, so cermet counts it and collects garbage when R's handles
#'   hold more than a budget, which follows what is really in use.
#' @examples
#' cm_threads()
#' cm_memory()
#' @export
cm_threads <- function(n = NULL) {
  if (!is.null(n)) {
    check_count(n, "cm_threads", "n")
    .Call(C_set_threads, n)
  }
  .Call(C_threads)
}

#' @rdname cm_threads
#' @export
cm_memory <- function() {
  values <- c(.Call(C_memory), .Call(C_held_bytes))
  stats::setNames(values, c("in_use", "kept", "peak", "cap", "held"))
}

#' @rdname cm_threads
#' @export
cm_memory_cap <- function(cap) {
  check_count(cap, "cm_memory_cap", "cap", 0)
  invisible(.Call(C_set_memory_cap, cap))
}

#' @rdname cm_threads
#' @export
cm_features <- function() .Call(C_features)

#' Where the time goes
#'
#' Evaluates an expression and tells which operators ran meanwhile, in all threads of the process, and for how long.
#'
#' @param expr what to evaluate; its value is lost.
#' @param file where to write a trace for Perfetto and `chrome://tracing`, also where `expr` fails; `NULL` for none.
#' @return A data frame with a row an operator, the most expensive first: `operator`, `calls`, `total_ms`, `mean_us`,
#'   `share` of the time in percent, `gb_s` and `gflop_s` (10^9 bytes and floating-point operations a second; the latter
#'   for convolutions, fully connected and recurrent layers, attention, their gradients and products of matrices; 0 for
#'   others).
#' @details One profile at a time: a `cm_profile()` in `expr` is an error.
#' @examples
#' x <- cm_array(matrix(runif(1e4), 100))
#' cm_profile(for (k in 1:10) x %*% x)
#' @export
cm_profile <- function(expr, file = NULL) {
  if (!is.null(file)) check_text(file, "cm_profile", "file")
  .Call(C_start_profiler)
  tryCatch(expr, finally = {
    .Call(C_stop_profiler)
    if (!is.null(file)) writeLines(.Call(C_profile_trace), file, useBytes = TRUE)
  })
  lines <- strsplit(.Call(C_profile_table), "\n")[[1]]
  pattern <- paste0("^", strrep(" *([0-9.]+)", 6), "  (.+)$")
  rows <- utils::strcapture(pattern, grep(pattern, lines, value = TRUE), data.frame(
    calls = integer(), total_ms = double(), mean_us = double(), share = double(), gb_s = double(), gflop_s = double(),
    operator = character()
  ))
  rows[rows$operator != "total", c(7, 1:6)]
}
