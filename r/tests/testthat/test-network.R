# SPDX-License-Identifier: Apache-2.0

test_that("layers add up, with shapes and parameter counts", {
  net <- cm_sequential(input = c(1, 8, 8)) |>
    cm_layer_conv2d(4, kernel_size = 3, activation = "relu") |>
    cm_layer_max_pool2d(pool_size = 2) |>
    cm_layer_dense(10)
  table <- summary(net)
  expect_identical(table$layer, c("conv2d_1", "max_pool2d_1", "dense_1"))
  expect_equal(table$output[[1]], c(NA, 4, 6, 6))
  expect_equal(table$output[[2]], c(NA, 4, 3, 3))
  expect_equal(table$parameters, c(4 * 9 + 4, 0, 36 * 10 + 10))
  expect_output(print(net), "n x 4 x 3 x 3")
  expect_output(print(net), "parameters: 410")
})

test_that("mistakes show on the line that makes them", {
  net <- cm_sequential(input = c(1, 4, 4))
  expect_error(cm_layer_conv2d(net, 4, kernel_size = 9), class = "cermet_error")
  expect_error(cm_layer_dense(net, -1), class = "cermet_error")
  expect_cermet_error(cm_layer_dense("net", 3), "invalid_argument")
  expect_cermet_error(cm_sequential(input = 0), "invalid_argument")
  expect_cermet_error(cm_sequential(input = "a"), "invalid_argument")
  named <- cm_layer_dense(net, 3, name = "a")
  expect_cermet_error(cm_layer_dense(named, 3, name = "a"), "invalid_argument", regexp = "taken")
})

test_that("compile checks what it is given", {
  net <- cm_sequential(input = 4) |> cm_layer_dense(3)
  expect_cermet_error(compile(net), "invalid_argument")
  expect_cermet_error(compile(net, loss = "hinge"), "invalid_argument")
  expect_cermet_error(compile(net, loss = "mse", optimizer = 3), "invalid_argument")
  compiled <- compile(net, loss = "mse", metrics = c("mae", "rmse"))
  expect_output(print(compiled), "loss: mse, optimizer: adam, metrics: mae, rmse")
})

test_that("a network from a symbol trains like one of layers", {
  set.seed(3)
  head <- cm_fully_connected(cm_variable("data"), num_hidden = 3, name = "fc")
  net <- cm_network(cm_softmax_output(head, name = "softmax"), input = 4) |>
    compile(loss = "cross_entropy", optimizer = cm_opt_sgd(learning_rate = 0.1), metrics = "accuracy")
  expect_equal(sum(summary(net)$parameters), 15)
  model <- fit(net, iris_x, iris$Species, epochs = 30, verbose = FALSE)
  expect_gt(evaluate(model, iris_x, iris$Species)[["accuracy"]], 0.9)
})

test_that("symbols compose, infer and differentiate", {
  y <- cm_fully_connected(cm_variable("x"), num_hidden = 3, name = "fc1") * 2 + 1
  expect_identical(cm_arguments(y), c("x", "fc1_weight", "fc1_bias"))
  shapes <- cm_infer_shape(y, list(x = c(5, 2)))
  expect_equal(shapes$arguments$fc1_weight, c(3, 2))
  expect_equal(shapes$outputs[[1]], c(5, 3))
  again <- cm_from_json(cm_to_json(y))
  expect_identical(cm_arguments(again), cm_arguments(y))
  expect_output(print(y), "fc1_weight")
  expect_identical(length(cm_group(y, cm_variable("z"))), 2L)
  expect_error(cm_infer_shape(y, list(x = c(5, 2), fc1_weight = c(3, 7))), class = "cermet_error_shape")
  expect_error(cm_from_json("{"), class = "cermet_error_corrupt")
  expect_cermet_error(cm_from_json("no-such-file.json"), "not_found")
})

test_that("losses that sum over the batch and losses that average learn alike", {
  trained <- function(loss) {
    set.seed(1)
    net <- cm_network(loss(cm_fully_connected(cm_variable("data"), num_hidden = 3, name = "head")), input = 4)
    net <- compile(net, loss = "cross_entropy", optimizer = cm_opt_sgd(learning_rate = 0.1))
    coef(fit(net, iris_x, iris$Species, epochs = 2, batch_size = 50, verbose = FALSE))
  }
  sums <- trained(function(head) cm_softmax_output(head, name = "softmax"))
  means <- trained(function(head) cm_softmax_output(head, normalization = "batch", name = "softmax"))
  expect_equal(sums, means, tolerance = 1e-5)
  expect_cermet_error(trained(function(head) head * cm_variable("my_label")), "not_found", regexp = "loss")
})
