# SPDX-License-Identifier: Apache-2.0
# Fitted models: predicting, judging, saving.

# `handle` must not change from now on: it becomes the model's state. What R needs to know of a model travels in its
# metadata, so that the one-file form has it too.
new_model <- function(handle, loss, levels, input, network = NULL) {
  metadata <- list(loss = loss, labels = if (!is.null(levels)) paste(levels, collapse = "\n"),
                   input = if (!is.null(input)) paste(format(input, trim = TRUE), collapse = ","))
  for (key in names(metadata)) {
    if (!is.null(metadata[[key]])) .Call(C_model_set_metadata, handle, key, metadata[[key]])
  }
  structure(
    list(state = .Call(C_state_create, handle), loss = loss, levels = levels, input = input, network = network,
         history = NULL, stopped = NULL),
    class = "cermet_model"
  )
}

model_handle <- function(model) .Call(C_state_model, model$state)

model_task <- function(model) losses[[model$loss]]$task

#' Predict with a model
#'
#' @param object a fitted model.
#' @param newdata observations, as in [fit()][fit.cermet_network].
#' @param type `"response"`: what the network gives, probabilities for a classifier (a matrix with a column a class) and
#'   numbers for a regression; `"prob"`: the same, for classifiers only; `"class"`: the most probable class, a factor if
#'   the labels had names, else a number from 1.
#' @param batch_size observations computed at once.
#' @param ... not used.
#' @return A matrix, a vector if the network has one output, or a factor.
#' @inherit fit.cermet_network examples
#' @export
predict.cermet_model <- function(object, newdata, type = c("response", "prob", "class"), batch_size = 256, ...) {
  type <- match_type(type, object)
  check_count(batch_size, "predict", "batch_size")
  x <- as_observations(newdata, object$input, "predict")
  parts <- list()
  each_output(object, list(x), batch_size, function(output, batch) parts[[length(parts) + 1]] <<- as.array(output))
  outputs <- bind_first(parts)
  if (model_task(object) == "regression") return(if (ncol_of(outputs) == 1) as.vector(outputs) else outputs)
  if (type == "class") return(classes_from(outputs, object$levels))
  if (!is.null(object$levels)) colnames(outputs) <- object$levels
  outputs
}

match_type <- function(type, model) {
  choices <- c("response", "prob", "class")
  if (identical(type, choices)) return("response")
  if (!is.character(type) || length(type) != 1 || !type %in% choices) {
    stop_argument("predict", "type", "got ", describe_value(type), "; want response, prob or class")
  }
  if (type != "response" && model_task(model) != "classification") {
    stop_argument("predict", "type", "got ", type, "; a regression has response only")
  }
  type
}

ncol_of <- function(x) prod(dim(x)[-1])

# Arrays joined along the first dimension.
bind_first <- function(parts) {
  if (length(parts) == 1) return(parts[[1]])
  dims <- dim(parts[[1]])
  if (length(dims) == 2) return(do.call(rbind, parts))
  if (length(dims) == 1) return(array(unlist(parts), sum(lengths(parts))))
  flat <- do.call(rbind, lapply(parts, function(part) matrix(part, nrow = dim(part)[1])))
  array(flat, c(nrow(flat), dims[-1]))
}

classes_from <- function(probabilities, levels) {
  classes <- max.col(probabilities, ties.method = "first")
  if (is.null(levels)) classes else factor(levels[classes], levels = levels)
}

# Runs the model over `arrays` (the data first) and calls f(output, batch arrays) for each batch.
each_output <- function(model, arrays, batch_size, f) {
  handle <- model_handle(model)
  name <- .Call(C_model_names, handle, TRUE)
  if (length(name) != 1) {
    stop_argument("predict", "object", "the model has ", length(name), " inputs; want one")
  }
  shape <- dim(arrays[[1]])
  loader <- .Call(C_loader_create, arrays, min(batch_size, shape[1]), FALSE, NULL)
  session <- NULL
  size <- 0
  while (.Call(C_loader_next, loader)) {
    batch <- lapply(seq_along(arrays), function(i) .Call(C_loader_batch, loader, i))
    if (dim(batch[[1]])[1] != size) {
      size <- dim(batch[[1]])[1]
      shapes <- stats::setNames(list(dim(batch[[1]])), name)
      if (is.null(session)) session <- .Call(C_session_create, handle, shapes, "float32")
      else .Call(C_session_reshape, session, shapes, "float32")
      input <- .Call(C_session_input, session, name)
    }
    .Call(C_array_copy_to, batch[[1]], input)
    .Call(C_session_run, session)
    f(.Call(C_session_output, session, 1), batch)
  }
  .Call(C_release, session)
  .Call(C_release, loader)
}

#' Judge a model on data
#'
#' @param x a fitted model.
#' @param newdata,y observations and labels, as in [fit()][fit.cermet_network].
#' @param metrics names or `cm_metric_*()` objects; `NULL` takes those that the network was compiled with.
#' @param batch_size observations computed at once.
#' @param ... not used.
#' @return A named vector: the loss and each metric.
#' @export
evaluate.cermet_model <- function(x, newdata, y, metrics = NULL, batch_size = 256, ...) {
  check_count(batch_size, "evaluate", "batch_size")
  data <- as_observations(newdata, x$input, "evaluate")
  if (inherits(metrics, "cermet_spec")) metrics <- list(metrics)
  specs <- if (is.null(metrics)) x$network$compiled$metrics else lapply(as.list(metrics), as_spec, "metric", "evaluate")
  names(specs) <- vapply(specs, `[[`, "", "name")
  specs <- c(list(loss = new_spec("metric", losses[[x$loss]]$metric, NULL, "")), specs)
  output_dim <- model_output_dim(x, data)
  labels <- as_labels(y, model_task(x), output_dim, dim(data)[1], "evaluate", x$levels)
  values <- lapply(specs, function(spec) .Call(C_metric_create, spec))
  each_output(x, list(data, labels$array), batch_size, function(output, batch) {
    for (metric in values) .Call(C_metric_update, metric, batch[[2]], output)
  })
  vapply(values, function(metric) .Call(C_metric_value, metric), 0)
}

model_output_dim <- function(model, data) {
  handle <- model_handle(model)
  shapes <- stats::setNames(list(dim(data)), .Call(C_model_names, handle, TRUE))
  cm_infer_shape(.Call(C_model_symbol, handle), shapes)$outputs[[1]][-1]
}

#' Parameters of a model
#'
#' @param object a fitted model.
#' @param ... not used.
#' @return A named list of R arrays.
#' @export
coef.cermet_model <- function(object, ...) {
  handle <- model_handle(object)
  names <- .Call(C_model_names, handle, FALSE)
  stats::setNames(lapply(names, function(name) as.array(.Call(C_model_parameter, handle, name))), names)
}

#' Save and load models
#'
#' A `path` ending in `.safetensors` is one file; anything else is a prefix for MXNet's two files,
#' `<path>-symbol.json` and `<path>-<epoch>.params`. Both forms are read by Cermet in all languages (and the second by
#' MXNet). Files are replaced only when the new ones are whole. The one-file form keeps the labels of the classes and the dimensions of the input.
#' [saveRDS()] works as well, and keeps everything, the history included.
#'
#' @param model a fitted model.
#' @param path path of the file, or prefix.
#' @param epoch number in the name of the parameter file.
#' @param loss loss of a model whose files do not state it (those of MXNet): see [compile()][compile.cermet_network].
#' @param input dimensions of one observation, where the files do not state them; `NULL` takes what comes.
#' @param levels labels of the classes, where the files do not state them.
#' @return `cm_save()`: `model`, invisibly. `cm_load()`: a model for [predict()][predict.cermet_model].
#' @examples
#' \dontshow{example(fit.cermet_network, package = "cermet", echo = FALSE)}
#' path <- tempfile(fileext = ".safetensors")
#' cm_save(model, path)
#' again <- cm_load(path)
#' all.equal(predict(again, as.matrix(iris[, 1:4])), predict(model, as.matrix(iris[, 1:4])))
#' @export
cm_save <- function(model, path, epoch = 0) {
  if (!inherits(model, "cermet_model")) {
    stop_argument("cm_save", "model", "got ", describe_value(model), "; want a fitted model")
  }
  check_count(epoch, "cm_save", "epoch", 0)
  .Call(C_model_save, model_handle(model), path, epoch)
  invisible(model)
}

#' @rdname cm_save
#' @export
cm_load <- function(path, epoch = 0, loss = NULL, input = NULL, levels = NULL) {
  check_count(epoch, "cm_load", "epoch", 0)
  handle <- .Call(C_model_load, path, epoch)
  text <- .Call(C_model_metadata, handle, "loss")
  loss <- loss %||% text %||% guess_loss(.Call(C_model_symbol, handle))
  if (!loss %in% names(losses)) {
    stop_argument("cm_load", "loss", "got ", loss, "; want one of ", paste(names(losses), collapse = ", "))
  }
  labels <- .Call(C_model_metadata, handle, "labels")
  if (is.null(levels) && !is.null(labels)) levels <- strsplit(labels, "\n", fixed = TRUE)[[1]]
  known <- .Call(C_model_metadata, handle, "input")
  if (is.null(input) && !is.null(known)) input <- as.numeric(strsplit(known, ",", fixed = TRUE)[[1]])
  if (!is.null(input)) check_input(input, "cm_load")
  new_model(handle, loss, levels, input)
}

# Files of MXNet say by their output operator what they are.
guess_loss <- function(symbol) if (grepl("Softmax|softmax", cm_to_json(symbol))) "cross_entropy" else "mse"

#' @export
print.cermet_model <- function(x, ...) {
  cat("<cermet_model: ", model_task(x), ", loss ", x$loss, ">\n", sep = "")
  if (!is.null(x$levels)) cat("levels: ", paste(utils::head(x$levels, 10), collapse = ", "), "\n", sep = "")
  if (!is.null(x$history) && nrow(x$history) > 0) {
    last <- x$history[nrow(x$history), ]
    shown <- setdiff(names(last), c("epoch", "learning_rate", "seconds"))
    cat("epoch ", last$epoch, ": ", format_figures(unlist(last[shown])), "\n", sep = "")
  }
  if (!is.null(x$stopped)) cat("stopped by ", x$stopped, "\n", sep = "")
  invisible(x)
}

#' @export
summary.cermet_model <- function(object, ...) {
  if (is.null(object$network)) {
    sizes <- vapply(coef(object), length, 0L)
    return(data.frame(parameter = names(sizes), size = unname(sizes)))
  }
  summary(object$network)
}

#' @export
plot.cermet_model <- function(x, ...) {
  if (is.null(x$history)) stop_argument("plot", "x", "the model was loaded from a file and has no history")
  plot(x$history, ...)
}
