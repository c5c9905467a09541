# SPDX-License-Identifier: Apache-2.0

study <- function(precision, ...) {
  cm_sequential(input = 4) |>
    cm_layer_dense(16, activation = "relu") |>
    cm_layer_dense(3) |>
    compile(loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.05), metrics = "accuracy",
            precision = precision) |>
    fit(iris_x, iris$Species, verbose = FALSE, ...)
}

test_that("training in 16 bits learns as in float32, with float32 parameters", {
  for (precision in c("bfloat16", "float16")) {
    set.seed(1)
    model <- study(precision, epochs = 15)
    expect_gt(tail(model$history$accuracy, 1), 0.9)
    expect_gt(mean(predict(model, iris_x, type = "class") == iris$Species), 0.9)
    expect_true(all(is.finite(coef(model)[[1]])))
  }
})

test_that("a resumed training in 16 bits has the same bits", {
  for (precision in c("bfloat16", "float16")) {
    path <- tempfile()
    set.seed(1)
    whole <- study(precision, epochs = 4, callbacks = cm_cb_checkpoint(tempfile()))
    set.seed(1)
    study(precision, epochs = 2, callbacks = cm_cb_checkpoint(path))
    resumed <- study(precision, epochs = 4, callbacks = cm_cb_checkpoint(path), resume = path)
    expect_identical(coef(resumed), coef(whole))
  }
})

test_that("graphs and loss scales", {
  y <- cm_fully_connected(cm_variable("x"), num_hidden = 3, name = "fc1")
  mixed <- cm_mixed_precision(y, "bfloat16")
  expect_identical(cm_arguments(mixed), cm_arguments(y))
  expect_identical(cm_outputs(mixed), cm_outputs(y))
  optimizer <- cm_optimizer(cm_opt_sgd(learning_rate = 1))
  expect_identical(cm_loss_scale(optimizer), c(scale = 0, skipped = 0))
  expect_identical(cm_loss_scale(optimizer, 1024, 2)[["scale"]], 1024)
  weights <- cm_update(optimizer, list(w = c(1, 2)), list(w = c(1024, -512)))
  expect_equal(as.numeric(weights$w), c(0, 2.5))
  cm_update(optimizer, weights, list(w = c(0, Inf)))
  expect_identical(cm_loss_scale(optimizer), c(scale = 512, skipped = 1))
})

test_that("what is no precision and no scale is refused", {
  y <- cm_fully_connected(cm_variable("x"), num_hidden = 3, name = "fc1")
  expect_error(cm_mixed_precision(y, "int8"), "float16 or bfloat16", class = "cermet_error_invalid_argument")
  expect_error(cm_mixed_precision(y, "half"), class = "cermet_error")
  expect_error(cm_mixed_precision(y, 16), "precision", class = "cermet_error")
  net <- cm_sequential(input = 4) |> cm_layer_dense(3)
  expect_error(compile(net, loss = "cross_entropy", precision = "half"), "want one of float32, bfloat16, float16")
  expect_error(cm_loss_scale(cm_optimizer("sgd"), 0.5), "scale", class = "cermet_error_invalid_argument")
  expect_error(cm_loss_scale(cm_optimizer("sgd"), "much"), "scale", class = "cermet_error")
})
