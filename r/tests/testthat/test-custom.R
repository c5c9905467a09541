# SPDX-License-Identifier: Apache-2.0

test_that("a function of symbols is a layer", {
  residual <- function(x, name) x + cm_fully_connected(x, num_hidden = 4, name = paste0(name, "_fc"))
  set.seed(1)
  net <- cm_sequential(input = 4) |>
    cm_layer(residual) |>
    cm_layer(residual, name = "second") |>
    cm_layer(function(x) cm_relu(x)) |>
    cm_layer_dense(3)
  table <- summary(net)
  expect_identical(table$layer, c("custom_1", "second", "custom_3", "dense_1"))
  expect_identical(table$parameters, c(20L, 20L, 0L, 15L))
  model <- fit(compile(net, "cross_entropy", cm_opt_adam(learning_rate = 0.02), "accuracy"), iris_x, iris$Species,
               epochs = 20)
  expect_gt(evaluate(model, iris_x, iris$Species)[["accuracy"]], 0.9)
  expect_true(all(c("custom_1_fc_weight", "second_fc_bias") %in% names(coef(model))))
  w1 <- coef(model)
  h <- iris_x
  for (block in c("custom_1", "second")) {
    h <- h + h %*% t(w1[[paste0(block, "_fc_weight")]]) + rep(w1[[paste0(block, "_fc_bias")]], each = 150)
  }
  scores <- pmax(h, 0) %*% t(w1$dense_1_weight) + rep(w1$dense_1_bias, each = 150)
  expect_equal(unname(predict(model, iris_x)), unname(exp(scores) / rowSums(exp(scores))), tolerance = 1e-5)
  # Plain data: another session takes it.
  path <- tempfile(fileext = ".rds")
  saveRDS(net, path)
  expect_identical(summary(readRDS(path)), table)
})

test_that("a parameter of a shape and an initializer of its own", {
  scale <- function(x, name) {
    x * cm_variable(paste0(name, "_scale"), shape = c(1, 4), initializer = cm_init_constant(value = 3))
  }
  net <- cm_sequential(4) |> cm_layer(scale) |> compile("mse", cm_opt_sgd(learning_rate = 0))
  model <- fit(net, iris_x, iris_x, epochs = 1)
  expect_equal(as.vector(coef(model)$custom_1_scale), rep(3, 4))
  expect_equal(unname(predict(model, iris_x)), unname(3 * iris_x), tolerance = 1e-5)
  symbol <- cm_layer(cm_variable("x"), function(x) x * 2)
  expect_true(inherits(symbol, "cermet_symbol"))
  expect_cermet_error(cm_variable("w", shape = 0), "invalid_argument")
  expect_cermet_error(cm_variable("w", initializer = 3), "invalid_argument", regexp = "cm_init_")
})

test_that("a function that is no layer is refused where it is added", {
  net <- cm_sequential(4)
  expect_cermet_error(cm_layer(net, "dense"), "invalid_argument", regexp = "want a function")
  expect_cermet_error(cm_layer(net, function(x) 3), "invalid_argument", regexp = "returned 3")
  expect_cermet_error(cm_layer(net, function(x) cm_group(x, x)), "invalid_argument", regexp = "2 outputs")
  expect_cermet_error(cm_layer(3, cm_relu), "invalid_argument", regexp = "cm_sequential")
  expect_cermet_error(cm_layer(net, function(x) cm_convolution(x, kernel = 3, num_filter = 1)), "shape")
  expect_error(cm_layer(net, function(x) stop("mine")), "mine")
  twice <- function(x) cm_fully_connected(x, num_hidden = 4, name = "fixed")
  expect_cermet_error(cm_layer(cm_layer(net, twice), twice), "invalid_argument",
                      regexp = "two parameters called fixed_weight")
  expect_cermet_error(cm_layer(cm_layer(net, cm_relu, name = "a"), cm_relu, name = "a"), "invalid_argument",
                      regexp = "taken")
})
