# SPDX-License-Identifier: Apache-2.0
# Symbols: graphs of operators that are not run yet.

#' Symbols
#'
#' A symbol is a graph of operators. All `cm_` operators and R's arithmetic take symbols as well as arrays, and compose
#' a larger symbol from them. Parameters that are left out become variables of their own:
#' `cm_fully_connected(x, num_hidden = 3, name = "fc1")` makes `fc1_weight` and `fc1_bias`.
#'
#' @param name name of the variable.
#' @param shape dimensions of a parameter, where the operators that take it do not imply them.
#' @param initializer how a parameter is filled, e.g. `cm_init_normal(sigma = 0.1)`; `NULL` as
#'   [compile()][compile.cermet_network] says.
#' @param symbol,... symbols.
#' @param json a string, or the path of a file, with a graph in MXNet's JSON form.
#' @param shapes named list of the dimensions of some variables; -1 stands for an unknown dimension.
#' @param names names of variables.
#' @return `cm_variable()`, `cm_group()`, `cm_internals()`, `cm_symbol_gradient()`, `cm_from_json()`: a symbol;
#'   `cm_arguments()`, `cm_auxiliary_states()`, `cm_outputs()`: names; `cm_infer_shape()`: a list `arguments`,
#'   `outputs`, `auxiliary_states` of named lists of dimensions; `cm_to_json()`: a string.
#' @examples
#' x <- cm_variable("x")
#' y <- cm_fully_connected(x, num_hidden = 3, name = "fc1") + 1
#' cm_arguments(y)
#' cm_infer_shape(y, list(x = c(5, 2)))$outputs
#' @aliases cermet_symbol-class show,cermet_symbol-method %*%,cermet_symbol,cermet_symbol-method
#'   %*%,cermet_symbol,ANY-method %*%,ANY,cermet_symbol-method
#' @export
cm_variable <- function(name, shape = NULL, initializer = NULL) {
  variable <- .Call(C_symbol_variable, name)
  if (!is.null(shape)) {
    for (size in shape) check_count(size, "cm_variable", "shape")
    text <- paste0("(", paste0(format(shape, scientific = FALSE, trim = TRUE), collapse = ", "), ",)")
    .Call(C_symbol_set_attribute, variable, "__shape__", text)
  }
  if (!is.null(initializer)) {
    .Call(C_symbol_set_attribute, variable, "__init__", init_text(as_spec(initializer, "initializer", "cm_variable")))
  }
  variable
}

# MXNet's form: ["name", {"attribute": value}]. OutDec or the locale may put a comma into numbers.
init_text <- function(spec) {
  attrs <- spec$attrs[!vapply(spec$attrs, is.null, NA)]
  values <- vapply(attrs, function(value) {
    if (is.character(value)) return(encodeString(value, quote = "\""))
    if (is.logical(value)) tolower(value) else sub(",", ".", format(value, digits = 17), fixed = TRUE)
  }, "")
  fields <- paste0("\"", names(attrs), "\": ", values, recycle0 = TRUE)
  paste0("[\"", spec$name, "\", {", paste(fields, collapse = ", "), "}]")
}

#' @rdname cm_variable
#' @export
cm_group <- function(...) .Call(C_symbol_group, variadic(...))

#' @rdname cm_variable
#' @export
cm_arguments <- function(symbol) .Call(C_symbol_names, symbol, "arguments")

#' @rdname cm_variable
#' @export
cm_auxiliary_states <- function(symbol) .Call(C_symbol_names, symbol, "auxiliary_states")

#' @rdname cm_variable
#' @export
cm_outputs <- function(symbol) .Call(C_symbol_names, symbol, "outputs")

#' @rdname cm_variable
#' @export
cm_internals <- function(symbol) .Call(C_symbol_internals, symbol)

#' @rdname cm_variable
#' @export
cm_infer_shape <- function(symbol, shapes) .Call(C_symbol_infer, symbol, shapes, rep("float32", length(shapes)))

#' @rdname cm_variable
#' @export
cm_symbol_gradient <- function(symbol, names) .Call(C_symbol_gradient, symbol, names)

#' Mixed precision
#'
#' The same graph, in which products of matrices, convolutions, attention and recurrent layers compute in 16 bits; losses,
#' softmax, exponentials, logarithms and sums in float32; and the rest in the widest dtype of their inputs. Parameters
#' stay float32, and so do results. It saves memory; on processors without 16-bit arithmetic it costs time. To train so,
#' `compile(..., precision = "bfloat16")` is all that is needed ([compile()][compile.cermet_network]).
#'
#' @param symbol a symbol.
#' @param precision `"bfloat16"` or `"float16"`. Gradients of float16 need a [loss scale][cm_loss_scale].
#' @return A symbol with the same arguments and outputs.
#' @examples
#' y <- cm_fully_connected(cm_variable("x"), num_hidden = 3, name = "fc1")
#' cm_arguments(cm_mixed_precision(y, "bfloat16"))
#' @export
cm_mixed_precision <- function(symbol, precision) {
  check_text(precision, "cm_mixed_precision", "precision")
  .Call(C_symbol_mixed_precision, symbol, precision)
}

#' @rdname cm_variable
#' @export
cm_to_json <- function(symbol) .Call(C_symbol_to_json, symbol)

#' @rdname cm_variable
#' @export
cm_from_json <- function(json) {
  check_text(json, "cm_from_json", "json")
  if (!startsWith(trimws(json), "{")) {
    if (!file.exists(json)) stop_cermet("not_found", "cm_from_json", "json", "no file ", encodeString(json))
    json <- paste(readLines(json, warn = FALSE), collapse = "\n")
  }
  .Call(C_symbol_from_json, json)
}

#' @export
length.cermet_symbol <- function(x) .Call(C_symbol_num_outputs, x)

# By number, or by the name of an output.
#' @export
`[[.cermet_symbol` <- function(x, i, ...) {
  if (is.character(i)) {
    position <- match(i, cm_outputs(x))
    if (is.na(position)) stop_cermet("not_found", "[[", "i", "no output ", encodeString(i))
    i <- position
  }
  .Call(C_symbol_output, x, i)
}

#' @export
format.cermet_symbol <- function(x, ...) {
  if (is_closed(x)) return("<symbol: closed>")
  paste0("<symbol ", paste(cm_outputs(x), collapse = ", "), ">")
}

#' @export
str.cermet_symbol <- function(object, ...) cat(" ", format(object), "\n", sep = "")

#' @export
print.cermet_symbol <- function(x, ...) {
  if (is_closed(x)) {
    cat("<cermet_symbol ", closed_note, ">\n", sep = "")
    return(invisible(x))
  }
  cat("<cermet_symbol ", paste(cm_outputs(x), collapse = ", "), ">\n", sep = "")
  cat("arguments:", paste(cm_arguments(x), collapse = ", "), "\n")
  states <- cm_auxiliary_states(x)
  if (length(states) > 0) cat("auxiliary states:", paste(states, collapse = ", "), "\n")
  invisible(x)
}
