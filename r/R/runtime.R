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
