# SPDX-License-Identifier: Apache-2.0
# What a network is trained for and how: losses (a table: a new loss is a row), optimizer, metrics; and the graph that
# follows from them.

#' @importFrom generics compile
#' @export
generics::compile

#' @importFrom generics fit
#' @export
generics::fit

#' @importFrom generics evaluate
#' @export
generics::evaluate

# Losses: the output operator that is put on the network, and the metric that shows the loss.
losses <- list(
  cross_entropy = list(op = "softmax_output", attrs = list(normalization = "batch"), codes = "s", name = "softmax",
                       metric = "cross_entropy", task = "classification"),
  mse = list(op = "linear_regression_output", attrs = NULL, codes = "", name = "regression",
             metric = "mse", task = "regression"),
  mae = list(op = "mae_regression_output", attrs = NULL, codes = "", name = "regression",
             metric = "mae", task = "regression")
)

#' Choose loss, optimizer and metrics of a network
#'
#' @param object a network.
#' @param loss `"cross_entropy"` for classes, `"mse"` or `"mae"` for numbers. A graph that ends in a loss output of its
#'   own ([cm_network()]) keeps it: say which of these it is.
#' @param optimizer an optimizer such as `cm_opt_adam(learning_rate = 0.01)`, or the name of one.
#' @param metrics names or `cm_metric_*()` objects to show beside the loss; a list or a character vector.
#' @param precision `"float32"`, or `"bfloat16"` or `"float16"` for mixed precision ([cm_mixed_precision()]): less memory,
#'   with float32 parameters. float16 is trained with a loss scale that finds its own size; bfloat16 needs none.
#' @param initializer how new parameters are filled, e.g. `cm_init_xavier()`; `NULL` for the default of the layers.
#' @param ... nothing else is taken.
#' @return The network, ready for [fit()][fit.cermet_network].
#' @examples
#' net <- cm_sequential(input = 4) |> cm_layer_dense(3)
#' compile(net, loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.01), metrics = "accuracy")
#' @export
compile.cermet_network <- function(object, loss, optimizer = "adam", metrics = NULL, initializer = NULL,
                                   precision = "float32", ...) {
  check_dots("compile", ...)
  if (missing(loss) || !is.character(loss) || length(loss) != 1 || !loss %in% names(losses)) {
    stop_argument("compile", "loss", "got ", if (missing(loss)) "nothing" else describe_value(loss), "; want one of ",
                  paste(names(losses), collapse = ", "))
  }
  if (!is.character(precision) || length(precision) != 1 || !precision %in% precisions) {
    stop_argument("compile", "precision", "got ", describe_value(precision), "; want one of ",
                  paste(precisions, collapse = ", "))
  }
  if (inherits(metrics, "cermet_spec")) metrics <- list(metrics)
  metrics <- lapply(as.list(metrics), as_spec, "metric", "compile")
  names(metrics) <- vapply(metrics, `[[`, "", "name")
  if (!is.null(initializer)) initializer <- as_spec(initializer, "initializer", "compile")
  optimizer <- as_spec(optimizer, "optimizer", "compile")
  # Made once for their checks: a wrong attribute shows on the line that has it.
  .Call(C_release, .Call(C_optimizer_create, optimizer, optimizer$schedule))
  for (metric in metrics) .Call(C_release, .Call(C_metric_create, metric))
  object$compiled <- list(loss = loss, optimizer = optimizer, metrics = metrics, initializer = initializer,
                          precision = precision)
  object
}

precisions <- c("float32", "bfloat16", "float16")

# The graph that is trained: the network with its loss output, and the names of its data and label variables. Where the
# loss's gradient is a sum over the batch (`is_mean` is FALSE), the optimizer divides it by the batch size.
training_graph <- function(network) {
  loss <- losses[[network$compiled$loss]]
  symbol <- network_symbol(network)
  data <- network_data_name(network, symbol)
  own_labels <- grep("_label$", cm_arguments(symbol), value = TRUE)
  if (length(own_labels) > 1) {
    stop_argument("fit", "object", "the graph has several labels: ", paste(own_labels, collapse = ", "))
  }
  if (length(own_labels) == 0) {
    symbol <- invoke(loss$op, list(symbol), loss$attrs, loss$codes, name = loss$name)
    own_labels <- grep("_label$", cm_arguments(symbol), value = TRUE)
  }
  is_mean <- .Call(C_symbol_loss_is_mean, symbol)
  precision <- network$compiled$precision %||% "float32"
  if (precision != "float32") symbol <- cm_mixed_precision(symbol, precision)
  list(symbol = symbol, data = data, label = own_labels, loss = loss, is_mean = is_mean)
}
