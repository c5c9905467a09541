# SPDX-License-Identifier: Apache-2.0
# Callbacks: functions that fit() calls at certain moments.

hooks <- c("on_train_begin", "on_epoch_begin", "on_batch_end", "on_epoch_end", "on_train_end")

#' Callbacks
#'
#' A callback is a set of functions that [fit()][fit.cermet_network] calls while it trains. Each takes one argument, the
#' run: an environment with
#' \describe{
#'   \item{epoch, epochs, batch, batches}{where the training is}
#'   \item{figures}{named vector of the loss and the metrics so far, `valid_` before those of the validation part}
#'   \item{history}{data frame of the epochs that are done}
#'   \item{stop(reason)}{a function: ends the training after this batch or epoch; the model's `stopped` is `reason`}
#' }
#' Hooks that are not given cost nothing.
#'
#' @param name name of the callback, for messages.
#' @param on_train_begin,on_epoch_begin,on_batch_end,on_epoch_end,on_train_end functions of one argument, the run.
#' @param state,restore how a callback that remembers something takes part in [checkpoints][fit.cermet_network]: a
#'   function without arguments that gives what must be kept, and a function of one argument that takes it back.
#' @param monitor the figure to watch.
#' @param patience how many epochs without improvement are borne.
#' @param min_delta the least change that is an improvement.
#' @param mode `"min"` or `"max"`; `NULL` takes `"max"` for figures whose name ends in `accuracy`, else `"min"`.
#' @param restore_best whether the model goes back to the parameters of its best epoch.
#' @param path for checkpoints the prefix or `.safetensors` path, as in [cm_save()]; with a prefix the epoch is part of
#'   the file's name. `fit(resume = path)` goes on from there. For the log the path of the CSV file; for TensorBoard a
#'   folder.
#' @param every save after every so many epochs.
#' @return An object of class `cermet_callback`.
#' @examples
#' say <- cm_callback("say", on_epoch_end = function(run) message("epoch ", run$epoch, ": ", run$figures["loss"]))
#' net <- cm_sequential(input = 4) |>
#'   cm_layer_dense(3) |>
#'   compile(loss = "cross_entropy", metrics = "accuracy")
#' model <- fit(net, as.matrix(iris[, 1:4]), iris$Species, epochs = 20, validation = 0.2, verbose = FALSE,
#'              callbacks = list(say, cm_cb_early_stopping(patience = 2)))
#' @export
cm_callback <- function(name, on_train_begin = NULL, on_epoch_begin = NULL, on_batch_end = NULL, on_epoch_end = NULL,
                        on_train_end = NULL, state = NULL, restore = NULL) {
  check_text(name, "cm_callback", "name")
  callback <- list(name = name, on_train_begin = on_train_begin, on_epoch_begin = on_epoch_begin,
                   on_batch_end = on_batch_end, on_epoch_end = on_epoch_end, on_train_end = on_train_end,
                   state = state, restore = restore)
  for (hook in c(hooks, "state", "restore")) {
    if (!is.null(callback[[hook]]) && !is.function(callback[[hook]])) {
      stop_argument("cm_callback", hook, "got ", describe_value(callback[[hook]]), "; want a function")
    }
  }
  structure(callback[!vapply(callback, is.null, NA)], class = "cermet_callback")
}

#' @rdname cm_callback
#' @export
cm_cb_early_stopping <- function(monitor = "valid_loss", patience = 3, min_delta = 0, mode = NULL,
                                 restore_best = TRUE) {
  check_count(patience, "cm_cb_early_stopping", "patience")
  check_flag(restore_best, "cm_cb_early_stopping", "restore_best")
  sign <- monitor_sign(monitor, mode, "cm_cb_early_stopping")
  best <- bad_epochs <- snapshot <- NULL
  cm_callback(
    "early_stopping",
    on_train_begin = function(run) {
      best <<- Inf
      bad_epochs <<- 0
      snapshot <<- NULL
    },
    on_epoch_end = function(run) {
      value <- sign * watched(run, monitor, "cm_cb_early_stopping")
      if (!is.na(value) && value < best - min_delta) {
        best <<- value
        bad_epochs <<- 0
        if (restore_best) snapshot <<- .Call(C_model_copy, run$model)
        return()
      }
      bad_epochs <<- bad_epochs + 1
      if (bad_epochs >= patience) run$stop("early_stopping")
    },
    on_train_end = function(run) {
      if (!is.null(snapshot)) run$model <- snapshot
      snapshot <<- NULL
    },
    state = function() {
      list(best = best, bad_epochs = bad_epochs, snapshot = if (!is.null(snapshot)) .Call(C_state_create, snapshot))
    },
    restore = function(kept) {
      best <<- kept$best
      bad_epochs <<- kept$bad_epochs
      snapshot <<- if (!is.null(kept$snapshot)) .Call(C_state_model, kept$snapshot)
    }
  )
}

# 1 where less is better, -1 where more is.
monitor_sign <- function(monitor, mode, op) {
  check_text(monitor, op, "monitor")
  if (is.null(mode)) mode <- if (endsWith(monitor, "accuracy")) "max" else "min"
  if (!identical(mode, "min") && !identical(mode, "max")) {
    stop_argument(op, "mode", "got ", describe_value(mode), "; want min or max")
  }
  if (mode == "max") -1 else 1
}

watched <- function(run, monitor, op) {
  if (!monitor %in% names(run$figures)) {
    stop_argument(op, "monitor", "got ", monitor, "; this training has ", paste(names(run$figures), collapse = ", "))
  }
  run$figures[[monitor]]
}

#' @rdname cm_callback
#' @export
cm_cb_csv_log <- function(path) {
  check_text(path, "cm_cb_csv_log", "path")
  cm_callback("csv_log", on_epoch_end = function(run) {
    utils::write.csv(run$history, path, row.names = FALSE)
  })
}

#' @export
print.cermet_callback <- function(x, ...) {
  cat("<cermet_callback ", x$name, ": ", paste(intersect(hooks, names(x)), collapse = ", "), ">\n", sep = "")
  invisible(x)
}

as_callbacks <- function(callbacks) {
  if (inherits(callbacks, "cermet_callback")) callbacks <- list(callbacks)
  for (callback in callbacks) {
    if (!inherits(callback, "cermet_callback")) {
      stop_argument("fit", "callbacks", "got ", describe_value(callback), "; want objects made by cm_callback()")
    }
  }
  # Checkpoints go last, so that they keep what the others remember after the epoch.
  callbacks[order(vapply(callbacks, function(callback) callback$name == "checkpoint", NA))]
}

has_hook <- function(run, hook) any(vapply(run$callbacks, function(callback) !is.null(callback[[hook]]), NA))

# An error in a callback says where it happened, and keeps its class.
run_hooks <- function(run, hook) {
  for (callback in run$callbacks) {
    if (is.null(callback[[hook]])) next
    tryCatch(callback[[hook]](run), error = function(condition) {
      place <- paste0("callback ", callback$name, ", ", hook, ", epoch ", run$epoch, ", batch ", run$batch, ": ")
      condition$message <- paste0(place, conditionMessage(condition))
      stop(condition)
    })
  }
}
