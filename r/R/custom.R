# SPDX-License-Identifier: Apache-2.0
# Layers that users write as functions of symbols. What such a function made is kept in the network as a graph, so that a
# network stays plain data and the function is called once.

#' Layers of one's own
#'
#' `cm_layer()` adds what a function makes of a symbol. All `cm_` operators and R's arithmetic take symbols as well as
#' arrays, so the same function may be tried on an array first. Parameters come from operators that have some
#' ([cm_fully_connected()], [cm_convolution()] ...) or from [cm_variable()] with a shape.
#'
#' @param object a network begun by [cm_sequential()], or a symbol.
#' @param f a function that takes a symbol with one output and gives one. If it has an argument `name`, it gets the name
#'   of the layer there, to be the beginning of the names of its parameters: they must differ from layer to layer.
#' @param name name of the layer; `NULL` for `custom_1`, `custom_2` ...
#' @return The network with the layer added, or a symbol.
#' @examples
#' gated <- function(x, name) {
#'   value <- cm_fully_connected(x, num_hidden = 8, name = paste0(name, "_value"))
#'   gate <- cm_fully_connected(x, num_hidden = 8, name = paste0(name, "_gate"))
#'   value * cm_sigmoid(gate)
#' }
#' scaled <- function(x, name) {
#'   x * cm_variable(paste0(name, "_scale"), shape = c(1, 8), initializer = cm_init_one())
#' }
#' cm_sequential(input = 4) |>
#'   cm_layer(gated) |>
#'   cm_layer(scaled) |>
#'   cm_layer_dense(3)
#' @export
cm_layer <- function(object, f, name = NULL) {
  if (!is.function(f)) stop_argument("cm_layer", "f", "got ", describe_value(f), "; want a function")
  if (!is.null(name)) check_text(name, "cm_layer", "name")
  if (is_symbol(object)) return(apply_custom(f, object, name %||% "custom"))
  name <- layer_name(object, "custom", name, "cm_layer")
  before <- if (length(object$layers) == 0) cm_variable(data_name) else network_symbol(object)
  append_layer(object, list(type = "custom", json = cm_to_json(apply_custom(f, before, name)), name = name))
}

apply_custom <- function(f, symbol, name) {
  result <- if ("name" %in% names(formals(args(f)))) f(symbol, name = name) else f(symbol)
  if (!is_symbol(result) || length(result) != 1) {
    got <- if (is_symbol(result)) paste("a symbol with", length(result), "outputs") else describe_value(result)
    stop_argument("cm_layer", "f", "returned ", got, "; want a symbol with one output")
  }
  names <- cm_arguments(result)
  if (anyDuplicated(names)) {
    stop_argument("cm_layer", "f", "made two parameters called ", names[duplicated(names)][1],
                  "; give f an argument `name` and begin their names with it")
  }
  result
}
