# SPDX-License-Identifier: Apache-2.0

a <- matrix(c(1.5, -2, 3, 0.5, 4, -1), 2)
b <- matrix(c(2, 5, -3, 1, 0.25, 8), 2)

test_that("operators give what R gives, for arrays and numbers", {
  for (op in c("+", "-", "*", "/", "%%", "%/%", "==", "!=", "<", "<=", ">", ">=")) {
    f <- get(op)
    expect_equal(as.array(f(cm_array(a), cm_array(b))), f(a, b), tolerance = 1e-6, info = op)
    expect_equal(as.array(f(cm_array(a), 2)), f(a, 2), tolerance = 1e-6, info = op)
    expect_equal(as.array(f(2, cm_array(b))), f(2, b), tolerance = 1e-6, info = op)
    expect_equal(as.array(f(cm_array(a), b)), f(a, b), tolerance = 1e-6, info = op)
  }
  expect_equal(as.array(cm_array(abs(a))^cm_array(b)), abs(a)^b, tolerance = 1e-5)
  expect_equal(as.array(2^cm_array(b)), 2^b, tolerance = 1e-5)
  expect_equal(as.array(-cm_array(a)), -a)
  expect_equal(as.array(+cm_array(a)), a)
})

test_that("logical operators give logicals", {
  p <- c(TRUE, TRUE, FALSE, FALSE)
  q <- c(TRUE, FALSE, TRUE, FALSE)
  expect_identical(as.vector(cm_array(p) & cm_array(q)), p & q)
  expect_identical(as.vector(cm_array(p) | cm_array(q)), p | q)
  expect_identical(as.vector(!cm_array(p)), !p)
  expect_identical(cm_dtype(cm_array(1:2) < 2), "bool")
})

test_that("mixed element types go to the wider one, and numbers follow the array", {
  i <- cm_array(1:3)
  expect_identical(cm_dtype(i + 1L), "int32")
  expect_identical(cm_dtype(i + 1), "int32")
  expect_identical(cm_dtype(i + 0.5), "float32")
  expect_identical(as.vector(i + 0.5), c(1.5, 2.5, 3.5))
  expect_identical(cm_dtype(i / 2L), "float32")
  expect_identical(cm_dtype(i + cm_array(1, "float64")), "float64")
  expect_identical(cm_dtype(cm_array(1, "float64") + 1), "float64")
  expect_identical(as.vector(cm_array(TRUE) + cm_array(TRUE)), 2L)
})

test_that("sizes of 1 stretch, single elements fit everything, ranks are never guessed", {
  row <- cm_array(matrix(1:3, 1))
  column <- cm_array(matrix(c(10, 20), 2))
  expect_equal(as.array(row + column), outer(c(10, 20), 1:3, "+"))
  expect_equal(as.array(column + (row + 0.5)), outer(c(10, 20), 1:3 + 0.5, "+"))
  expect_equal(as.array(cm_array(a) + cm_array(1)), a + 1)
  expect_equal(as.array(cm_array(1) - cm_array(a)), 1 - a)
  condition <- expect_cermet_error(cm_array(a) + cm_array(1:2), "shape", regexp = "rank")
  expect_equal(condition$shapes, list(c(2, 3), 2))
  expect_cermet_error(cm_array(1:2) + cm_array(1:3), "shape")
  expect_cermet_error(cm_array(c(1, 2)) + cm_array(c(1, 2, 3)), "shape")
  expect_cermet_error(cm_array(a) + 1:2, "shape")
})

test_that("operands of any type find the operator, on either side", {
  x <- cm_array(c(1.5, -2))
  for (op in c("+", "-", "*", "/")) {
    f <- get(op)
    for (other in list(2, 2L, TRUE, c(4, 0.5), matrix(4, 1, 1))) {
      expect_equal(as.vector(f(x, other)), as.vector(f(c(1.5, -2), as.vector(other))), tolerance = 1e-6, info = op)
      expect_equal(as.vector(f(other, x)), as.vector(f(as.vector(other), c(1.5, -2))), tolerance = 1e-6, info = op)
    }
    expect_true(inherits(f(cm_variable("x"), cm_variable("y")), "cermet_symbol"))
    expect_error(f(x, "a"), class = "cermet_error")
    expect_error(f(NULL, x))
  }
  expect_identical(cm_dtype(cm_array(1, "float16") + 1L), "float16")
  expect_identical(cm_dtype(cm_array(1, "float64") + 0.1), "float64")
})

test_that("the methods of arrays leave R's own alone", {
  expect_identical(Sys.Date() + 1L - Sys.Date(), as.difftime(1, units = "days"))
  expect_identical(1:3 + 0.5, c(1.5, 2.5, 3.5))
  expect_error(as.numeric("1") + "a", "non-numeric")
})

test_that("mathematical functions give what R gives", {
  x <- c(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.2, 3)
  for (f in c("abs", "sign", "floor", "ceiling", "trunc", "exp", "expm1", "cos", "sin", "tanh", "round")) {
    expect_equal(as.vector(get(f)(cm_array(x))), get(f)(x), tolerance = 1e-5, info = f)
  }
  positive <- abs(x)
  for (f in c("sqrt", "log", "log1p", "log2", "log10")) {
    expect_equal(as.vector(get(f)(cm_array(positive))), get(f)(positive), tolerance = 1e-5, info = f)
  }
  expect_equal(as.vector(log(cm_array(8), base = 2)), 3, tolerance = 1e-6)
  expect_equal(as.vector(round(cm_array(1.26), 1)), 1.3, tolerance = 1e-6)
  expect_equal(as.vector(sqrt(cm_array(c(1L, 4L)))), c(1, 2))
  expect_cermet_error(digamma(cm_array(1)), "unsupported")
})

test_that("summaries give arrays of one element, any and all give logicals", {
  x <- cm_array(a)
  for (f in c("sum", "prod", "max", "min")) expect_equal(as.vector(get(f)(x)), get(f)(a), tolerance = 1e-6, info = f)
  expect_equal(as.vector(mean(x)), mean(a), tolerance = 1e-6)
  expect_equal(as.vector(range(x)), range(a))
  expect_equal(as.vector(sum(x, 1)), sum(a, 1), tolerance = 1e-6)
  expect_identical(as.vector(sum(x > 0)), sum(a > 0))
  expect_true(any(x > 3))
  expect_false(all(x > 3))
  expect_cermet_error(sum(x, na.rm = TRUE), "unsupported")
})
