# SPDX-License-Identifier: Apache-2.0

# A network that learns iris in a second.
iris_x <- as.matrix(iris[, 1:4])

iris_network <- function(...) {
  cm_sequential(input = 4) |>
    cm_layer_dense(8, activation = "relu") |>
    cm_layer_dense(3) |>
    compile(loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.05), metrics = "accuracy", ...)
}

fit_iris <- function(epochs = 5, ...) {
  fit(iris_network(), iris_x, iris$Species, epochs = epochs, verbose = FALSE, ...)
}

# Expects a condition of class cermet_error_<status> and returns it.
expect_cermet_error <- function(expr, status, ...) {
  condition <- expect_error(expr, class = paste0("cermet_error_", status), ...)
  expect_s3_class(condition, "cermet_error")
  expect_identical(condition$status, status)
  invisible(condition)
}

expect_same <- function(x, expected, tolerance = 1e-6) {
  expect_true(inherits(x, "cermet_array"))
  expect_equal(as.vector(x), as.vector(expected), tolerance = tolerance)
  expect_equal(dim(x), if (is.null(dim(expected))) length(expected) else dim(expected))
}

# Lines written to standard error.
capture_stderr <- function(expr) {
  path <- tempfile()
  connection <- file(path, "w")
  sink(connection, type = "message")
  on.exit(sink(type = "message"))
  force(expr)
  sink(type = "message")
  on.exit()
  close(connection)
  readLines(path)
}
