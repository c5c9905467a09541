# SPDX-License-Identifier: Apache-2.0
# The main job: train a small convolutional network on handwritten digits, save it, load it, use it.
#
#   Rscript quickstart.R [--mnist] [--out FOLDER]
#
# Writes into FOLDER (default: the working folder):
#   digits-history.png                          the curves of the training
#   digits.safetensors                          the model as one file
#   digits-symbol.json, digits-0000.params      the model in MXNet's form
#   digits-input.npz, digits-output.npz         some test images, and what R got for them: for other languages to compare
# --mnist trains LeNet as MXNet 1.3 did instead; it needs the MNIST files and LeNet's graph in the folder that
# CERMET_DATA names (mnist/, mxnet-lenet/).
library(cermet)

arguments <- commandArgs(trailingOnly = TRUE)
out <- if ("--out" %in% arguments) arguments[match("--out", arguments) + 1] else "."
dir.create(out, showWarnings = FALSE, recursive = TRUE)

draw_history <- function(model, path) {
  if (!capabilities("png")) return(message("this R draws no PNG files: no history plot"))
  png(path, width = 900, height = 400)
  plot(model$history)
  invisible(dev.off())
}

digits_job <- function(seed = 1) {
  set.seed(seed)
  digits <- cm_digits()
  x <- digits$x / 16
  test <- sample(nrow(x), round(0.2 * nrow(x)))
  test_x <- x[test, , , , drop = FALSE]
  test_y <- digits$y[test]

  net <- cm_sequential(input = c(1, 8, 8)) |>
    cm_layer_conv2d(16, kernel_size = 3, padding = 1, activation = "relu") |>
    cm_layer_conv2d(32, kernel_size = 3, padding = 1, activation = "relu") |>
    cm_layer_max_pool2d(pool_size = 2) |>
    cm_layer_dropout(0.25) |>
    cm_layer_dense(64, activation = "relu") |>
    cm_layer_dropout(0.5) |>
    cm_layer_dense(10)
  print(net)

  # The held-out part is watched for the curves only: nothing is chosen by it.
  model <- net |>
    compile(loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.003), metrics = "accuracy") |>
    fit(x[-test, , , , drop = FALSE], digits$y[-test], epochs = 15, batch_size = 32,
        validation = list(test_x, test_y), verbose = TRUE)

  figures <- evaluate(model, test_x, test_y)
  cat(sprintf("test accuracy: %.4f\n", figures[["accuracy"]]))
  draw_history(model, file.path(out, "digits-history.png"))

  path <- file.path(out, "digits.safetensors")
  cm_save(model, path)
  cm_save(model, file.path(out, "digits"), epoch = 0)
  again <- cm_load(path)
  from_prefix <- cm_load(file.path(out, "digits"), epoch = 0)
  stopifnot(identical(predict(again, test_x), predict(model, test_x)))
  stopifnot(all.equal(unname(predict(from_prefix, test_x)), unname(predict(model, test_x)), tolerance = 1e-6))

  shown <- test_x[1:10, , , , drop = FALSE]
  cat("predicted: ", paste(predict(again, shown, type = "class"), collapse = " "), "\n", sep = "")
  cat("true:      ", paste(test_y[1:10], collapse = " "), "\n", sep = "")
  checked <- test_x[1:32, , , , drop = FALSE]
  cm_save_arrays(list(input = cm_array(checked)), file.path(out, "digits-input.npz"))
  cm_save_arrays(list(output = cm_array(unname(predict(again, checked)))), file.path(out, "digits-output.npz"))
}

mnist_job <- function(seed = 1) {
  set.seed(seed)
  folder <- Sys.getenv("CERMET_DATA", file.path("..", "shared", "data"))
  images <- function(name) {
    pixels <- cm_cast(cm_read_idx(file.path(folder, "mnist", name)), dtype = "float32") / 255
    cm_reshape(pixels, shape = c(dim(pixels)[1], 1, 28, 28))
  }
  classes <- function(name) as.vector(cm_read_idx(file.path(folder, "mnist", name))) + 1
  graph <- cm_from_json(file.path(folder, "mxnet-lenet", "LeNet-symbol.json"))
  model <- cm_network(graph, input = c(1, 28, 28)) |>
    compile(loss = "cross_entropy", optimizer = cm_opt_sgd(learning_rate = 0.1), metrics = "accuracy",
            initializer = cm_init_xavier(rnd_type = "gaussian", factor_type = "in", magnitude = 2)) |>
    fit(images("train-images-idx3-ubyte.gz"), classes("train-labels-idx1-ubyte.gz"), epochs = 10, batch_size = 64,
        validation = list(images("t10k-images-idx3-ubyte.gz"), classes("t10k-labels-idx1-ubyte.gz")), verbose = TRUE)
  accuracy <- model$history$valid_accuracy
  cat(sprintf("validation accuracy: %.4f after epoch 1, %.4f after epoch 10 (MXNet 1.3: 0.9795, 0.9887)\n",
              accuracy[1], accuracy[10]))
  draw_history(model, file.path(out, "mnist-history.png"))
  cm_save(model, file.path(out, "mnist.safetensors"))
}

if ("--mnist" %in% arguments) mnist_job() else digits_job()
