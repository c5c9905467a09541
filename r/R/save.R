# SPDX-License-Identifier: Apache-2.0
# Models in files.

#' Save and load models
#'
#' A `path` ending in `.safetensors` is one file; anything else is a prefix for MXNet's two files,
#' `<path>-symbol.json` and `<path>-<epoch>.params`. Both forms are read by Cermet in all languages (and the second by
#' MXNet). Files are replaced only when the new ones are whole. The one-file form keeps the labels of the classes and
#' the dimensions of the input.
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
  index <- identical(.Call(C_model_metadata, handle, "index"), "true")
  new_model(handle, loss, levels, list(input = input, index = index))
}

# Files of MXNet say by their output operator what they are.
guess_loss <- function(symbol) if (grepl("Softmax|softmax", cm_to_json(symbol))) "cross_entropy" else "mse"
