# SPDX-License-Identifier: Apache-2.0

test_that("the digits are there", {
  digits <- cm_digits()
  expect_identical(dim(digits$x), c(1797L, 1L, 8L, 8L))
  expect_identical(range(digits$x), c(0, 16))
  expect_identical(levels(digits$y), as.character(0:9))
  # The first image is a zero: empty in the middle, full at its sides.
  expect_identical(as.character(digits$y[1]), "0")
  expect_equal(digits$x[1, 1, 1, ], c(0, 0, 5, 13, 9, 1, 0, 0))
})

test_that("CSV and IDX files are read, and bad ones refused", {
  path <- tempfile(fileext = ".csv")
  writeLines(c("a;b", "1;2.5", "NA;4"), path)
  expect_equal(as.array(cm_read_csv(path, ";", skip_rows = 1)), matrix(c(1, NaN, 2.5, 4), 2))
  writeLines(c("1,2", "3"), path)
  expect_error(cm_read_csv(path), class = "cermet_error_corrupt")
  expect_error(cm_read_csv(tempfile()), class = "cermet_error")
  expect_cermet_error(cm_read_csv(path, ",,"), "invalid_argument")

  idx <- tempfile()
  writeBin(as.raw(c(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1:6)), idx)
  expect_equal(as.array(cm_read_idx(idx)), matrix(1:6, 2, byrow = TRUE))
  writeBin(as.raw(c(0, 0, 8, 2, 0)), idx)
  expect_error(cm_read_idx(idx), class = "cermet_error_corrupt")
})

test_that("the engine's state is visible", {
  before <- cm_threads()
  expect_identical(cm_threads(1), 1L)
  cm_threads(before)
  expect_cermet_error(cm_threads(0), "invalid_argument")
  expect_named(cm_memory(), c("in_use", "kept", "peak", "cap", "held"))
  expect_match(cm_features(), "version")
  x <- cm_array(1)
  cm_memory_cap(2^20)
  expect_error(cm_array(numeric(2^22)), class = "cermet_error_limit")
  cm_memory_cap(0)
})
