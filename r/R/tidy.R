# SPDX-License-Identifier: Apache-2.0
# The verbs of broom for fitted models: data frames in, data frames out.

#' @importFrom generics tidy
#' @export
generics::tidy

#' @importFrom generics glance
#' @export
generics::glance

#' @importFrom generics augment
#' @export
generics::augment

#' Models as data frames
#'
#' @param x a fitted model.
#' @param data,newdata for `augment()`: a data frame with the predictors of a model of [cm_mlp()].
#' @param ... not used.
#' @return `tidy()`: a row an epoch and figure: `epoch`, `part` (training or validation), `figure`, `value`.
#'   `glance()`: one row: number of parameters and of epochs, and the figures of the last epoch. `augment()`: `data`
#'   with a column `.pred`, or `.pred_class` and a column `.pred_<level>` a class.
#' @examples
#' model <- cm_mlp(Species ~ ., data = iris, hidden = 8, epochs = 3)
#' glance(model)
#' head(tidy(model))
#' head(augment(model, iris))
#' @name tidy.cermet_model
NULL

figure_names <- function(history) setdiff(names(history), c("epoch", "learning_rate", "seconds"))

# The history of a model that has one.
trained_history <- function(model, op) {
  if (is.null(model$history)) stop_argument(op, "x", "the model was loaded from a file and has no history")
  as.data.frame(model$history)
}

#' @rdname tidy.cermet_model
#' @export
tidy.cermet_model <- function(x, ...) {
  history <- trained_history(x, "tidy")
  rows <- lapply(figure_names(history), function(figure) {
    valid <- startsWith(figure, "valid_")
    part <- if (valid) "validation" else "training"
    data.frame(epoch = history$epoch, part = part, figure = sub("^valid_", "", figure), value = history[[figure]])
  })
  rows <- do.call(rbind, rows)
  rows[order(rows$epoch), ]
}

#' @rdname tidy.cermet_model
#' @export
glance.cermet_model <- function(x, ...) {
  history <- trained_history(x, "glance")
  last <- history[nrow(history), figure_names(history), drop = FALSE]
  data.frame(parameters = sum(lengths(stats::coef(x))), epochs = nrow(history), last, row.names = NULL)
}

#' @rdname tidy.cermet_model
#' @export
augment.cermet_mlp <- function(x, data = newdata, newdata = NULL, ...) {
  if (!is.data.frame(data)) stop_argument("augment", "data", "got ", describe_value(data), "; want a data frame")
  predicted <- stats::predict(x, data)
  if (model_task(x) == "regression") return(cbind(data, .pred = predicted))
  colnames(predicted) <- paste0(".pred_", colnames(predicted))
  cbind(data, .pred_class = classes_from(predicted, x$levels), predicted)
}
