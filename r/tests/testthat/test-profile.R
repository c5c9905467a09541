# SPDX-License-Identifier: Apache-2.0
test_that("a profile counts the calls and flops of products", {
  a <- cm_array(matrix(1, 6, 4))
  b <- cm_array(matrix(1, 4, 5))
  file <- tempfile(fileext = ".json")
  table <- cm_profile(for (k in 1:3) a %*% b, file)
  expect_named(table, c("operator", "calls", "total_ms", "mean_us", "share", "gb_s", "gflop_s"))
  expect_true(any(table$calls == 3))
  expect_equal(sum(table$share), 100, tolerance = 0.01)
  trace <- jsonlite::fromJSON(file)$traceEvents
  expect_equal(sum(trace$args$flops == 2 * 6 * 4 * 5), 3)
})

test_that("a failure ends the profile, and profiles do not nest", {
  expect_error(cm_profile(stop("mine")), "mine")
  expect_error(cm_profile(cm_profile(NULL)), "is on already")
  expect_identical(nrow(cm_profile(NULL)), 0L)
})
