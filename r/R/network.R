# SPDX-License-Identifier: Apache-2.0
# Networks: what is to be trained, as plain R data (a list of layers, or a graph as JSON), so that it can be saved,
# printed and compared like any R object. The symbol is built when it is needed.

#' Networks of layers
#'
#' `cm_sequential()` begins a network; the `cm_layer_*()` functions add layers to it with the pipe. `cm_network()` takes
#' a symbol instead, for instance one read by [cm_from_json()].
#'
#' @param input dimensions of one observation, without the number of observations, which always comes first:
#'   `c(1, 8, 8)` for images of one channel, 8 x 8 pixels (channels, height, width). Where the first layer is an
#'   embedding, the values are positions that count from 1.
#' @param symbol a symbol with one variable for the data. It may end in a loss output of its own (`softmax_output` ...).
#' @param object,x a network.
#' @param ... not used.
#' @return An object of class `cermet_network`. `summary()`: a data frame with a row a layer: its name, its output
#'   dimensions in R's order (`NA` for the number of observations), the number of parameters.
#' @examples
#' net <- cm_sequential(input = c(1, 8, 8)) |>
#'   cm_layer_conv2d(8, kernel_size = 3, activation = "relu") |>
#'   cm_layer_max_pool2d(2) |>
#'   cm_layer_dense(10)
#' summary(net)
#' @seealso [compile()][compile.cermet_network], [fit()][fit.cermet_network]
#' @export
cm_sequential <- function(input) {
  new_network(check_input(input, "cm_sequential"), layers = list())
}

#' @rdname cm_sequential
#' @export
cm_network <- function(symbol, input) {
  if (!is_symbol(symbol)) stop_argument("cm_network", "symbol", "got ", describe_value(symbol), "; want a symbol")
  new_network(check_input(input, "cm_network"), json = cm_to_json(symbol))
}

new_network <- function(input, layers = NULL, json = NULL) {
  structure(list(input = input, layers = layers, json = json, index = FALSE, compiled = NULL), class = "cermet_network")
}

check_input <- function(input, op) {
  if (!is.numeric(input) || length(input) == 0 || anyNA(input) || any(input < 1 | input != trunc(input))) {
    stop_argument(op, "input", "got ", describe_value(input), "; want the dimensions of one observation")
  }
  input
}

# What the generated cm_layer_* functions do: compose a symbol now, or note the layer down in a network.
add_layer <- function(object, type, attrs, codes, name) {
  if (is_symbol(object)) return(.Call(C_layer, type, list(object), attrs, codes, name))
  name <- layer_name(object, type, name, paste0("cm_layer_", type))
  append_layer(object, list(type = type, attrs = attrs, codes = codes, name = name))
}

# The name of a new layer of a network.
layer_name <- function(object, type, name, op) {
  if (!inherits(object, "cermet_network") || is.null(object$layers)) {
    stop_argument(op, "object", "got ", describe_value(object), "; want a network begun by cm_sequential(), or a symbol")
  }
  if (is.null(name)) {
    same_type <- sum(vapply(object$layers, function(layer) layer$type == type, NA))
    name <- paste0(type, "_", same_type + 1)
  }
  taken <- vapply(object$layers, `[[`, "", "name")
  if (name %in% taken) stop_argument(op, "name", "got ", name, ", which is taken")
  name
}

# A mistake in an attribute or a shape shows here, on the line that made it.
append_layer <- function(object, layer) {
  object$layers <- c(object$layers, list(layer))
  object$index <- object$layers[[1]]$type == "embedding"
  object$compiled <- NULL
  infer_layers(object, length(object$layers))
  object
}

data_name <- "data"

# The symbol after each layer. A custom layer holds the whole graph up to its own end.
layer_symbols <- function(network) {
  after <- function(symbol, layer) {
    if (!is.null(layer$json)) return(cm_from_json(layer$json))
    .Call(C_layer, layer$type, list(symbol), layer$attrs, layer$codes, layer$name)
  }
  Reduce(after, network$layers, cm_variable(data_name), accumulate = TRUE)[-1]
}

# The symbol of the whole network, without a loss unless its graph has one.
network_symbol <- function(network) {
  if (!is.null(network$json)) return(cm_from_json(network$json))
  symbols <- layer_symbols(network)
  if (length(symbols) == 0) stop_argument("cm_sequential", "object", "the network has no layers")
  symbols[[length(symbols)]]
}

# Name of the variable that takes the data: the only one that is neither a parameter nor a label.
network_data_name <- function(network, symbol = network_symbol(network)) {
  if (is.null(network$json)) return(data_name)
  inputs <- .Call(C_model_names, .Call(C_model_create, symbol), TRUE)
  if (data_name %in% inputs) return(data_name)
  stop_argument("cm_network", "symbol", "has no variable called ", data_name)
}

infer_layers <- function(network, which = seq_along(network$layers)) {
  symbols <- layer_symbols(network)
  shapes <- list(c(1, network$input))
  names(shapes) <- data_name
  lapply(symbols[which], cm_infer_shape, shapes)
}

#' @rdname cm_sequential
#' @export
summary.cermet_network <- function(object, ...) {
  if (is.null(object$json)) {
    names <- vapply(object$layers, `[[`, "", "name")
    types <- vapply(object$layers, `[[`, "", "type")
    inferred <- infer_layers(object)
  } else {
    symbol <- cm_from_json(object$json)
    names <- types <- "graph"
    shapes <- stats::setNames(list(c(1, object$input)), network_data_name(object, symbol))
    inferred <- list(cm_infer_shape(symbol, shapes))
  }
  labels <- function(arguments) grepl("_label$", names(arguments))
  counts <- vapply(inferred, function(shape) {
    arguments <- shape$arguments
    arguments <- arguments[names(arguments) != data_name & !labels(arguments)]
    c(sum(vapply(arguments, prod, 0)), sum(0, vapply(shape$auxiliary_states, prod, 0)))
  }, c(0, 0))
  own <- function(totals) as.integer(diff(c(0, totals)))
  table <- data.frame(layer = names, type = types)
  table$output <- lapply(inferred, function(shape) c(NA, shape$outputs[[1]][-1]))
  table$parameters <- if (length(names) > 0) own(counts[1, ]) else integer()
  table$states <- if (length(names) > 0) own(counts[2, ]) else integer()
  structure(table, input = object$input, compiled = object$compiled, class = c("cermet_summary", "data.frame"))
}

#' @export
print.cermet_summary <- function(x, ...) {
  shapes <- vapply(x$output, function(dim) paste0("n x ", format_dim(dim[-1])), "")
  shown <- data.frame(layer = x$layer, type = x$type, output = shapes, parameters = x$parameters)
  cat("<cermet_network: input n x ", format_dim(attr(x, "input")), ">\n", sep = "")
  if (nrow(shown) > 0) print(shown, row.names = FALSE, right = FALSE)
  cat("parameters: ", format(sum(x$parameters), big.mark = ","), sep = "")
  if (sum(x$states) > 0) cat(" (and ", format(sum(x$states), big.mark = ","), " of moving statistics)", sep = "")
  cat("\n")
  compiled <- attr(x, "compiled")
  if (!is.null(compiled)) {
    metrics <- paste(names(compiled$metrics), collapse = ", ")
    cat("loss: ", compiled$loss, ", optimizer: ", compiled$optimizer$name,
        if (nzchar(metrics)) paste0(", metrics: ", metrics), "\n", sep = "")
  }
  invisible(x)
}

#' @rdname cm_sequential
#' @export
print.cermet_network <- function(x, ...) {
  print(summary(x))
  invisible(x)
}
