# SPDX-License-Identifier: Apache-2.0

test_that("arrays keep dimensions and values, through every type", {
  x <- array(as.numeric(1:24), c(2, 3, 4))
  for (dtype in c("float32", "float64", "float16", "bfloat16", "int8", "int32", "int64", "uint8")) {
    a <- cm_array(x, dtype)
    expect_identical(cm_dtype(a), dtype)
    expect_identical(dim(a), c(2L, 3L, 4L))
    expect_equal(as.array(a), x, info = dtype)
  }
  expect_identical(as.array(cm_array(matrix(c(TRUE, FALSE), 1))), matrix(c(TRUE, FALSE), 1))
})

test_that("the natural type follows the R type", {
  expect_identical(cm_dtype(cm_array(1)), "float32")
  expect_identical(cm_dtype(cm_array(1L)), "int32")
  expect_identical(cm_dtype(cm_array(TRUE)), "bool")
  expect_identical(cm_dtype(cm_array(as.raw(1))), "uint8")
  expect_identical(as.vector(cm_array(factor(c("b", "a", "b")))), c(2L, 1L, 2L))
  expect_identical(dim(cm_array(data.frame(a = 1:2, b = 3:4))), c(2L, 2L))
})

test_that("64-bit integers of bit64 keep all their bits", {
  bits <- structure(readBin(as.raw(c(1, 0, 0, 0, 0, 0, 16, 0)), "double", 1), class = "integer64")
  expect_identical(as.vector(cm_array(bits)), 2^52 + 1)
})

test_that("vectors have one dimension; empty and scalar arrays work", {
  expect_identical(dim(cm_array(1:3)), 3L)
  expect_identical(length(cm_array(numeric())), 0L)
  expect_identical(dim(cm_array(matrix(0, 0, 3))), c(0L, 3L))
  expect_identical(as.array(cm_array(matrix(0, 0, 3))), matrix(0, 0, 3))
})

test_that("missing values pass as NaN in floats and are refused elsewhere", {
  expect_identical(is.na(as.vector(cm_array(c(1, NA)))), c(FALSE, TRUE))
  expect_identical(is.na(as.vector(cm_array(c(1L, NA), "float32"))), c(FALSE, TRUE))
  expect_cermet_error(cm_array(c(1L, NA)), "invalid_argument", regexp = "NA at position 2")
  expect_cermet_error(cm_array(c(TRUE, NA)), "invalid_argument")
})

test_that("values that a type cannot hold are refused", {
  expect_cermet_error(cm_array(1.5, "int32"), "invalid_argument", regexp = "1.5 at position 1")
  expect_cermet_error(cm_array(256, "uint8"), "invalid_argument")
  expect_cermet_error(cm_array(-1, "uint8"), "invalid_argument")
  expect_cermet_error(cm_array(2^31, "int32"), "invalid_argument")
  expect_cermet_error(cm_array(2, "bool"), "invalid_argument")
  expect_cermet_error(cm_array("a"), "invalid_argument", regexp = "character")
  expect_cermet_error(cm_array(list(1)), "invalid_argument")
  expect_error(cm_array(1, "float33"), class = "cermet_error")
})

test_that("arrays print, format and summarise like R objects", {
  x <- cm_array(matrix(1:6, 2))
  expect_output(print(x), "cermet_array int32 \\[2 x 3\\]")
  expect_output(print(x), "5")
  expect_output(print(cm_array(1:2000)), "first values: 1")
  expect_output(str(x), "1:2, 1:3")
  expect_identical(format(x), "<int32 [2 x 3]>")
  expect_equal(summary(x)[["Mean"]], 3.5)
  expect_true(all.equal(x, cm_array(matrix(1:6, 2))))
  expect_identical(cm_device(x), "cpu")
})

test_that("a handle from a saved session is refused, not followed", {
  path <- tempfile()
  saveRDS(cm_array(1:3), path)
  dead <- readRDS(path)
  expect_cermet_error(dim(dead), "closed", regexp = "saved R session")
  expect_cermet_error(dead + 1, "closed")
})

test_that("what is no array is refused", {
  expect_cermet_error(cm_dtype(1), "invalid_argument", regexp = "got numeric|got double")
  expect_cermet_error(cm_dtype(cm_variable("x")), "invalid_argument", regexp = "cermet_symbol")
})

test_that("a loop over large arrays stays within the memory budget", {
  x <- cm_array(numeric(2^20))
  gc()
  before <- cm_memory()[["held"]]
  most <- 0
  for (i in 1:400) {
    y <- x + 1
    most <- max(most, cm_memory()[["held"]])
  }
  expect_lt(most - before, 600 * 2^20)
  rm(y)
  gc()
  expect_equal(cm_memory()[["held"]], before)
})

test_that("missing values are seen, and small helpers of base R work", {
  expect_true(anyNA(cm_array(c(1, NaN))))
  expect_false(anyNA(cm_array(1:3)))
  expect_same(sort(cm_array(c(3, 1, 2))), c(1, 2, 3))
  expect_same(unique(cm_array(c(2L, 2L, 1L))), c(2L, 1L))
  expect_identical(dim(as.data.frame(cm_array(matrix(1:6, 2)))), 2:3)
})
