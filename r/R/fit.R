# SPDX-License-Identifier: Apache-2.0
# Training. The engine's trainer runs the batches; this file holds the loop over epochs around it.

#' Train a network
#'
#' Trains a copy: `object` stays as it was. A fitted model is trained further from where it is, with a fresh optimizer;
#' its history goes on. Ctrl-C stops after the batch that runs and gives the model as it is then (`$stopped` is
#' `"interrupt"`). All randomness (initial values, order of the batches, dropout, choice of the validation part) comes
#' from R's generator, so `set.seed()` repeats a run.
#'
#' @param object a network that was [compiled][compile.cermet_network], or a fitted model.
#' @param x observations: an array, matrix or data frame whose first dimension counts them; the others are the network's
#'   `input`.
#' @param y labels: for classes a factor, strings, logicals, or numbers from 1; for regression a vector or matrix.
#' @param epochs number of passes over the data.
#' @param batch_size observations a step.
#' @param validation part of the data that is put aside to watch the progress (0.2 for a fifth, chosen at random), or
#'   `list(x, y)`, or `NULL`.
#' @param callbacks a callback or a list of them: see [cm_callback()].
#' @param resume the `path` of a [cm_cb_checkpoint()]: where there is a checkpoint, the training goes on from it as if it
#'   had never stopped (`epochs` counts from the first run on; the model's `resumed_from` is the epoch); where there is
#'   none yet, it starts. The same script may so be run again after a crash.
#' @param memory,recompute most bytes that a step may take (the optimizer's own not counted), and the time that may be
#'   paid for it: see [cm_bind()].
#' @param verbose whether to show the progress: a bar where the stream is a terminal, a line an epoch elsewhere.
#' @param ... nothing else is taken.
#' @return An object of class `cermet_model`: a list with `history` (a data frame, one row an epoch), `levels`,
#'   `stopped` (`NULL`, `"interrupt"`, `"loss"` when the loss was no longer a finite number, or the reason that a callback
#'   gave), `network`, and the trained parameters in
#'   `state`. It may be saved by [saveRDS()] like any R object, or by [cm_save()] for other languages.
#' @examples
#' set.seed(1)
#' net <- cm_sequential(input = 4) |>
#'   cm_layer_dense(8, activation = "relu") |>
#'   cm_layer_dense(3) |>
#'   compile(loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.05), metrics = "accuracy")
#' model <- fit(net, as.matrix(iris[, 1:4]), iris$Species, epochs = 10, verbose = FALSE)
#' model$history
#' table(predict(model, as.matrix(iris[, 1:4]), type = "class"), iris$Species)
#' @export
fit.cermet_network <- function(object, x, y, epochs = 10, batch_size = 32, validation = NULL, callbacks = list(),
                               resume = NULL, memory = NULL, recompute = NULL, verbose = interactive(), ...) {
  check_dots("fit", ...)
  if (is.null(object$compiled)) {
    stop_argument("fit", "object", "got a network without a loss; call compile() first")
  }
  train(object, NULL, x, y, epochs, batch_size, validation, callbacks, resume, verbose,
        memory_limits(memory, recompute, "fit"))
}

#' @rdname fit.cermet_network
#' @export
fit.cermet_model <- function(object, x, y, epochs = 10, batch_size = 32, validation = NULL, callbacks = list(),
                             resume = NULL, memory = NULL, recompute = NULL, verbose = interactive(), ...) {
  check_dots("fit", ...)
  if (is.null(object$network)) {
    stop_argument("fit", "object", "got a model read from a file, which has no optimizer; saveRDS() keeps it")
  }
  train(object$network, object, x, y, epochs, batch_size, validation, callbacks, resume, verbose,
        memory_limits(memory, recompute, "fit"))
}

# `start`: a fitted model whose parameters and history are continued, or NULL.
train <- function(network, start, x, y, epochs, batch_size, validation, callbacks, resume, verbose, limits) {
  check_count(epochs, "fit", "epochs")
  check_count(batch_size, "fit", "batch_size")
  check_flag(verbose, "fit", "verbose")
  state <- read_state(resume)
  run <- new_run(network, start, x, y, epochs, batch_size, validation, as_callbacks(callbacks), state, verbose,
                 limits)
  on.exit(release_run(run))
  tryCatch(run_epochs(run, state), interrupt = function(condition) run$stopped <- "interrupt")
  run$progress$finish()
  run_hooks(run, "on_train_end")
  finish_model(run)
}

# A run is an environment: what belongs to one call of fit(), and what callbacks see.
new_run <- function(network, start, x, y, epochs, batch_size, validation, callbacks, state, verbose, limits) {
  graph <- training_graph(network)
  x <- as_observations(x, network, "fit")
  shapes <- stats::setNames(list(dim(x)), graph$data)
  output_dim <- cm_infer_shape(graph$symbol, shapes)$outputs[[1]][-1]
  labels <- as_labels(y, graph$loss$task, output_dim, dim(x)[1], "fit", start$levels)
  run <- new.env(parent = emptyenv())
  run$network <- network
  run$graph <- graph
  run$n <- dim(x)[1]
  run$callbacks <- callbacks
  if (!is.null(state)) check_state(state, run)
  parts <- split_validation(x, labels, validation, network, graph, output_dim, state$rows)
  run$rows <- parts$rows
  batch_size <- min(batch_size, dim(parts$train$x)[1])

  run$levels <- labels$levels
  run$history <- start$history
  run$epoch <- if (is.null(start)) 0 else max(0, start$history$epoch)
  run$epochs <- run$epoch + epochs
  run$batch <- 0
  run$stopped <- NULL
  run$rng <- .Call(C_rng_create)
  run$loaders <- list(train = .Call(C_loader_create, unname(parts$train), batch_size, TRUE, run$rng))
  if (!is.null(parts$valid)) {
    run$loaders$valid <- .Call(C_loader_create, unname(parts$valid), batch_size, FALSE, run$rng)
  }
  run$batches <- .Call(C_loader_num_batches, run$loaders$train)

  shapes <- stats::setNames(
    list(c(batch_size, dim(x)[-1]), c(batch_size, dim(labels$array)[-1])), c(graph$data, graph$label)
  )
  dtypes <- c("float32", "float32")
  if (!is.null(state)) start <- state["model"]
  if (is.null(start)) {
    run$model <- .Call(C_model_create, graph$symbol)
    .Call(C_model_initialize, run$model, shapes, dtypes, network$compiled$initializer, run$rng)
  } else {
    run$model <- .Call(C_model_copy, .Call(C_state_model, start$state %||% start$model))
  }
  run$optimizer <- new_optimizer(network$compiled$optimizer, if (graph$is_mean) 1 else 1 / batch_size)
  if (identical(network$compiled$precision, "float16")) .Call(C_optimizer_set_loss_scale, run$optimizer, 65536, 2000)
  run$trainer <- .Call(C_trainer_create, run$model, shapes, dtypes, run$optimizer, limits$memory,
                       limits$recompute)
  specs <- c(list(loss = new_spec("metric", graph$loss$metric, NULL, "")), network$compiled$metrics)
  run$metrics <- lapply(specs, function(spec) .Call(C_metric_create, spec))
  for (metric in run$metrics) .Call(C_trainer_add_metric, run$trainer, metric, 2, 1)
  run$progress <- new_progress(verbose, run$epochs)
  run$stop <- function(reason = "callback") run$stopped <- reason
  if (!is.null(state)) restore_state(run, state)
  run
}

# Native memory goes at once, not with R's next collection.
release_run <- function(run) {
  handles <- c(list(run$trainer, run$optimizer, run$rng), run$loaders, run$metrics)
  for (handle in handles) .Call(C_release, handle)
}

new_optimizer <- function(spec, rescale) {
  known <- "rescale_grad" %in% names(spec$attrs)
  spec$attrs$rescale_grad <- rescale * if (known) spec$attrs$rescale_grad else 1
  if (!known) spec$codes <- paste0(spec$codes, "f")
  .Call(C_optimizer_create, spec, spec$schedule)
}

# `rows`: those that a checkpoint put aside, or NULL to draw them.
split_validation <- function(x, labels, validation, network, graph, output_dim, rows) {
  train <- list(x = x, y = labels$array)
  if (is.null(validation) || identical(validation, 0)) return(list(train = train))
  if (is.list(validation) && length(validation) == 2) {
    valid_x <- as_observations(validation[[1]], network, "fit")
    valid_y <- as_labels(validation[[2]], graph$loss$task, output_dim, dim(valid_x)[1], "fit", labels$levels)
    return(list(train = train, valid = list(x = valid_x, y = valid_y$array)))
  }
  if (!is.numeric(validation) || length(validation) != 1 || is.na(validation) || validation <= 0 || validation >= 1) {
    stop_argument("fit", "validation", "got ", describe_value(validation),
                  "; want a part between 0 and 1, or list(x, y)")
  }
  n <- dim(x)[1]
  if (n < 2) stop_argument("fit", "validation", "got one observation; want at least two to split")
  if (is.null(rows)) rows <- sort(sample.int(n, min(n - 1, max(1, round(n * validation)))))
  list(train = lapply(train, take_rows, -rows), valid = lapply(train, take_rows, rows), rows = rows)
}

take_rows <- function(x, rows) pick_along(x, 1, rows)

run_epochs <- function(run, state) {
  run_hooks(run, "on_train_begin")
  if (!is.null(state)) restore_callbacks(run, state)
  while (run$epoch < run$epochs && is.null(run$stopped)) {
    run$epoch <- run$epoch + 1
    run$batch <- 0
    run_hooks(run, "on_epoch_begin")
    started <- proc.time()[["elapsed"]]
    rate <- .Call(C_optimizer_learning_rate, run$optimizer)
    figures <- run_pass(run, "train")
    if (!is.null(run$loaders$valid)) {
      valid <- run_pass(run, "valid")
      figures <- c(figures, stats::setNames(valid, paste0("valid_", names(valid))))
    }
    seconds <- proc.time()[["elapsed"]] - started
    run$figures <- figures
    row <- data.frame(epoch = run$epoch, as.list(figures), learning_rate = rate, seconds = seconds)
    run$history <- rbind(run$history, row)
    run$progress$epoch(run$epoch, figures, seconds)
    run_hooks(run, "on_epoch_end")
  }
}

# How long the engine works before R is entered to draw the progress.
slice_seconds <- 0.1

# One pass over the data of a part; returns the figures of all metrics.
run_pass <- function(run, part) {
  train <- part == "train"
  loader <- run$loaders[[part]]
  each_batch <- train && has_hook(run, "on_batch_end")
  for (metric in run$metrics) .Call(C_metric_reset, metric)
  .Call(C_loader_reset, loader)
  repeat {
    done <- .Call(C_trainer_run, run$trainer, loader, 2, run$rng, train, if (each_batch) 1 else Inf, slice_seconds)
    if (train) {
      run$batch <- run$batch + done[1]
      if (done[1] > 0) watch_loss(run)
      if (each_batch && done[1] > 0) {
        run$figures <- metric_values(run)
        run_hooks(run, "on_batch_end")
      }
      run$progress$batch(run$epoch, run$batch, run$batches, metric_values(run))
    }
    if (done[2] || !is.null(run$stopped)) break
  }
  metric_values(run)
}

# A loss that is no number does not come back: every later step would be wasted.
watch_loss <- function(run) {
  if (is.finite(.Call(C_metric_value, run$metrics$loss)) || !is.null(run$stopped)) return()
  run$stopped <- "loss"
  warning("fit: the loss is no longer a finite number in epoch ", run$epoch, ", at or before batch ", run$batch,
          "; training stopped. A smaller learning rate or standardised data may help.", call. = FALSE)
}

metric_values <- function(run) vapply(run$metrics, function(metric) .Call(C_metric_value, metric), 0)

finish_model <- function(run) {
  model <- new_model(run$model, run$network$compiled$loss, run$levels, run$network)
  model$history <- structure(run$history %||% data.frame(epoch = numeric()), class = c("cermet_history", "data.frame"))
  model$stopped <- run$stopped
  model$resumed_from <- run$resumed_from
  model
}

`%||%` <- function(x, y) if (is.null(x)) y else x
