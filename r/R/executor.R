# SPDX-License-Identifier: Apache-2.0
# Executors: symbols bound to shapes, for loops of one's own. fit() needs none of this.

#' Run a symbol
#'
#' `cm_bind()` makes a symbol ready to run on arrays of given dimensions: all shapes are inferred and all memory is
#' planned beforehand, so that `cm_planned_bytes()` knows what a run takes before it takes it. `cm_forward()` runs it,
#' `cm_backward()` computes gradients after a run with `train = TRUE`.
#'
#' @param symbol a symbol.
#' @param shapes named list of the dimensions of the data and label variables. All other arguments are parameters, and
#'   get first values as those of a network do.
#' @param grad names of the arguments whose gradients are wanted; `NULL` for all parameters, `character()` for none.
#' @param grad_req `"write"`: gradients replace those of the run before; `"add"`: they are added to them.
#' @param initializer how parameters are filled, as for [compile()][compile.cermet_network].
#' @param dtype element type of the variables in `shapes`.
#' @param memory most bytes of intermediates and arrays together, as `cm_planned_bytes()` gives them. What the gradients
#'   need may be computed once more instead of kept, with the same results: the cheapest first. An error of class
#'   `cermet_error_limit` says how many bytes would do. `NULL`: no limit.
#' @param recompute most time that this may take, as a part of a step's: 0.3 for 30 %. `NULL`: what costs almost nothing,
#'   or, with `memory`, as much as it takes; 0 for none.
#' @param executor,x,object an executor.
#' @param ... `cm_forward()`: new values of arguments, by name. Otherwise nothing.
#' @param train whether layers such as dropout behave as in training, and whether `cm_backward()` will follow.
#' @param head_grads `NULL` for ones, or an array (a list of arrays) of the shapes of the outputs. Loss outputs such as
#'   [cm_softmax_output()] ignore theirs.
#' @param i name of an argument or auxiliary state.
#' @param value an array, or an R array.
#' @return `cm_bind()`, `cm_rebind()`: an executor. `cm_forward()`: the output, or a list of the outputs. `cm_backward()`:
#'   a named list of gradients. `x[["name"]]`: an argument or state. All of these are copies, which later runs leave
#'   alone. `cm_planned_bytes()`: `c(arena, arrays)`: bytes of intermediates and outputs at their peak; bytes of
#'   arguments, gradients and states. `cm_plan()`: the plan as a JSON string: steps, and offset, size and lifetime of
#'   each value. `summary()` prints what the compiler left out, fused, folded or laid out in blocks, and what it refused
#'   and why.
#' @details `cm_rebind()` gives an executor for other shapes that shares the parameters with `executor`, for instance
#'   for a last batch that is smaller.
#' @examples
#' net <- cm_variable("x") |>
#'   cm_fully_connected(num_hidden = 3, name = "fc") |>
#'   cm_softmax_output(cm_variable("y"), name = "out")
#' executor <- cm_bind(net, list(x = c(150, 4), y = 150))
#' cm_planned_bytes(executor)
#' sgd <- cm_optimizer(cm_opt_sgd(learning_rate = 0.1 / 150))
#' executor[["y"]] <- as.integer(iris$Species) - 1 # variables of symbols count classes from 0
#' for (step in 1:50) {
#'   probabilities <- cm_forward(executor, x = as.matrix(iris[, 1:4]), train = TRUE)
#'   cm_backward(executor)
#'   cm_update(sgd, executor)
#' }
#' mean(max.col(as.array(probabilities)) == as.integer(iris$Species))
#' @seealso [cm_optimizer()], [cm_memory_plan()]
#' @export
cm_bind <- function(symbol, shapes, grad = NULL, grad_req = "write", initializer = NULL, dtype = "float32",
                    memory = NULL, recompute = NULL) {
  if (!is_symbol(symbol)) stop_argument("cm_bind", "symbol", "got ", describe_value(symbol), "; want a symbol")
  if (!identical(grad_req, "write") && !identical(grad_req, "add")) {
    stop_argument("cm_bind", "grad_req", "got ", describe_value(grad_req), "; want write or add")
  }
  arguments <- cm_arguments(symbol)
  check_known(names(shapes), arguments, "cm_bind", "shapes")
  labels <- grep("_label$", arguments, value = TRUE)
  if (is.null(grad)) grad <- setdiff(arguments, c(names(shapes), labels))
  check_known(grad, arguments, "cm_bind", "grad")
  if (!is.null(initializer)) initializer <- as_spec(initializer, "initializer", "cm_bind")
  dtypes <- rep(dtype, length(shapes))
  limits <- memory_limits(memory, recompute, "cm_bind")
  handle <- .Call(C_executor_create, symbol, shapes, dtypes, grad, grad_reqs[[grad_req]], limits$memory,
                  limits$recompute)
  executor <- new_executor(handle, symbol, grad)
  fill_parameters(executor, symbol, shapes, dtypes, initializer)
  executor
}

# As the engine has them: 0 for what is not given.
memory_limits <- function(memory, recompute, op) {
  for (argument in c("memory", "recompute")) {
    value <- get(argument)
    if (!is.null(value) && (!is.numeric(value) || length(value) != 1 || !is.finite(value) || value < 0)) {
      stop_argument(op, argument, "got ", describe_value(value), "; want a number of at least 0")
    }
  }
  if (!is.null(memory)) memory <- max(1, min(floor(memory), 2^62))
  if (identical(as.numeric(recompute), 0)) recompute <- -1
  list(memory = memory %||% 0, recompute = recompute %||% 0)
}

grad_reqs <- c(write = 1, add = 3)

new_executor <- function(handle, symbol, grad) {
  structure(list(handle = handle, symbol = symbol, arguments = cm_arguments(symbol),
                 states = cm_auxiliary_states(symbol), grad = grad), class = "cermet_executor")
}

# The values that a network of this symbol would begin with.
fill_parameters <- function(executor, symbol, shapes, dtypes, initializer) {
  model <- .Call(C_model_create, symbol)
  .Call(C_model_initialize, model, shapes, dtypes, initializer, .Call(C_rng_create))
  for (name in .Call(C_model_names, model, FALSE)) {
    .Call(C_array_copy_to, .Call(C_model_parameter, model, name), live_array(executor, name))
  }
}

# The array that the executor works on.
live_array <- function(executor, name, gradient = FALSE) {
  role <- if (gradient) 1 else if (name %in% executor$states) 2 else 0
  .Call(C_executor_array, executor$handle, role, name)
}

check_executor <- function(executor, op) {
  if (inherits(executor, "cermet_executor")) return(executor)
  stop_argument(op, "executor", "got ", describe_value(executor), "; want an executor made by cm_bind()")
}

check_known <- function(names, known, op, argument) {
  unknown <- setdiff(names, known)
  if (length(unknown) > 0) {
    stop_cermet("not_found", op, argument, "got ", unknown[1], "; the symbol has ", paste(known, collapse = ", "))
  }
}

#' @rdname cm_bind
#' @export
cm_rebind <- function(executor, shapes, dtype = "float32") {
  check_executor(executor, "cm_rebind")
  check_known(names(shapes), executor$arguments, "cm_rebind", "shapes")
  executor$handle <- .Call(C_executor_reshape, executor$handle, shapes, rep(dtype, length(shapes)))
  executor
}

#' @rdname cm_bind
#' @export
cm_forward <- function(executor, ..., train = FALSE) {
  check_executor(executor, "cm_forward")
  check_flag(train, "cm_forward", "train")
  values <- list(...)
  if (length(values) > 0 && (is.null(names(values)) || !all(nzchar(names(values))))) {
    stop_argument("cm_forward", "...", "got a value without a name; want values of arguments by name")
  }
  for (name in names(values)) set_live(executor, name, values[[name]], "cm_forward", name)
  .Call(C_executor_forward, executor$handle, train)
  outputs <- lapply(seq_along(executor$symbol), function(i) {
    .Call(C_array_copy, .Call(C_executor_output, executor$handle, i))
  })
  if (length(outputs) == 1) outputs[[1]] else stats::setNames(outputs, cm_outputs(executor$symbol))
}

#' @rdname cm_bind
#' @export
cm_backward <- function(executor, head_grads = NULL) {
  check_executor(executor, "cm_backward")
  if (!is.null(head_grads)) {
    if (!is.list(head_grads)) head_grads <- list(head_grads)
    head_grads <- lapply(head_grads, function(x) if (!is.null(x)) cm_array(x, "float32"))
  }
  .Call(C_executor_backward, executor$handle, head_grads)
  grads <- lapply(executor$grad, function(name) .Call(C_array_copy, live_array(executor, name, TRUE)))
  invisible(stats::setNames(grads, executor$grad))
}

#' @rdname cm_bind
#' @export
cm_planned_bytes <- function(executor) {
  check_executor(executor, "cm_planned_bytes")
  stats::setNames(.Call(C_executor_planned_bytes, executor$handle), c("arena", "arrays"))
}

#' @rdname cm_bind
#' @export
cm_plan <- function(executor) .Call(C_executor_describe, check_executor(executor, "cm_plan")$handle)

#' @rdname cm_bind
#' @export
`[[.cermet_executor` <- function(x, i) {
  check_known(i, c(x$arguments, x$states), "[[", "i")
  .Call(C_array_copy, live_array(x, i))
}

#' @rdname cm_bind
#' @export
`[[<-.cermet_executor` <- function(x, i, value) {
  set_live(x, i, value, "[[<-", "value")
  x
}

# Copies a value into the executor's own array, which keeps its element type.
set_live <- function(executor, name, value, op, argument) {
  check_known(name, c(executor$arguments, executor$states), op, "i")
  live <- live_array(executor, name)
  value <- cm_array(value)
  if (!identical(dim(value), dim(live))) {
    stop_cermet("shape", op, argument, "got [", format_dim(dim(value)), "]; want [", format_dim(dim(live)), "]",
                shapes = list(as.numeric(dim(value)), as.numeric(dim(live))))
  }
  .Call(C_array_copy_to, value, live)
}

#' @rdname cm_bind
#' @export
summary.cermet_executor <- function(object, ...) {
  structure(list(executor = object, report = .Call(C_executor_report, object$handle)),
            class = "summary.cermet_executor")
}

#' @export
print.summary.cermet_executor <- function(x, ...) {
  print(x$executor)
  cat(x$report, "\n", sep = "")
  invisible(x)
}

#' @export
print.cermet_executor <- function(x, ...) {
  planned <- format(cm_planned_bytes(x), big.mark = ",", trim = TRUE)
  cat("<cermet_executor ", paste(cm_outputs(x$symbol), collapse = ", "), ">\n", sep = "")
  cat("arguments: ", paste(x$arguments, collapse = ", "), "\n", sep = "")
  if (length(x$states) > 0) cat("auxiliary states: ", paste(x$states, collapse = ", "), "\n", sep = "")
  if (length(x$grad) > 0) cat("gradients: ", paste(x$grad, collapse = ", "), "\n", sep = "")
  cat("planned: ", planned[1], " bytes of intermediates, ", planned[2], " of arrays\n", sep = "")
  invisible(x)
}
