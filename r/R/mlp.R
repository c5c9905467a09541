# SPDX-License-Identifier: Apache-2.0
# Tabular models from a formula.

#' Neural network for tabular data
#'
#' A multilayer perceptron described by a formula, as for [lm()]: a factor, character or logical outcome makes a
#' classifier, numbers make a regression. Predictors are expanded by [model.matrix()] (factors become dummy columns)
#' and standardised, and so is a numeric outcome. After training, both standardisations are folded into the first and
#' the last layer: the network itself takes the columns of the model matrix as they are and answers in the units of the
#' outcome, in whatever language it is loaded.
#'
#' @param formula a formula; the right side may have interactions and functions of columns.
#' @param data a data frame.
#' @param hidden sizes of the hidden layers; `integer()` for none (a linear model).
#' @param epochs,batch_size,validation,callbacks,resume,verbose as in [fit()][fit.cermet_network].
#' @param activation activation of the hidden layers.
#' @param dropout rate of dropout after each hidden layer.
#' @param optimizer an optimizer.
#' @param embedding factors to learn a few numbers a level for, instead of a dummy column a level: sizes by name such as
#'   `c(city = 4)`, or names alone, for half as many numbers as there are levels (at most 50). A level that the training
#'   did not have is no error then: it is taken for the average of the others. In other languages the network takes the
#'   columns of the model matrix and then the codes of these factors, from 0.
#' @param na.action what to do with missing values, as for [lm()].
#' @param ... nothing else is taken.
#' @return An object of classes `cermet_mlp` and `cermet_model`, which knows its [fitted()] values and, for a regression,
#'   its [residuals()]. The figures of its `history` are those of the
#'   standardised outcome.
#' @examples
#' set.seed(1)
#' model <- cm_mlp(mpg ~ wt + hp + factor(cyl), data = mtcars, hidden = 8, epochs = 30)
#' predict(model, head(mtcars))
#'
#' model <- cm_mlp(Species ~ ., data = iris, hidden = 8, epochs = 10)
#' predict(model, iris[c(1, 51, 101), ], type = "class")
#' @export
cm_mlp <- function(formula, data, hidden = c(64, 32), epochs = 50, batch_size = 32, validation = NULL,
                   activation = "relu", dropout = 0, optimizer = cm_opt_adam(learning_rate = 0.005),
                   embedding = NULL, callbacks = list(), resume = NULL, verbose = FALSE,
                   na.action = stats::na.omit, ...) {
  check_dots("cm_mlp", ...)
  if (!inherits(formula, "formula") || length(formula) != 3) {
    stop_argument("cm_mlp", "formula", "want a formula with an outcome, such as y ~ x")
  }
  for (size in hidden) check_count(size, "cm_mlp", "hidden")
  frame <- stats::model.frame(formula, data, na.action = na.action, drop.unused.levels = TRUE)
  if (nrow(frame) < 2) stop_argument("cm_mlp", "data", "got ", nrow(frame), " complete rows; want at least two")
  terms <- attr(frame, "terms")
  embedding <- read_embedding(embedding, terms, frame)
  columns <- list(terms = matrix_terms(terms, embedding), embedding = embedding)
  design <- design_columns(columns, frame, "cm_mlp", "data")
  outcome <- read_outcome(stats::model.response(frame))
  scale <- list(x = plain_scale(design, embedding), y = outcome$scale)

  net <- cm_sequential(input = ncol(design))
  if (!is.null(embedding)) {
    net <- cm_layer(net, embedding_layer(ncol(design) - length(embedding$levels), embedding), name = "embedding")
  }
  for (size in hidden) {
    net <- cm_layer_dense(net, size, activation = activation)
    if (dropout > 0) net <- cm_layer_dropout(net, dropout)
  }
  net <- cm_layer_dense(net, outcome$size)
  net <- compile(net, loss = outcome$loss, optimizer = optimizer, metrics = outcome$metrics)
  model <- fit(net, standardise(design, scale$x), standardise(outcome$values, scale$y), epochs = epochs,
               batch_size = batch_size, validation = validation, callbacks = callbacks, resume = resume,
               verbose = verbose)
  model <- fold_scales(model, scale, embedding)
  model$fitted.values <- predict.cermet_model(model, design)
  if (outcome$loss == "mse") model$residuals <- drop(outcome$values) - model$fitted.values
  model$na.action <- attr(frame, "na.action")
  model$terms <- stats::delete.response(terms)
  model$xlevels <- stats::.getXlevels(terms, frame)
  model$xlevels[names(embedding$levels)] <- NULL
  model$columns <- columns
  model$call <- match.call()
  class(model) <- c("cermet_mlp", class(model))
  model
}

# The network's input: the model matrix without its intercept (the network has biases), then codes of embedded factors.
design_columns <- function(columns, frame, op, argument) {
  design <- if (is.null(columns$terms)) matrix(0, nrow(frame), 0) else stats::model.matrix(columns$terms, frame)
  design <- design[, colnames(design) != "(Intercept)", drop = FALSE]
  if (!is.null(columns$embedding)) design <- cbind(design, code_columns(columns$embedding, frame))
  if (ncol(design) == 0) stop_argument("cm_mlp", "formula", "has no predictors")
  infinite <- colSums(is.infinite(design)) > 0
  if (any(infinite)) {
    stop_argument(op, argument, "got infinite values in ", paste(colnames(design)[infinite], collapse = ", "))
  }
  design
}

read_outcome <- function(y) {
  if (is.character(y) || is.logical(y)) y <- factor(y)
  if (is.factor(y)) {
    if (nlevels(y) < 2) stop_argument("cm_mlp", "formula", "the outcome has one level; want at least two")
    return(list(values = y, size = nlevels(y), loss = "cross_entropy", metrics = "accuracy", scale = NULL))
  }
  if (!is.numeric(y)) stop_argument("cm_mlp", "formula", "the outcome is ", class(y)[1], "; want numbers or a factor")
  y <- as.matrix(y)
  list(values = y, size = ncol(y), loss = "mse", metrics = "mae", scale = column_scale(y))
}

# Means and deviations of columns; a constant column keeps its scale.
column_scale <- function(x) {
  deviation <- apply(x, 2, stats::sd)
  deviation[is.na(deviation) | deviation == 0] <- 1
  list(mean = colMeans(x), deviation = deviation)
}

# The same for the network's input, in which codes stay as they are.
plain_scale <- function(design, embedding) {
  scale <- column_scale(design)
  codes <- ncol(design) + 1 - rev(seq_along(embedding$levels))
  scale$mean[codes] <- 0
  scale$deviation[codes] <- 1
  scale
}

standardise <- function(x, scale) {
  if (is.null(scale)) return(x)
  sweep(sweep(x, 2, scale$mean), 2, scale$deviation, "/")
}

# With z = (x - m) / s the first layer W z + b is (W / s) x + (b - W (m / s)); with y = s v + m the last layer's rows
# and biases are stretched by s, and m is added. Weights are (units, inputs); embedded factors are several inputs each.
fold_scales <- function(model, scale, embedding) {
  handle <- .Call(C_model_copy, model_handle(model))
  fill_unknown(handle, embedding)
  plain <- seq_len(length(scale$x$mean) - length(embedding$levels))
  scale$x <- list(mean = c(scale$x$mean[plain], rep(0, sum(embedding$size))),
                  deviation = c(scale$x$deviation[plain], rep(1, sum(embedding$size))))
  dense <- vapply(model$network$layers, `[[`, "", "name")
  dense <- dense[vapply(model$network$layers, `[[`, "", "type") == "dense"]
  parameter <- function(layer, suffix) as.array(.Call(C_model_parameter, handle, paste0(layer, suffix)))
  change <- function(layer, weight, bias) {
    .Call(C_model_set_parameter, handle, paste0(layer, "_weight"), cm_array(weight))
    .Call(C_model_set_parameter, handle, paste0(layer, "_bias"), cm_array(bias))
  }
  first <- dense[1]
  weight <- sweep(parameter(first, "_weight"), 2, scale$x$deviation, "/")
  change(first, weight, as.vector(parameter(first, "_bias")) - as.vector(weight %*% scale$x$mean))
  if (!is.null(scale$y)) {
    last <- dense[length(dense)]
    change(last, parameter(last, "_weight") * scale$y$deviation,
           as.vector(parameter(last, "_bias")) * scale$y$deviation + scale$y$mean)
  }
  model$state <- .Call(C_state_create, handle)
  model
}

#' @rdname cm_mlp
#' @param object a fitted model.
#' @param newdata a data frame with the predictors. The prediction for a row with missing values is `NA`. `NULL` takes the
#'   data of the training, as [fitted()] does.
#' @param type as in [predict()][predict.cermet_model].
#' @export
predict.cermet_mlp <- function(object, newdata, type = c("response", "prob", "class"), ...) {
  type <- match_type(type, object)
  if (missing(newdata)) newdata <- NULL
  if (is.null(newdata)) {
    if (type != "class") return(object$fitted.values)
    return(classes_from(object$fitted.values, object$levels))
  }
  columns <- mlp_columns(object, newdata, "predict")
  known <- !rowSums(is.na(columns))
  columns[!known, ] <- 0
  predicted <- predict.cermet_model(object, columns, type = type, ...)
  if (is.null(dim(predicted))) predicted[!known] <- NA else predicted[!known, ] <- NA
  predicted
}

# Columns of new data as those of the training.
mlp_columns <- function(model, newdata, op) {
  frame <- tryCatch(
    stats::model.frame(model$terms, newdata, na.action = stats::na.pass, xlev = model$xlevels),
    error = function(condition) stop_argument(op, "newdata", conditionMessage(condition))
  )
  design_columns(model$columns, frame, op, "newdata")
}

#' @rdname cm_mlp
#' @param x a fitted model.
#' @param y outcome of `newdata`.
#' @export
evaluate.cermet_mlp <- function(x, newdata, y, ...) {
  evaluate.cermet_model(x, mlp_columns(x, newdata, "evaluate"), y, ...)
}

#' @export
fit.cermet_mlp <- function(object, ...) {
  stop_cermet("unsupported", "fit", "object", "a model of cm_mlp() is in the units of its data and trains no further")
}

#' @export
print.cermet_mlp <- function(x, ...) {
  cat("Call: ", paste(deparse(x$call), collapse = "\n"), "\n", sep = "")
  NextMethod()
}
