# SPDX-License-Identifier: Apache-2.0
# What lies in an executor's memory from when to when: as a table, and drawn.

#' Memory of an executor
#'
#' The plan of an executor's intermediate values, known before anything is allocated: `cm_memory_plan()` gives one row for each
#' value and `plot()` draws how many bytes are in use at each step, with the peak marked. `summary()` says which operators
#' hold the bytes of the peak.
#'
#' @param executor an executor made by [cm_bind()].
#' @param x,object the table.
#' @param ... further arguments of [graphics::plot.default()]; otherwise nothing.
#' @return `cm_memory_plan()`: a data frame of class `cermet_memory_plan` with the columns `operator`, `node`, `pass` (`forward`,
#'   `backward`, or `recomputed` for what the backward pass computes once more), `value`, `bytes`, `offset`, and `first`
#'   and `last`, the steps between which the value holds its bytes, counted from 1. Its attributes are `live`, the bytes
#'   in use at each step, and `arrays`, the bytes of arguments, gradients and states. `summary()`: a data frame with the
#'   `bytes` and the number of `values` of each operator at the peak. `plot()`: the table, invisibly.
#' @examples
#' net <- cm_variable("x") |>
#'   cm_fully_connected(num_hidden = 64, name = "fc1") |>
#'   cm_relu() |>
#'   cm_fully_connected(num_hidden = 3, name = "fc2") |>
#'   cm_softmax_output(cm_variable("y"), name = "out")
#' memory <- cm_memory_plan(cm_bind(net, list(x = c(150, 4), y = 150)))
#' memory
#' summary(memory)
#' plot(memory)
#' @seealso [cm_bind()], whose `memory` argument sets a limit.
#' @export
cm_memory_plan <- function(executor) {
  check_executor(executor, "cm_memory_plan")
  text <- .Call(C_executor_memory, executor$handle)
  table <- utils::read.delim(text = text, quote = "", comment.char = "", stringsAsFactors = FALSE,
                             colClasses = rep(c("character", "numeric"), each = 4))
  table$first <- table$first + 1
  table$last <- table$last + 1
  num_steps <- max(0, table$last)
  change <- numeric(num_steps + 1)
  for (side in list(list(at = table$first, sign = 1), list(at = table$last + 1, sign = -1))) {
    sums <- tapply(table$bytes, factor(side$at, seq_len(num_steps + 1)), sum, default = 0)
    change <- change + side$sign * as.vector(sums)
  }
  structure(table, live = utils::head(cumsum(change), num_steps), arrays = cm_planned_bytes(executor)[["arrays"]],
            class = c("cermet_memory_plan", "data.frame"))
}

peak_step <- function(memory) which.max(attr(memory, "live"))

mebibytes <- function(bytes) paste(format(bytes / 2^20, digits = 3, big.mark = ","), "MiB")

#' @rdname cm_memory_plan
#' @export
summary.cermet_memory_plan <- function(object, ...) {
  peak <- peak_step(object)
  there <- object[object$first <= peak & object$last >= peak, ]
  bytes <- tapply(there$bytes, there$operator, sum)
  out <- data.frame(operator = names(bytes), bytes = as.vector(bytes),
                    values = as.vector(table(there$operator)[names(bytes)]))
  out <- out[order(-out$bytes, out$operator), ]
  rownames(out) <- NULL
  out
}

#' @export
print.cermet_memory_plan <- function(x, ...) {
  if (is.null(attr(x, "live")) || !"bytes" %in% names(x)) return(NextMethod()) # some columns of the table
  live <- attr(x, "live")
  cat("<cermet_memory_plan ", nrow(x), " values, ", length(live), " steps>\n", sep = "")
  if (length(live) > 0) cat("peak: ", mebibytes(max(live)), " at step ", peak_step(x), "\n", sep = "")
  cat("arguments, gradients and states: ", mebibytes(attr(x, "arrays")), "\n", sep = "")
  print(utils::head(summary(x), 10))
  invisible(x)
}

#' @rdname cm_memory_plan
#' @export
plot.cermet_memory_plan <- function(x, ...) {
  live <- attr(x, "live") / 2^20
  peak <- peak_step(x)
  backward <- x$first[x$pass %in% c("backward", "recomputed")]
  defaults <- list(x = seq_along(live), y = live, type = "s", xlab = "step", ylab = "MiB in use", ylim = c(0, max(0, live)),
                   main = paste("peak:", mebibytes(max(0, live) * 2^20)))
  do.call(graphics::plot, utils::modifyList(defaults, list(...)))
  if (length(backward) > 0) graphics::abline(v = min(backward), lty = 3)
  graphics::points(peak, live[peak], pch = 19)
  graphics::text(peak, live[peak], paste("step", peak), pos = if (peak > length(live) / 2) 2 else 4)
  invisible(x)
}
