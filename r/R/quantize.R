# SPDX-License-Identifier: Apache-2.0
# Models in integers of 8 bits.

#' A model in integers of 8 bits
#'
#' Convolutions and dense layers work on integers: a quarter of the bytes, for predictions only.
#'
#' @param model a fitted model.
#' @param x typical observations, as in [fit()][fit.cermet_network]; the ranges of values are learnt from them, in whole
#'   batches.
#' @param calibration `"entropy"` cuts ranges where that keeps distributions best, `"naive"` takes them from the smallest to
#'   the largest value, `"none"` looks at each batch anew when predicting.
#' @param type integers between layers: `"auto"` is unsigned where nothing is negative, or `"int8"`, `"uint8"`.
#' @param exclude names of nodes or operators that stay as they are.
#' @param batch_size observations computed at once.
#' @return A model, for `predict()`, `evaluate()` and `cm_save()`.
#' @examples
#' x <- as.matrix(iris[, 1:4])
#' model <- cm_sequential(input = 4) |>
#'   cm_layer_dense(8, activation = "relu") |>
#'   cm_layer_dense(3) |>
#'   compile(loss = "cross_entropy") |>
#'   fit(x, iris$Species, epochs = 2, verbose = FALSE)
#' cm_quantize_model(model, x)
#' @export
cm_quantize_model <- function(model, x, calibration = c("entropy", "naive", "none"), type = c("auto", "int8", "uint8"),
                              exclude = character(), batch_size = 100) {
  op <- "cm_quantize_model"
  if (!inherits(model, "cermet_model")) stop_argument(op, "model", "got ", describe_value(model), "; want a fitted model")
  calibration <- one_choice(op, "calibration", calibration, c("entropy", "naive", "none"))
  type <- one_choice(op, "type", type, c("auto", "int8", "uint8"))
  check_count(batch_size, op, "batch_size")
  if (!is.character(exclude)) stop_argument(op, "exclude", "got ", describe_value(exclude), "; want names")
  x <- as_observations(x, model, op, "x")
  handle <- model_handle(model)
  name <- .Call(C_model_names, handle, TRUE)
  if (length(name) != 1) stop_argument(op, "model", "the model has ", length(name), " inputs; want one")
  shape <- dim(x)
  if (shape[1] == 0) stop_argument(op, "x", "got no observations; want at least one")
  shape[1] <- min(batch_size, shape[1])
  calibrator <- .Call(C_calibrator_create, handle, stats::setNames(list(shape), name), "float32",
                      match(calibration, c("none", "naive", "entropy")), match(type, c("auto", "int8", "uint8")))
  for (node in exclude) .Call(C_calibrator_exclude, calibrator, node)
  if (calibration != "none") {
    input <- .Call(C_calibrator_input, calibrator, name)
    loader <- .Call(C_loader_create, list(x), shape[1], FALSE, NULL)
    while (.Call(C_loader_next, loader)) {
      batch <- .Call(C_loader_batch, loader, 1)
      if (dim(batch)[1] < shape[1]) break
      .Call(C_array_copy_to, batch, input)
      .Call(C_calibrator_collect, calibrator)
    }
    .Call(C_release, loader)
  }
  quantized <- .Call(C_calibrator_quantize, calibrator)
  .Call(C_release, calibrator)
  new_model(quantized, model$loss, model$levels, list(input = model$input, index = model$index))
}

# The first of the choices where none was made.
one_choice <- function(op, argument, value, choices) {
  if (identical(value, choices)) return(choices[1])
  if (!is.character(value) || length(value) != 1 || !value %in% choices) {
    stop_argument(op, argument, "got ", describe_value(value), "; want one of ", paste(choices, collapse = ", "))
  }
  value
}
