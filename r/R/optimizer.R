# SPDX-License-Identifier: Apache-2.0
# Optimizers for loops of one's own; fit() has its own inside.

#' Optimizers in loops of one's own
#'
#' `cm_optimizer()` makes an optimizer that remembers its states (momentum, moments, number of updates);
#' `cm_update()` makes one step with it.
#'
#' @param optimizer an optimizer such as [cm_opt_adam()], or the name of one; for `cm_update()` what `cm_optimizer()`
#'   gave.
#' @param parameters a named list of arrays, or an executor ([cm_bind()]).
#' @param gradients a list of arrays of the same names, as of [cm_value_and_grad()]. Not for an executor, which has its
#'   gradients.
#' @param rate a learning rate; `NULL` asks for it.
#' @return `cm_optimizer()`: an optimizer. `cm_update()`: new parameters; the old ones are left alone. An executor is
#'   changed, and returned invisibly. `cm_learning_rate()`: the rate of the next update.
#' @examples
#' x <- cm_array(as.matrix(mtcars[, c("wt", "hp")]) / 100)
#' y <- cm_array(matrix(mtcars$mpg))
#' loss <- cm_value_and_grad(function(w, b) mean((x %*% w + b - y)^2))
#' parameters <- list(w = cm_zeros(c(2, 1)), b = cm_array(matrix(0)))
#' adam <- cm_optimizer(cm_opt_adam(learning_rate = 1))
#' for (step in 1:100) {
#'   result <- do.call(loss, parameters)
#'   parameters <- cm_update(adam, parameters, result$grad)
#' }
#' result$value
#' @export
cm_optimizer <- function(optimizer) {
  spec <- as_spec(optimizer, "optimizer", "cm_optimizer")
  structure(list(handle = .Call(C_optimizer_create, spec, spec$schedule), spec = spec), class = "cermet_optimizer_state")
}

#' @rdname cm_optimizer
#' @export
cm_update <- function(optimizer, parameters, gradients = NULL) {
  check_optimizer(optimizer, "cm_update")
  if (inherits(parameters, "cermet_executor")) {
    names <- parameters$grad
    weights <- lapply(names, function(name) live_array(parameters, name))
    grads <- lapply(names, function(name) live_array(parameters, name, TRUE))
    .Call(C_optimizer_update, optimizer$handle, names, weights, grads)
    return(invisible(parameters))
  }
  names <- names(parameters)
  if (!is.list(parameters) || is.null(names) || anyDuplicated(names) || !all(nzchar(names))) {
    stop_argument("cm_update", "parameters", "got ", describe_value(parameters), "; want a list with a name an array")
  }
  if (!is.list(gradients) || !setequal(names(gradients), names)) {
    stop_argument("cm_update", "gradients", "got ", paste(names(gradients), collapse = ", "),
                  "; want a list with the names of the parameters: ", paste(names, collapse = ", "))
  }
  weights <- lapply(parameters, function(x) cm_copy(cm_array(x)))
  .Call(C_optimizer_update, optimizer$handle, names, weights, lapply(gradients[names], cm_array))
  weights
}

#' @rdname cm_optimizer
#' @export
cm_learning_rate <- function(optimizer, rate = NULL) {
  check_optimizer(optimizer, "cm_learning_rate")
  if (!is.null(rate)) {
    if (!is.numeric(rate) || length(rate) != 1 || !is.finite(rate) || rate < 0) {
      stop_argument("cm_learning_rate", "rate", "got ", describe_value(rate), "; want a number of at least 0")
    }
    .Call(C_optimizer_set_learning_rate, optimizer$handle, rate)
  }
  .Call(C_optimizer_learning_rate, optimizer$handle)
}

#' Loss scale of an optimizer
#'
#' Gradients of 16 bits round to zero where they are small. So the loss is multiplied by a scale, by which the optimizer
#' divides the gradients; updates whose gradients are not all finite are left out. [fit()][fit.cermet_network] does both
#' for `precision = "float16"`; who makes gradients by hand multiplies the loss.
#'
#' @param optimizer an optimizer made by [cm_optimizer()].
#' @param scale 1 to 2^24, or 0 for none; `NULL` changes nothing.
#' @param growth_interval the scale is halved with each update that is left out and doubled after this many good ones;
#'   0 lets it stay.
#' @return A named vector: the present `scale`, and the number of updates that were left out, `skipped`.
#' @examples
#' optimizer <- cm_optimizer("sgd")
#' cm_loss_scale(optimizer, 65536)
#' @export
cm_loss_scale <- function(optimizer, scale = NULL, growth_interval = 2000) {
  check_optimizer(optimizer, "cm_loss_scale")
  if (!is.null(scale)) {
    if (!is.numeric(scale) || length(scale) != 1 || is.na(scale)) {
      stop_argument("cm_loss_scale", "scale", "got ", describe_value(scale), "; want a number")
    }
    .Call(C_optimizer_set_loss_scale, optimizer$handle, scale, growth_interval)
  }
  stats::setNames(.Call(C_optimizer_loss_scale, optimizer$handle), c("scale", "skipped"))
}

check_optimizer <- function(optimizer, op) {
  if (inherits(optimizer, "cermet_optimizer_state")) return(invisible())
  stop_argument(op, "optimizer", "got ", describe_value(optimizer), "; want an optimizer made by cm_optimizer()")
}

#' @export
print.cermet_optimizer_state <- function(x, ...) {
  print(x$spec)
  cat("learning rate of the next update: ", format(cm_learning_rate(x)), "\n", sep = "")
  invisible(x)
}
