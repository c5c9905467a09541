# SPDX-License-Identifier: Apache-2.0
# Generated wrappers: what R does differently from the engine.

x <- cm_array(matrix(c(3, 9, 1, 8, 2, 7), 2))

test_that("axes count from 1, -1 is the last, 0 is an error", {
  expect_equal(as.vector(cm_sum(x, axis = 1)), c(12, 9, 9))
  expect_equal(as.vector(cm_sum(x, axis = 2)), c(6, 24))
  expect_equal(as.vector(cm_sum(x, axis = -1)), c(6, 24))
  expect_equal(dim(cm_transpose(cm_array(array(0, 2:4)), axes = c(3, 1, 2))), c(4L, 2L, 3L))
  expect_cermet_error(cm_sum(x, axis = 0), "invalid_argument", regexp = "count from 1")
  expect_cermet_error(cm_sum(x, axis = 1.5), "invalid_argument", regexp = "whole")
  condition <- expect_error(cm_sum(x, axis = 3), class = "cermet_error")
  expect_identical(condition$op, "sum")
})

test_that("positions and classes count from 1, in and out", {
  expect_equal(as.vector(cm_argmax(x, axis = 2)), c(1, 1))
  expect_equal(as.vector(cm_argmin(x, axis = 2)), c(2, 3))
  expect_equal(as.array(cm_take(x, c(3, 1), axis = 2)), as.array(x)[, c(3, 1)])
  expect_equal(as.array(cm_one_hot(c(1, 3), depth = 3)), diag(3)[c(1, 3), ])
  expect_equal(as.vector(cm_pick(x, cm_array(c(1, 3)))), c(3, 7))
  expect_equal(as.array(cm_topk(x, k = 2)), matrix(c(1, 1, 3, 2), 2))
  expect_equal(as.array(cm_topk(x, k = 1, ret_typ = "value")), matrix(c(3, 9)))
  both <- cm_topk(x, k = 1, ret_typ = "both")
  expect_equal(as.vector(both[[1]]), c(3, 9))
  expect_equal(as.vector(both[[2]]), c(1, 1))
})

test_that("plain numbers are inputs too, and any number of arrays may be a list", {
  expect_equal(as.vector(cm_add(1:3, 4:6)), c(5L, 7L, 9L))
  expect_equal(as.array(cm_concat(x, x, dim = 1)), rbind(as.array(x), as.array(x)))
  expect_equal(as.array(cm_concat(list(x, x), dim = 2)), cbind(as.array(x), as.array(x)))
  expect_length(cm_split(x, num_outputs = 3, axis = 2), 3)
})

test_that("bad attributes and inputs are classed errors with fields", {
  condition <- expect_cermet_error(cm_fully_connected(x, num_hidden = 0), "invalid_argument")
  expect_identical(condition$argument, "num_hidden")
  expect_cermet_error(cm_activation(x, act_type = "swish?"), "invalid_argument")
  expect_cermet_error(cm_activation(x, act_type = 3), "invalid_argument", regexp = "string")
  expect_cermet_error(cm_sum(x, keepdims = NA), "invalid_argument", regexp = "TRUE or FALSE")
  expect_cermet_error(cm_add_scalar(x, scalar = "a"), "invalid_argument", regexp = "numbers")
  expect_cermet_error(cm_add_scalar(x, scalar = 1:2), "invalid_argument", regexp = "want one")
  expect_error(cm_dot(x, x), class = "cermet_error_shape")
  expect_error(cm_add(x, "a"), class = "cermet_error_invalid_argument")
  expect_error(cm_add(x, cm_variable("y")), class = "cermet_error_invalid_argument")
})

test_that("random operators follow set.seed()", {
  draw <- function(seed) {
    set.seed(seed)
    as.vector(cm_random_uniform(shape = 5))
  }
  expect_identical(draw(1), draw(1))
  expect_false(identical(draw(1), draw(2)))
  set.seed(1)
  expect_false(identical(as.vector(cm_random_normal(shape = 5)), as.vector(cm_random_normal(shape = 5))))
})
