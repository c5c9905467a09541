# SPDX-License-Identifier: Apache-2.0
# Callbacks that change the learning rate. (A rate that follows the number of updates is a cm_lr_* of the optimizer.)

#' @rdname cm_callback
#' @param rate a function of the epoch (and, if it has a second argument, of the rate before) that gives the learning
#'   rate of the epoch.
#' @export
cm_cb_schedule <- function(rate) {
  if (!is.function(rate)) stop_argument("cm_cb_schedule", "rate", "got ", describe_value(rate), "; want a function")
  cm_callback("schedule", on_epoch_begin = function(run) {
    before <- .Call(C_optimizer_learning_rate, run$optimizer)
    value <- if (length(formals(args(rate))) > 1) rate(run$epoch, before) else rate(run$epoch)
    set_rate(run, value, "cm_cb_schedule")
  })
}

set_rate <- function(run, value, op) {
  if (!is.numeric(value) || length(value) != 1 || !is.finite(value) || value < 0) {
    stop_argument(op, "rate", "gave ", describe_value(value), "; want a number of at least 0")
  }
  .Call(C_optimizer_set_learning_rate, run$optimizer, value)
}

#' @rdname cm_callback
#' @param factor by what the learning rate is multiplied after `patience` epochs without improvement.
#' @param least the learning rate below which it does not go.
#' @export
cm_cb_reduce_on_plateau <- function(monitor = "valid_loss", factor = 0.5, patience = 3, min_delta = 0, mode = NULL,
                                    least = 0) {
  check_count(patience, "cm_cb_reduce_on_plateau", "patience")
  if (!is.numeric(factor) || length(factor) != 1 || is.na(factor) || factor <= 0 || factor >= 1) {
    stop_argument("cm_cb_reduce_on_plateau", "factor", "got ", describe_value(factor), "; want a number between 0 and 1")
  }
  sign <- monitor_sign(monitor, mode, "cm_cb_reduce_on_plateau")
  best <- Inf
  bad_epochs <- 0
  cm_callback(
    "reduce_on_plateau",
    on_train_begin = function(run) {
      best <<- Inf
      bad_epochs <<- 0
    },
    on_epoch_end = function(run) {
      value <- sign * watched(run, monitor, "cm_cb_reduce_on_plateau")
      better <- !is.na(value) && value < best - min_delta
      if (better) best <<- value
      bad_epochs <<- if (better) 0 else bad_epochs + 1
      if (bad_epochs < patience) return()
      bad_epochs <<- 0
      rate <- .Call(C_optimizer_learning_rate, run$optimizer)
      set_rate(run, max(least, rate * factor), "cm_cb_reduce_on_plateau")
    },
    state = function() list(best = best, bad_epochs = bad_epochs),
    restore = function(kept) {
      best <<- kept$best
      bad_epochs <<- kept$bad_epochs
    }
  )
}
