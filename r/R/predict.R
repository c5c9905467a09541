# SPDX-License-Identifier: Apache-2.0
# Predicting with a model, and judging it on data.

#' Predict with a model
#'
#' @param object a fitted model.
#' @param newdata observations, as in [fit()][fit.cermet_network].
#' @param type `"response"`: what the network gives, probabilities for a classifier (a matrix with a column a class) and
#'   numbers for a regression; `"prob"`: the same, for classifiers only; `"class"`: the most probable class, a factor if
#'   the labels had names, else a number from 1.
#' @param batch_size observations computed at once.
#' @param ... nothing else is taken.
#' @return A matrix, a vector if the network has one output, or a factor.
#' @inherit fit.cermet_network examples
#' @export
predict.cermet_model <- function(object, newdata, type = c("response", "prob", "class"), batch_size = 256, ...) {
  check_dots("predict", ...)
  type <- match_type(type, object)
  check_count(batch_size, "predict", "batch_size")
  x <- as_observations(newdata, object, "predict", "newdata")
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
#' @param ... nothing else is taken.
#' @return A named vector: the loss and each metric.
#' @export
evaluate.cermet_model <- function(x, newdata, y, metrics = NULL, batch_size = 256, ...) {
  check_dots("evaluate", ...)
  check_count(batch_size, "evaluate", "batch_size")
  data <- as_observations(newdata, x, "evaluate", "newdata")
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
