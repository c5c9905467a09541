# SPDX-License-Identifier: Apache-2.0
# Fitted models: what they are, and how they are shown.

# `handle` must not change from now on: it becomes the model's state. What R needs to know of a model travels in its
# metadata, so that the one-file form has it too. `network`: a network, or list(input, index) where there is none.
new_model <- function(handle, loss, levels, network) {
  input <- network$input
  metadata <- list(loss = loss, labels = if (!is.null(levels)) paste(levels, collapse = "\n"),
                   input = if (!is.null(input)) paste(format(input, trim = TRUE, scientific = FALSE), collapse = ","),
                   index = if (isTRUE(network$index)) "true")
  for (key in names(metadata)) {
    if (!is.null(metadata[[key]])) .Call(C_model_set_metadata, handle, key, metadata[[key]])
  }
  structure(
    list(state = .Call(C_state_create, handle), loss = loss, levels = levels, input = input,
         index = isTRUE(network$index), network = if (inherits(network, "cermet_network")) network, history = NULL,
         stopped = NULL),
    class = "cermet_model"
  )
}

model_handle <- function(model) .Call(C_state_model, model$state)

model_task <- function(model) losses[[model$loss]]$task

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

#' @export
print.cermet_model <- function(x, ...) {
  cat("<cermet_model: ", model_task(x), ", loss ", x$loss, ">\n", sep = "")
  if (!is.null(x$levels)) cat("levels: ", paste(utils::head(x$levels, 10), collapse = ", "), "\n", sep = "")
  if (!is.null(x$history) && nrow(x$history) > 0) {
    last <- x$history[nrow(x$history), ]
    cat("epoch ", last$epoch, ": ", format_figures(unlist(last[figure_names(last)])), "\n", sep = "")
  }
  if (!is.null(x$stopped)) cat("stopped by ", x$stopped, "\n", sep = "")
  invisible(x)
}

#' @export
fitted.cermet_model <- function(object, ...) kept_from_training(object, "fitted", "fitted.values")

#' @export
residuals.cermet_model <- function(object, ...) kept_from_training(object, "residuals", "residuals")

# Models of cm_mlp() keep these; lm()'s conventions for rows that na.action left out.
kept_from_training <- function(model, op, field) {
  if (is.null(model[[field]])) {
    stop_cermet("unsupported", op, "object", if (inherits(model, "cermet_mlp")) "a classifier has no residuals"
                else "the model does not keep its data; use predict() with them")
  }
  stats::naresid(model$na.action, model[[field]])
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
