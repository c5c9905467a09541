# SPDX-License-Identifier: Apache-2.0
# What everyone gets wrong once: the message names R's function and R's argument.

test_that("a misspelt argument does not pass in silence", {
  net <- iris_network()
  condition <- expect_cermet_error(fit(net, iris_x, iris$Species, batchsize = 4), "invalid_argument",
                                   regexp = "did you mean batch_size")
  expect_identical(condition$argument, "batchsize")
  model <- fit_iris(epochs = 1)
  expect_cermet_error(predict(model, iris_x, tipe = "class"), "invalid_argument", regexp = "did you mean type")
  expect_cermet_error(evaluate(model, iris_x, iris$Species, metric_ = 1), "invalid_argument", regexp = "metrics")
  expect_cermet_error(compile(net, "mse", optimiser = "sgd"), "invalid_argument", regexp = "did you mean optimizer")
  expect_cermet_error(cm_mlp(mpg ~ wt, mtcars, epoks = 3), "invalid_argument", regexp = "did you mean epochs")
  expect_cermet_error(compile(net, "mse", "sgd", NULL, NULL, "float32", 1), "invalid_argument", regexp = "too many")
})

test_that("compile() refuses what cannot train", {
  net <- cm_sequential(4) |> cm_layer_dense(3)
  condition <- expect_cermet_error(compile(net, "mse", optimizer = "adm"), "not_found", regexp = "adam")
  expect_identical(condition$op, "compile")
  expect_cermet_error(compile(net, "mse", metrics = "precission"), "not_found")
  expect_cermet_error(compile(net, "mse", optimizer = cm_opt_adam(learning_rate = "a")), "invalid_argument")
  expect_cermet_error(compile(net, "mse", optimizer = cm_opt_adam(learning_rate = -1)), "invalid_argument")
})

test_that("missing and infinite values are refused with their place", {
  net <- iris_network()
  expect_cermet_error(fit(net, replace(iris_x, 7, Inf), iris$Species), "invalid_argument", regexp = "Inf at \\[7, 1\\]")
  expect_cermet_error(fit(net, cm_array(replace(iris_x, 8, NaN)), iris$Species), "invalid_argument",
                      regexp = "NaN at \\[8, 1\\]")
  expect_cermet_error(fit(net, replace(iris_x, 1:9, NA), iris$Species), "invalid_argument", regexp = "8 more")
  regression <- cm_sequential(4) |> cm_layer_dense(1) |> compile("mse")
  expect_cermet_error(fit(regression, iris_x, replace(iris_x[, 1], 3, -Inf)), "invalid_argument",
                      regexp = "y: got -Inf at \\[3, 1\\]")
})

test_that("a loss that is no number ends the training", {
  net <- compile(cm_layer_dense(cm_sequential(4), 3), "cross_entropy", cm_opt_sgd(learning_rate = 1e30))
  set.seed(1)
  expect_warning(model <- fit(net, iris_x * 1e10, iris$Species, epochs = 50), "epoch 1")
  expect_identical(model$stopped, "loss")
  expect_identical(nrow(model$history), 1L)
})

test_that("messages name what was called in R", {
  missing <- file.path(tempdir(), "no-such.safetensors")
  expect_cermet_error(cm_load(missing), "io", regexp = "^cm_load: ")
  expect_cermet_error(cm_read_csv(missing), "io", regexp = "^cm_read_csv: ")
  expect_cermet_error(cm_array(1:3, "float"), "invalid_argument", regexp = "^cm_array: dtype: ")
  model <- fit_iris(epochs = 1)
  expect_cermet_error(predict(model, iris_x[, 1:2]), "shape", regexp = "^predict: newdata: ")
  expect_cermet_error(predict(model, iris_x[1, ]), "shape", regexp = "drop = FALSE")
  # A function of the user's that the package calls is not blamed for what it calls.
  read <- function(run) cm_load(missing)
  environment(read) <- list2env(list(missing = missing), parent = globalenv())
  expect_cermet_error(fit_iris(callbacks = cm_callback("reader", on_epoch_end = read)), "io", regexp = "epoch 1, batch 5: cm_load: ")
})

test_that("a handle of another session can be shown, not used", {
  path <- tempfile(fileext = ".rds")
  saveRDS(list(cm_array(1:3), cm_variable("x")), path)
  dead <- readRDS(path)
  expect_output(print(dead[[1]]), "closed")
  expect_output(print(dead[[2]]), "closed")
  expect_output(str(dead), "cermet_array: closed")
  expect_identical(format(dead[[1]]), "<cermet_array: closed>")
  expect_cermet_error(dead[[1]] + 1, "closed", regexp = "^\\+: ")
  expect_cermet_error(dead[[1]][1], "closed")
  expect_cermet_error(exp(dead[[1]]), "closed", regexp = "^exp: ")
  expect_cermet_error(cm_relu(dead[[1]]), "closed", regexp = "^cm_relu: ")
  expect_cermet_error(cm_arguments(dead[[2]]), "closed")
  expect_identical(as.vector(cm_array(1:3) + 1L), 2:4)
})

test_that("values that no array takes name the argument", {
  for (bad in list(NULL, list(1, 2), "a", quote(x), sum, 1i)) {
    condition <- expect_cermet_error(cm_array(bad), "invalid_argument")
    expect_identical(condition$argument, "x")
  }
  expect_identical(as.vector(cm_array(factor(c("b", "a")))), c(2L, 1L))
  expect_cermet_error(cm_array(c(1, NA), "int32"), "invalid_argument", regexp = "position 2")
  expect_cermet_error(cm_array(NA_integer_, "int64"), "invalid_argument")
  expect_cermet_error(cm_zeros(c(1e9, 1e9, 1e9)), "shape", regexp = "overflow")
  expect_cermet_error(cm_zeros(-1), "invalid_argument")
  expect_cermet_error(cm_zeros(c(2, NA)), "invalid_argument")
  expect_cermet_error(cm_zeros(rep(1, 33)), "shape")
  expect_cermet_error(cm_zeros(c(1e6, 1e6, 10)), "limit", regexp = "^cm_zeros: ")
})

test_that("a memory cap is an error that one recovers from", {
  held <- cm_memory()[["in_use"]]
  cm_memory_cap(held + 1e6)
  on.exit(cm_memory_cap(0))
  expect_cermet_error(cm_array(numeric(1e6)), "limit", regexp = "^cm_array: memory")
  expect_identical(as.vector(cm_array(1:3)), 1:3)
  cm_memory_cap(0)
  expect_identical(length(cm_array(numeric(1e6))), 1000000L)
})
