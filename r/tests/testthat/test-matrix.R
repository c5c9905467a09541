# SPDX-License-Identifier: Apache-2.0

a <- matrix(as.numeric(1:6), 2)

test_that("%*% is R's, for matrices and vectors", {
  x <- cm_array(a)
  expect_equal(as.array(x %*% t(x)), a %*% t(a))
  expect_equal(as.array(x %*% c(1, 2, 3)), a %*% c(1, 2, 3))
  expect_equal(as.array(c(1, 2) %*% x), c(1, 2) %*% a)
  expect_equal(as.array(cm_array(1:3) %*% cm_array(1:3)), 1:3 %*% 1:3)
  expect_equal(as.array(a %*% cm_array(t(a))), a %*% t(a))
  expect_cermet_error(x %*% x, "shape")
  expect_cermet_error(cm_array(array(1, c(1, 1, 1))) %*% x, "shape")
})

test_that("t, aperm and dim<- are R's", {
  x <- array(as.numeric(1:24), c(2, 3, 4))
  expect_equal(as.array(t(cm_array(a))), t(a))
  expect_equal(as.array(t(cm_array(c(1, 2)))), t(c(1, 2)))
  expect_equal(as.array(aperm(cm_array(x))), aperm(x))
  expect_equal(as.array(aperm(cm_array(x), c(3, 1, 2))), aperm(x, c(3, 1, 2)))
  y <- x
  dim(y) <- c(6, 4)
  e <- cm_array(x)
  dim(e) <- c(6, 4)
  expect_equal(as.array(e), y)
  expect_cermet_error(dim(e) <- c(5, 5), "shape")
  expect_cermet_error(t(cm_array(x)), "shape")
})

test_that("empty arrays keep their shapes", {
  empty <- cm_array(matrix(0, 0, 3))
  expect_identical(dim(t(empty)), c(3L, 0L))
  expect_identical(dim(empty[, 1, drop = FALSE]), c(0L, 1L))
  expect_identical(dim(empty[, 2:3]), c(0L, 2L))
  expect_identical(length(c(empty)), 0L)
})

test_that("cm_reshape is row-major", {
  expect_equal(as.vector(cm_reshape(cm_array(a), c(6))), as.vector(t(a)))
})

test_that("c, rbind and cbind join as in R", {
  expect_equal(as.vector(c(cm_array(a), cm_array(7))), c(a, 7))
  expect_equal(as.array(rbind(cm_array(a), c(7, 8, 9))), rbind(a, c(7, 8, 9)))
  expect_equal(as.array(cbind(cm_array(a), c(7, 8))), cbind(a, c(7, 8)))
  expect_cermet_error(rbind(cm_array(a), c(7, 8)), "shape")
})
