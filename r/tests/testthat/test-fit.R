# SPDX-License-Identifier: Apache-2.0

test_that("a classifier learns, predicts and is judged", {
  set.seed(1)
  model <- fit_iris(epochs = 30, validation = 0.2)
  expect_s3_class(model, "cermet_model")
  expect_identical(nrow(model$history), 30L)
  expect_named(model$history, c("epoch", "loss", "accuracy", "valid_loss", "valid_accuracy", "learning_rate",
                                "seconds"))
  figures <- evaluate(model, iris_x, iris$Species)
  expect_named(figures, c("loss", "accuracy"))
  expect_gt(figures[["accuracy"]], 0.9)
  classes <- predict(model, iris_x, type = "class")
  expect_identical(levels(classes), levels(iris$Species))
  expect_equal(mean(classes == iris$Species), figures[["accuracy"]], tolerance = 1e-6)
  probabilities <- predict(model, iris_x, type = "prob", batch_size = 64)
  expect_identical(dim(probabilities), c(150L, 3L))
  expect_identical(colnames(probabilities), levels(iris$Species))
  expect_equal(rowSums(probabilities), rep(1, 150), tolerance = 1e-5)
  expect_equal(probabilities, predict(model, iris_x))
})

test_that("set.seed() is the only seed", {
  run <- function(seed) {
    set.seed(seed)
    fit_iris(epochs = 3, validation = 0.2)$history$loss
  }
  expect_identical(run(5), run(5))
  expect_false(identical(run(5), run(6)))
})

test_that("labels may be factors, strings, logicals or numbers from 1", {
  set.seed(1)
  net <- iris_network()
  expect_null(fit(net, iris_x, as.integer(iris$Species), epochs = 1)$levels)
  expect_identical(fit(net, iris_x, as.character(iris$Species), epochs = 1)$levels, levels(iris$Species))
  expect_identical(fit(net, iris_x, iris$Species == "setosa", epochs = 1)$levels, c("FALSE", "TRUE"))
  expect_type(predict(fit(net, iris_x, as.integer(iris$Species), epochs = 1), iris_x, type = "class"), "integer")
})

test_that("a regression learns", {
  set.seed(2)
  x <- scale(as.matrix(mtcars[, -1]))
  model <- cm_sequential(input = 10) |>
    cm_layer_dense(1) |>
    compile(loss = "mse", optimizer = cm_opt_adam(learning_rate = 0.5)) |>
    fit(x, mtcars$mpg, epochs = 100, batch_size = 16, verbose = FALSE)
  predicted <- predict(model, x)
  expect_null(dim(predicted))
  expect_gt(cor(predicted, mtcars$mpg), 0.9)
  expect_cermet_error(predict(model, x, type = "class"), "invalid_argument")
})

test_that("fit leaves the network as it was", {
  net <- iris_network()
  before <- net
  fit(net, iris_x, iris$Species, epochs = 1)
  expect_identical(net, before)
})

test_that("a fitted model trains on from where it is", {
  set.seed(1)
  first <- fit_iris(epochs = 3)
  before <- predict(first, iris_x)
  more <- fit(first, iris_x, iris$Species, epochs = 2)
  expect_identical(more$history$epoch, c(1, 2, 3, 4, 5))
  expect_identical(more$history$loss[1:3], first$history$loss)
  expect_lt(more$history$loss[5], first$history$loss[1])
  expect_identical(predict(first, iris_x), before)
})

test_that("bad data is refused with reasons", {
  net <- iris_network()
  y <- iris$Species
  condition <- expect_cermet_error(fit(net, iris_x[, 1:3], y), "shape", regexp = "n x 4")
  expect_equal(condition$shapes[[1]], c(150, 3))
  expect_cermet_error(fit(net, iris_x, y[1:10]), "shape")
  expect_cermet_error(fit(net, iris_x, as.integer(y) - 1), "invalid_argument", regexp = "from 1")
  expect_cermet_error(fit(net, iris_x, as.integer(y) + 1), "invalid_argument", regexp = "class 4")
  expect_cermet_error(fit(net, iris_x, factor(1:150)), "invalid_argument", regexp = "150 levels")
  missing <- iris_x
  missing[3, 2] <- NA
  expect_cermet_error(fit(net, missing, y), "invalid_argument", regexp = "NA at \\[3, 2\\]")
  expect_cermet_error(fit(net, iris_x, replace(y, 1, NA)), "invalid_argument")
  expect_cermet_error(fit(net, letters, y), "invalid_argument")
  expect_cermet_error(fit(net, iris_x[0, ], y[0]), "invalid_argument")
  expect_cermet_error(fit(net, iris_x, y, epochs = 0), "invalid_argument")
  expect_cermet_error(fit(net, iris_x, y, batch_size = 1.5), "invalid_argument")
  expect_cermet_error(fit(net, iris_x, y, validation = 2), "invalid_argument")
  expect_cermet_error(fit(net, iris_x, y, callbacks = 3), "invalid_argument")
  expect_cermet_error(fit(net, iris_x, y, verbose = NA), "invalid_argument")
  expect_cermet_error(fit(cm_layer_dense(cm_sequential(4), 3), iris_x, y), "invalid_argument", regexp = "compile")
})

test_that("an interrupt ends the training and keeps the model", {
  press <- function() stop(structure(class = c("interrupt", "condition"), list(message = "", call = NULL)))
  interrupt <- cm_callback("ctrl-c", on_batch_end = function(run) if (run$epoch == 2 && run$batch == 3) press())
  set.seed(1)
  model <- fit_iris(epochs = 50, callbacks = interrupt)
  expect_identical(model$stopped, "interrupt")
  expect_identical(nrow(model$history), 1L)
  expect_identical(dim(predict(model, iris_x)), c(150L, 3L))
  expect_output(print(model), "stopped by interrupt")
})

test_that("a real SIGINT ends the training between batches", {
  skip_on_os("windows")
  interrupt <- cm_callback("signal", on_epoch_end = function(run) if (run$epoch == 2) tools::pskill(Sys.getpid(), 2))
  model <- tryCatch(fit_iris(epochs = 10000, callbacks = interrupt), interrupt = function(condition) NULL)
  expect_identical(model$stopped, "interrupt")
  expect_lt(nrow(model$history), 100)
})

test_that("callbacks see the run, stop it, and explain their errors", {
  seen <- character()
  spy <- cm_callback(
    "spy",
    on_train_begin = function(run) seen <<- c(seen, "begin"),
    on_epoch_end = function(run) {
      seen <<- c(seen, paste("epoch", run$epoch, length(run$figures)))
      if (run$epoch == 2) run$stop("enough")
    },
    on_train_end = function(run) seen <<- c(seen, "end")
  )
  model <- fit_iris(epochs = 10, callbacks = spy)
  expect_identical(seen, c("begin", "epoch 1 2", "epoch 2 2", "end"))
  expect_identical(model$stopped, "enough")
  broken <- cm_callback("broken", on_epoch_end = function(run) stop("oops"))
  expect_error(fit_iris(callbacks = broken), "callback broken, on_epoch_end, epoch 1, batch 5: oops")
  expect_cermet_error(cm_callback("x", on_epoch_end = 3), "invalid_argument")
  expect_output(print(spy), "on_train_begin, on_epoch_end")
})

test_that("early stopping goes back to the best epoch", {
  set.seed(4)
  model <- fit_iris(epochs = 200, validation = list(iris_x[1:30, ], iris$Species[1:30]),
                    callbacks = cm_cb_early_stopping("valid_accuracy", patience = 2))
  expect_identical(model$stopped, "early_stopping")
  best <- model$history$valid_accuracy[which.max(model$history$valid_accuracy)]
  expect_equal(evaluate(model, iris_x[1:30, ], iris$Species[1:30])[["accuracy"]], best, tolerance = 1e-6)
  expect_cermet_error(fit_iris(callbacks = cm_cb_early_stopping("nothing")), "invalid_argument", regexp = "accuracy")
})

test_that("checkpoints and the log are written", {
  folder <- tempfile()
  dir.create(folder)
  set.seed(1)
  model <- fit_iris(epochs = 4, callbacks = list(cm_cb_checkpoint(file.path(folder, "run"), every = 2),
                                                 cm_cb_csv_log(file.path(folder, "log.csv"))))
  expect_setequal(list.files(folder), c("run-symbol.json", "run-0002.params", "run-0004.params", "run-state.rds", "log.csv"))
  expect_equal(predict(cm_load(file.path(folder, "run"), epoch = 4), iris_x), unname(predict(model, iris_x)),
               tolerance = 1e-6)
  expect_equal(utils::read.csv(file.path(folder, "log.csv"))$loss, model$history$loss)
})

test_that("progress is a line an epoch where the stream is no terminal", {
  lines <- capture_stderr({
    progress <- cermet:::new_progress(TRUE, 20)
    progress$batch(1, 1, 2, c(loss = 0.5))
    progress$epoch(1, c(loss = 0.5, accuracy = 1), 0.25)
    progress$finish()
  })
  expect_identical(lines, "epoch  1/20: loss 0.5000, accuracy 1.000 (0.2 s)")
  expect_identical(cermet:::progress_bar(0.5, 4), "[==  ]")
})

test_that("a schedule changes the learning rate, dropout needs no seed of its own", {
  set.seed(1)
  model <- cm_sequential(input = 4) |>
    cm_layer_dense(8, activation = "relu") |>
    cm_layer_dropout(0.5) |>
    cm_layer_dense(3) |>
    compile(loss = "cross_entropy",
            optimizer = cm_opt_sgd(learning_rate = 0.1, schedule = cm_lr_factor(step = 5, factor = 0.5))) |>
    fit(iris_x, iris$Species, epochs = 3)
  expect_lt(model$history$learning_rate[3], model$history$learning_rate[1])
  expect_equal(predict(model, iris_x), predict(model, iris_x))
})

test_that("the positions that an embedding takes count from 1", {
  set.seed(1)
  words <- matrix(sample(5, 300, replace = TRUE), 100)
  y <- factor(words[, 1] > 3)
  net <- cm_sequential(input = 3) |>
    cm_layer_embedding(input_dim = 5, output_dim = 4) |>
    cm_layer_dense(2) |>
    compile(loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.05), metrics = "accuracy")
  model <- fit(net, words, y, epochs = 30)
  expect_gt(evaluate(model, words, y)[["accuracy"]], 0.9)
  expect_cermet_error(fit(net, words - 1, y), "invalid_argument", regexp = "from 1")
  path <- tempfile(fileext = ".safetensors")
  cm_save(model, path)
  expect_equal(predict(cm_load(path), words), predict(model, words))
})

test_that("the history plots", {
  model <- fit_iris(epochs = 2, validation = 0.2)
  path <- tempfile(fileext = ".pdf")
  grDevices::pdf(path)
  plot(model)
  plot(model$history)
  grDevices::dev.off()
  expect_gt(file.size(path), 1000)
  expect_s3_class(as.data.frame(model$history), "data.frame", exact = TRUE)
})
