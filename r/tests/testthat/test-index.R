# SPDX-License-Identifier: Apache-2.0

test_that("reading elements means what it means in R", {
  x <- array(as.numeric(1:24), c(2, 3, 4))
  e <- cm_array(x)
  same <- function(expr) {
    wanted <- eval(expr, list(v = x))
    got <- eval(expr, list(v = e))
    expect_equal(as.vector(got), as.vector(wanted), info = deparse(expr))
    expect_equal(dim(got), if (is.null(dim(wanted))) length(wanted) else dim(wanted), info = deparse(expr))
  }
  for (expr in expression(
    v[1, 2, 3], v[, , 1], v[2, , ], v[, -1, ], v[, c(3, 1), 2:4], v[, 1, , drop = FALSE], v[1, 1, 1, drop = FALSE],
    v[c(TRUE, FALSE), , ], v[, , c(FALSE, TRUE)], v[5], v[c(24, 1, 7)], v[-(1:20)], v[v > 20], v[, 3:1, ],
    v[, c(2, 2), 1], v[cbind(c(1, 2), c(3, 1), c(4, 2))], v[0], v[integer(), , ], v[1.9, 1, 1], v[]
  )) {
    same(expr)
  }
  expect_equal(as.vector(e[e > 20]), 21:24)
  expect_equal(as.vector(cm_array(1:5)[2:3]), 2:3)
  expect_equal(as.vector(e[[1, 2, 3]]), x[[1, 2, 3]])
})

test_that("bad positions are classed errors", {
  e <- cm_array(matrix(1:6, 2))
  expect_cermet_error(e[3, 1], "invalid_argument", regexp = "from 1 to 2")
  expect_cermet_error(e[7], "invalid_argument")
  expect_cermet_error(e[NA, 1], "invalid_argument")
  expect_cermet_error(e[c(-1, 1), ], "invalid_argument")
  expect_cermet_error(e[1, 1, 1], "invalid_argument", regexp = "rank 2")
  expect_cermet_error(e["a", 1], "invalid_argument")
  expect_cermet_error(e[c(TRUE, TRUE, TRUE), 1], "invalid_argument")
})

test_that("assignment changes a copy, with R's rules", {
  x <- matrix(as.numeric(1:6), 2)
  e <- other <- cm_array(x)
  x[2, ] <- 0
  e[2, ] <- 0
  expect_equal(as.array(e), x)
  expect_equal(as.vector(other), 1:6)
  e[e == 0] <- c(7, 8, 9)
  x[x == 0] <- c(7, 8, 9)
  expect_equal(as.array(e), x)
  e[1, 2:3] <- cm_array(c(-1, -2))
  expect_equal(as.vector(e[1, 2:3]), c(-1, -2))
  expect_error(e[3, 1] <- 0)
  expect_cermet_error(e[9] <- 0, "invalid_argument")
  tape <- cm_recorder()
  expect_cermet_error(cm_record(tape, e[1] <- 0), "unsupported")
})

test_that("random indices agree with R", {
  set.seed(7)
  for (round in 1:40) {
    dim <- sample(1:4, sample(2:3, 1), replace = TRUE)
    x <- array(as.numeric(seq_len(prod(dim))), dim)
    indices <- lapply(dim, function(n) switch(sample(4, 1), sample(n, sample(n, 1)), -sample(n, 1), quote(expr = ),
                                              sample(c(TRUE, FALSE), n, replace = TRUE)))
    call <- function(v) eval(as.call(c(list(quote(`[`), quote(v)), indices)))
    expect_equal(as.vector(call(cm_array(x))), as.vector(call(x)))
  }
})
