# SPDX-License-Identifier: Apache-2.0

test_that("gradients of R code, by name and position", {
  f <- function(w, b, x) sum((x %*% w + b)^2)
  x <- matrix(c(1, 2, 3, 4), 2)
  w <- matrix(c(0.5, -1), 2)
  result <- cm_value_and_grad(f, wrt = c("w", "b"))(w, b = 0.1, x = x)
  residual <- x %*% w + 0.1
  expect_equal(as.vector(result$value), sum(residual^2), tolerance = 1e-5)
  expect_named(result$grad, c("w", "b"))
  expect_same(result$grad$w, 2 * t(x) %*% residual, tolerance = 1e-5)
  expect_equal(as.vector(result$grad$b), 2 * sum(residual), tolerance = 1e-5)
  expect_equal(as.vector(cm_grad(function(x) sum(x^3))(c(1, 2))), c(3, 12), tolerance = 1e-5)
})

test_that("gradients pass through indexing, reshaping and R control flow", {
  f <- function(x) {
    total <- sum(x[1, ] * 2)
    for (i in 1:2) total <- total + sum(t(x)[i, ]^2)
    dim(x) <- c(3, 2)
    total + sum(x[-1, 1])
  }
  x <- matrix(as.numeric(1:6), 2)
  expected <- matrix(0, 2, 3)
  expected[1, ] <- 2
  expected[, 1:2] <- expected[, 1:2] + 2 * x[, 1:2]
  expected[2, 1] <- expected[2, 1] + 1
  expected[1, 2] <- expected[1, 2] + 1
  expect_same(cm_grad(f)(x), expected)
})

test_that("second derivatives by nesting", {
  second <- cm_grad(function(x) sum(cm_grad(function(x) sum(x^3))(x)))
  expect_equal(as.vector(second(c(1, 2))), c(6, 12), tolerance = 1e-4)
})

test_that("the explicit recorder", {
  x <- cm_array(c(1, 2, 3))
  tape <- cm_recorder()
  y <- cm_record(tape, x * x)
  expect_equal(as.vector(cm_gradient(tape, y, x)), c(2, 4, 6))
  expect_equal(as.vector(cm_gradient(tape, y, x, head_grads = cm_array(c(1, 0, 2)))), c(2, 0, 12))
  grads <- cm_gradient(tape, list(y), list(a = x, other = cm_array(1)))
  expect_named(grads, c("a", "other"))
  expect_equal(as.vector(grads$other), 0)
  expect_output(print(tape), "train mode")
})

test_that("recorders are restored after errors, and no_grad suspends", {
  tape <- cm_recorder()
  expect_error(cm_record(tape, stop("oops")), "oops")
  expect_null(cermet:::recorder_in_force())
  x <- cm_array(2)
  y <- cm_record(tape, x * cm_no_grad(x * 3))
  expect_equal(as.vector(cm_gradient(tape, y, x)), 6)
})

test_that("bad use is explained", {
  expect_cermet_error(cm_value_and_grad(function(x) x * 2)(c(1, 2)), "invalid_argument", regexp = "one element")
  expect_cermet_error(cm_value_and_grad(function(x) 1)(2), "invalid_argument")
  expect_cermet_error(cm_value_and_grad(function(n) n)(1L), "invalid_argument", regexp = "no argument")
  expect_cermet_error(cm_grad(function(x) sum(x), wrt = "y")(1), "invalid_argument")
  expect_cermet_error(cm_record(3, 1), "invalid_argument")
})

test_that("the example of linear regression learns", {
  x <- cm_array(scale(as.matrix(mtcars[, c("wt", "hp")])))
  y <- cm_array(matrix(mtcars$mpg))
  vg <- cm_value_and_grad(function(w, b) mean((x %*% w + b - y)^2))
  w <- cm_array(matrix(0, 2, 1))
  b <- cm_array(0)
  for (i in 1:200) {
    r <- vg(w, b)
    w <- w - 0.1 * r$grad$w
    b <- b - 0.1 * r$grad$b
  }
  exact <- coef(lm(mpg ~ scale(wt) + scale(hp), mtcars))
  expect_equal(c(as.vector(b), as.vector(w)), unname(exact), tolerance = 1e-3)
})
