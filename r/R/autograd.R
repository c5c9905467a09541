# SPDX-License-Identifier: Apache-2.0
# Gradients of R functions. A recorder is put in force for the time of an evaluation; R has one thread, so "in force"
# is a variable of the package (src/op.c), restored whatever happens.

#' Gradients of R functions
#'
#' `cm_value_and_grad(f)` gives a function of the same arguments that returns the value of `f` and its gradients;
#' `cm_grad(f)` gives one that returns the gradients alone. `f` may be any R code, with loops and conditions, that
#' computes a single number from arrays. Both may be nested for derivatives of higher order.
#'
#' @param f a function whose value is an array of one element.
#' @param wrt names or positions of the arguments to differentiate by; `NULL` takes all that are floating arrays or R
#'   doubles (which are converted to arrays).
#' @param train whether layers such as dropout behave as in training.
#' @return A function. The one of `cm_value_and_grad()` returns `list(value, grad)`, `grad` being a list named like the
#'   arguments; the one of `cm_grad()` returns that list, or the gradient itself if there is only one.
#' @examples
#' vg <- cm_value_and_grad(function(w) sum((w - 3)^2))
#' r <- vg(cm_array(c(1, 2)))
#' r$value
#' r$grad$w
#'
#' second <- cm_grad(function(x) sum(cm_grad(function(x) sum(x^3))(x)))
#' second(cm_array(2)) # 6 x
#' @seealso [cm_record()] for recording by hand.
#' @export
cm_value_and_grad <- function(f, wrt = NULL, train = TRUE) {
  f <- match.fun(f)
  check_flag(train, "cm_value_and_grad", "train")
  function(...) {
    arguments <- named_arguments(f, list(...))
    chosen <- chosen_arguments(arguments, wrt)
    arguments[chosen] <- lapply(arguments[chosen], as_variable)
    # Inside another gradient, its recorder goes on, so that this one can be differentiated too.
    outer <- recorder_in_force()
    recorder <- if (is.null(outer)) cm_recorder(train) else outer
    value <- cm_record(recorder, do.call(f, arguments, quote = TRUE))
    if (!is_array(value) || length(value) != 1) {
      got <- if (is_array(value)) paste0("[", format_dim(dim(value)), "]") else describe_value(value)
      stop_argument("cm_value_and_grad", "f", "returned ", got, "; want an array of one element, such as a sum")
    }
    grad <- cm_gradient(recorder, value, arguments[chosen], create_graph = !is.null(outer))
    list(value = value, grad = grad)
  }
}

#' @rdname cm_value_and_grad
#' @export
cm_grad <- function(f, wrt = NULL, train = TRUE) {
  value_and_grad <- cm_value_and_grad(f, wrt, train)
  function(...) {
    grad <- value_and_grad(...)$grad
    if (length(grad) == 1) grad[[1]] else grad
  }
}

# Arguments under the names that `f` has for them.
named_arguments <- function(f, arguments) {
  if (is.primitive(f)) return(arguments)
  # Positions stand in for the values, which may be large or odd in a call.
  call <- match.call(f, as.call(c(quote(f), stats::setNames(seq_along(arguments), names(arguments)))))
  positions <- as.list(call)[-1]
  arguments <- arguments[unlist(positions)]
  names(arguments) <- names(positions)
  arguments
}

chosen_arguments <- function(arguments, wrt) {
  if (is.null(wrt)) {
    wrt <- which(vapply(arguments, function(x) if (is_array(x)) is_float(x) else is.double(x), NA))
    if (length(wrt) == 0) stop_argument("cm_value_and_grad", "...", "no argument is a floating array")
    return(wrt)
  }
  positions <- if (is.character(wrt)) match(wrt, names(arguments)) else wrt
  if (anyNA(positions) || any(positions < 1 | positions > length(arguments))) {
    stop_argument("cm_value_and_grad", "wrt", "got ", paste(wrt, collapse = ", "), "; want arguments of the call")
  }
  positions
}

as_variable <- function(x) if (is_array(x)) x else cm_array(x)

#' Recording for gradients
#'
#' The explicit form of [cm_value_and_grad()]: `cm_record()` evaluates an expression and remembers the operators in a
#' recorder; `cm_gradient()` differentiates what was recorded. `cm_no_grad()` evaluates without recording, in predict
#' mode.
#'
#' @param train whether layers such as dropout behave as in training.
#' @param recorder a recorder.
#' @param expr an expression; it is evaluated while the recorder is in force.
#' @param heads an array, or a list of arrays, to differentiate.
#' @param variables an array, or a list of arrays, to differentiate by.
#' @param head_grads `NULL` for ones, or an array (a list of arrays) of the shapes of `heads`: gradients of the sum of
#'   `heads * head_grads` are computed.
#' @param create_graph whether the gradients are recorded themselves, for higher orders.
#' @return `cm_record()`, `cm_no_grad()`: the value of `expr`. `cm_gradient()`: an array or a list of arrays, as
#'   `variables`.
#' @examples
#' x <- cm_array(c(1, 2, 3))
#' tape <- cm_recorder()
#' y <- cm_record(tape, sum(x^2))
#' cm_gradient(tape, y, x)
#' @export
cm_recorder <- function(train = TRUE) {
  check_flag(train, "cm_recorder", "train")
  .Call(C_recorder_create, train)
}

#' @rdname cm_recorder
#' @export
cm_record <- function(recorder, expr) {
  previous <- .Call(C_use_recorder, recorder)
  on.exit(.Call(C_use_recorder, previous))
  expr
}

#' @rdname cm_recorder
#' @export
cm_no_grad <- function(expr) {
  previous <- .Call(C_use_recorder, NULL)
  on.exit(.Call(C_use_recorder, previous))
  expr
}

#' @rdname cm_recorder
#' @export
cm_gradient <- function(recorder, heads, variables, head_grads = NULL, create_graph = FALSE) {
  check_flag(create_graph, "cm_gradient", "create_graph")
  as_list <- function(x) if (is.null(x) || is.list(x)) x else list(x)
  grads <- .Call(C_recorder_gradient, recorder, as_list(heads), as_list(head_grads), as_list(variables), create_graph)
  if (is.list(variables)) grads else grads[[1]]
}

recorder_in_force <- function() {
  current <- .Call(C_use_recorder, NULL)
  .Call(C_use_recorder, current)
  current
}

is_recording <- function() {
  recorder <- recorder_in_force()
  !is.null(recorder) && .Call(C_recorder_mode, recorder)[1]
}

#' @export
print.cermet_recorder <- function(x, ...) {
  mode <- .Call(C_recorder_mode, x)
  cat("<cermet_recorder in ", if (mode[2]) "train" else "predict", " mode>\n", sep = "")
  invisible(x)
}
