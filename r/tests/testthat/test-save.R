# SPDX-License-Identifier: Apache-2.0

set.seed(11)
model <- fit_iris(epochs = 5)

test_that("both file forms come back with the same predictions", {
  one_file <- tempfile(fileext = ".safetensors")
  cm_save(model, one_file)
  again <- cm_load(one_file)
  expect_identical(again$levels, levels(iris$Species))
  expect_identical(again$input, 4)
  expect_equal(predict(again, iris_x), predict(model, iris_x))
  expect_identical(predict(again, iris_x, type = "class"), predict(model, iris_x, type = "class"))

  prefix <- tempfile()
  cm_save(model, prefix, epoch = 3)
  expect_true(all(file.exists(paste0(prefix, c("-symbol.json", "-0003.params")))))
  from_prefix <- cm_load(prefix, epoch = 3, levels = levels(iris$Species))
  expect_equal(predict(from_prefix, iris_x), predict(model, iris_x))
  expect_equal(evaluate(from_prefix, iris_x, iris$Species, metrics = "accuracy"),
               evaluate(model, iris_x, iris$Species)[c("loss", "accuracy")])
})

test_that("saveRDS, in this session and in another", {
  path <- tempfile(fileext = ".rds")
  saveRDS(model, path)
  again <- readRDS(path)
  expect_identical(predict(again, iris_x), predict(model, iris_x))
  expect_identical(again$history, model$history)
  copied <- unserialize(serialize(again, NULL))
  expect_identical(predict(copied, iris_x), predict(model, iris_x))
  # A state that R has turned into a plain raw vector works too.
  copied$state <- as.raw(as.integer(copied$state))
  expect_identical(predict(copied, iris_x), predict(model, iris_x))

  out <- tempfile(fileext = ".rds")
  code <- sprintf("m <- readRDS('%s'); library(cermet); saveRDS(predict(m, as.matrix(iris[, 1:4])), '%s')", path, out)
  libraries <- paste(.libPaths(), collapse = .Platform$path.sep)
  status <- system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", "-e", shQuote(code)),
                    env = paste0("R_LIBS=", libraries))
  expect_identical(status, 0L)
  expect_identical(readRDS(out), predict(model, iris_x))
})

test_that("coefficients are R arrays", {
  parameters <- coef(model)
  expect_identical(dim(parameters$dense_1_weight), c(8L, 4L))
  expect_identical(length(parameters$dense_2_bias), 3L)
})

test_that("bad paths and files are classed errors", {
  expect_error(cm_load(tempfile()), class = "cermet_error")
  expect_error(cm_load(tempfile(fileext = ".safetensors")), class = "cermet_error")
  expect_error(cm_save(model, file.path(tempfile(), "no", "folder.safetensors")), class = "cermet_error_io")
  broken <- tempfile(fileext = ".safetensors")
  writeBin(as.raw(1:100), broken)
  expect_error(cm_load(broken), class = "cermet_error_corrupt")
  expect_cermet_error(cm_save(3, "x"), "invalid_argument")
  expect_cermet_error(cm_save(model, 3), "invalid_argument")
  expect_cermet_error(cm_save(model, tempfile(), epoch = -1), "invalid_argument")
})

test_that("arrays in files", {
  for (suffix in c(".npz", ".safetensors", ".params")) {
    path <- tempfile(fileext = suffix)
    cm_save_arrays(list(a = matrix(1:6, 2), b = cm_array(c(1.5, 2))), path)
    loaded <- cm_load_arrays(path)
    expect_setequal(names(loaded), c("a", "b"))
    expect_equal(as.array(loaded$a), matrix(1:6, 2), info = suffix)
    expect_equal(as.vector(loaded$b), c(1.5, 2), info = suffix)
  }
  expect_cermet_error(cm_save_arrays(3, "x"), "invalid_argument")
})

test_that("forked workers predict", {
  skip_on_os("windows")
  expected <- predict(model, iris_x)
  results <- parallel::mclapply(1:2, function(i) predict(model, iris_x), mc.cores = 2)
  expect_identical(results, list(expected, expected))
})
