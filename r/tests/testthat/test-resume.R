# SPDX-License-Identifier: Apache-2.0

# A training with all that has a state: moments, dropout, shuffling, validation rows, early stopping.
study <- function(folder, epochs, ...) {
  cm_sequential(input = 4) |>
    cm_layer_dense(8, activation = "relu") |>
    cm_layer_dropout(0.2) |>
    cm_layer_dense(3) |>
    compile(loss = "cross_entropy", optimizer = cm_opt_adam(learning_rate = 0.02), metrics = "accuracy") |>
    fit(iris_x, iris$Species, epochs = epochs, validation = 0.2, verbose = FALSE,
        callbacks = list(cm_cb_checkpoint(file.path(folder, "run")), cm_cb_early_stopping(patience = 50),
                         cm_cb_reduce_on_plateau(patience = 2)), ...)
}

new_folder <- function() {
  folder <- tempfile()
  dir.create(folder)
  folder
}

test_that("a resumed training equals one that never stopped, to the bit", {
  set.seed(1)
  whole <- study(new_folder(), 8)
  folder <- new_folder()
  set.seed(1)
  study(folder, 3, resume = file.path(folder, "run"))
  set.seed(99) # everything comes from the checkpoint
  resumed <- study(folder, 8, resume = file.path(folder, "run"))
  expect_identical(resumed$resumed_from, 3)
  expect_null(whole$resumed_from)
  columns <- setdiff(names(whole$history), "seconds")
  expect_identical(as.data.frame(resumed$history)[columns], as.data.frame(whole$history)[columns])
  expect_identical(predict(resumed, iris_x), predict(whole, iris_x))
  expect_identical(coef(resumed), coef(whole))
  again <- study(folder, 8, resume = file.path(folder, "run"))
  expect_identical(again$resumed_from, 8)
  expect_identical(coef(again), coef(whole))
})

test_that("a killed training goes on from its last epoch", {
  skip_on_os("windows")
  folder <- new_folder()
  die <- cm_callback("die", on_batch_end = function(run) if (run$epoch == 3) tools::pskill(Sys.getpid(), 9))
  child <- parallel::mcparallel(fit_iris(epochs = 5, callbacks = list(cm_cb_checkpoint(file.path(folder, "run")), die)))
  suppressWarnings(parallel::mccollect(child))
  harmless <- cm_callback("die")
  model <- fit_iris(epochs = 5, callbacks = list(cm_cb_checkpoint(file.path(folder, "run")), harmless),
                    resume = file.path(folder, "run"))
  expect_identical(model$resumed_from, 2)
  expect_identical(model$history$epoch, c(1, 2, 3, 4, 5))
})

test_that("a checkpoint that does not fit is refused", {
  folder <- new_folder()
  path <- file.path(folder, "run")
  fit_iris(epochs = 1, callbacks = cm_cb_checkpoint(path))
  other <- compile(cm_layer_dense(cm_sequential(4), 3), "cross_entropy")
  resume <- function(net = iris_network(), rows = 1:150, callbacks = cm_cb_checkpoint(path)) {
    fit(net, iris_x[rows, ], iris$Species[rows], callbacks = callbacks, resume = path)
  }
  expect_cermet_error(resume(other), "invalid_argument", regexp = "another network")
  expect_cermet_error(resume(rows = 1:100), "invalid_argument", regexp = "150 observations")
  expect_cermet_error(resume(callbacks = list()), "invalid_argument", regexp = "1 callbacks")
  writeLines("nonsense", file.path(folder, "run-state.rds"))
  expect_cermet_error(resume(), "corrupt", regexp = "no checkpoint")
  saveRDS(list(format = 99), file.path(folder, "run-state.rds"))
  expect_cermet_error(resume(), "unsupported", regexp = "format 99")
  expect_cermet_error(fit_iris(resume = 3), "invalid_argument")
  expect_cermet_error(fit_iris(callbacks = cm_cb_checkpoint("/no/such/folder/run")), "io")
  before <- tools::md5sum(file.path(folder, "run-state.rds"))
  expect_cermet_error(.Call(cermet:::C_replace_file, file.path(folder, "absent"), file.path(folder, "run-state.rds")),
                      "io")
  expect_identical(tools::md5sum(file.path(folder, "run-state.rds")), before)
})

test_that("the learning rate follows a function or a plateau", {
  set.seed(1)
  falling <- fit_iris(epochs = 3, callbacks = cm_cb_schedule(function(epoch) 0.1 / epoch))
  expect_equal(falling$history$learning_rate, 0.1 / 1:3)
  halved <- fit_iris(epochs = 3, callbacks = cm_cb_schedule(function(epoch, rate) rate / 2))
  expect_equal(halved$history$learning_rate, 0.05 / c(2, 4, 8))
  expect_cermet_error(cm_cb_schedule(0.1), "invalid_argument")
  expect_cermet_error(fit_iris(callbacks = cm_cb_schedule(function(epoch) -1)), "invalid_argument", regexp = "gave -1")
  stuck <- fit_iris(epochs = 6, callbacks = cm_cb_reduce_on_plateau("loss", min_delta = 100, patience = 2, least = 0.02))
  expect_equal(stuck$history$learning_rate, c(0.05, 0.05, 0.05, 0.025, 0.025, 0.02))
  expect_cermet_error(cm_cb_reduce_on_plateau(factor = 1), "invalid_argument", regexp = "between 0 and 1")
  expect_cermet_error(cm_cb_reduce_on_plateau(mode = "up"), "invalid_argument")
})

# The records of an event file: list of raw vectors. Fails on a wrong checksum.
read_records <- function(path) {
  bytes <- readBin(path, "raw", file.size(path))
  records <- list()
  while (length(bytes) > 0) {
    size <- readBin(bytes[1:4], "integer", endian = "little")
    expect_identical(bytes[9:12], .Call(cermet:::C_masked_crc, bytes[1:8]))
    record <- bytes[12 + seq_len(size)]
    expect_identical(bytes[12 + size + 1:4], .Call(cermet:::C_masked_crc, record))
    records <- c(records, list(record))
    bytes <- bytes[-seq_len(16 + size)]
  }
  records
}

test_that("event files are what TensorBoard reads", {
  # RFC 3720, B.4: the CRC-32C of 32 zero bytes is 8a9136aa; masked: rotated right by 15, plus a282ead8.
  crc <- 0x8a9136aa
  masked <- ((crc %/% 2^15) + (crc %% 2^15) * 2^17 + 0xa282ead8) %% 2^32
  expect_identical(.Call(cermet:::C_masked_crc, raw(32)), as.raw(masked %/% 256^(0:3) %% 256))
  expect_identical(cermet:::varint(300), as.raw(c(0xac, 0x02)))
  folder <- new_folder()
  set.seed(1)
  model <- fit_iris(epochs = 2, validation = 0.2, callbacks = cm_cb_tensorboard(file.path(folder, "logs")))
  files <- list.files(file.path(folder, "logs"), pattern = "^events.out.tfevents", full.names = TRUE)
  expect_length(files, 1)
  records <- read_records(files)
  expect_length(records, 3)
  expect_identical(utils::tail(records[[1]], 13), charToRaw("brain.Event:2"))
  tag <- charToRaw("loss/validation")
  bytes <- records[[3]]
  starts <- which(vapply(seq_along(bytes), function(i) identical(bytes[i + seq_along(tag) - 1], tag), NA))
  value <- readBin(bytes[starts + length(tag) + 1:4], "numeric", size = 4, endian = "little")
  expect_equal(value, model$history$valid_loss[2], tolerance = 1e-6)
  expect_cermet_error(cm_cb_tensorboard(3), "invalid_argument")
  writeLines("", file.path(folder, "file"))
  expect_cermet_error(fit_iris(callbacks = cm_cb_tensorboard(file.path(folder, "file", "logs"))), "io")
})
